data "aws_vpc" "default" {
  default = true
}

data "aws_security_group" "example" {
  name   = "default"
  vpc_id = data.aws_vpc.default.id
}

output "group" {
  value = data.aws_security_group.example.id
}
