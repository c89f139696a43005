data "aws_arn" "example" {
  arn = "arn:aws:sqs:eu-west-1:123456789012:reports"
}

output "account" {
  value = data.aws_arn.example.account
}
