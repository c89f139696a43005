data "aws_region" "example" {}

output "region" {
  value = data.aws_region.example.region
}
