data "aws_subnet" "example" {
  availability_zone = "us-east-1a"
  default_for_az    = true
}

output "addresses" {
  value = data.aws_subnet.example.cidr_block
}
