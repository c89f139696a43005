data "aws_instances" "example" {
  instance_tags = {
    "karpenter.sh/discovery" = "dev-eks"
  }
}

output "addresses" {
  value = data.aws_instances.example.private_ips
}
