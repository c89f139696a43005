data "aws_subnets" "example" {
  tags = {
    "karpenter.sh/discovery" = "dev-eks"
  }
}

output "subnets" {
  value = data.aws_subnets.example.ids
}
