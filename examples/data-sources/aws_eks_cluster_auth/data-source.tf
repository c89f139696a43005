data "aws_eks_cluster" "example" {
  name = "example"
}

# For a provider of Kubernetes: host, cluster_ca_certificate and token.
data "aws_eks_cluster_auth" "example" {
  name = data.aws_eks_cluster.example.name
}
