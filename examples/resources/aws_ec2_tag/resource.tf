variable "subnet_id" {
  type = string
}

resource "aws_ec2_tag" "example" {
  resource_id = var.subnet_id
  key         = "karpenter.sh/discovery"
  value       = "example"
}
