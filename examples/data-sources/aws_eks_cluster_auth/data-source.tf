data "aws_eks_cluster_auth" "example" {
  name = "dev-eks"
}

output "token" {
  value     = data.aws_eks_cluster_auth.example.token
  sensitive = true
}
