data "aws_security_groups" "example" {
  tags = {
    "karpenter.sh/discovery" = "dev-eks"
  }
}

output "groups" {
  value = data.aws_security_groups.example.ids
}
