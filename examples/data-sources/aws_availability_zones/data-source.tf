data "aws_availability_zones" "example" {
  state = "available"

  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

output "names" {
  value = data.aws_availability_zones.example.names
}
