data "aws_partition" "example" {}

output "read_only" {
  value = "arn:${data.aws_partition.example.partition}:iam::aws:policy/ReadOnlyAccess"
}
