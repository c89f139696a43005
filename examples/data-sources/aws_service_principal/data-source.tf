data "aws_service_principal" "example" {
  service_name = "ec2"
}

output "name" {
  value = data.aws_service_principal.example.name
}
