data "aws_vpc" "example" {
  default = true
}

output "addresses" {
  value = data.aws_vpc.example.cidr_block
}
