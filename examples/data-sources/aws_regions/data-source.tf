data "aws_regions" "example" {}

output "names" {
  value = data.aws_regions.example.names
}
