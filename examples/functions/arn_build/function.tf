output "queue" {
  value = provider::aws::arn_build("aws", "sqs", "eu-west-1", "123456789012", "reports")
}
