data "aws_default_tags" "example" {}

output "tags" {
  value = data.aws_default_tags.example.tags
}
