data "aws_sqs_queues" "example" {
  queue_name_prefix = "example-"
}

output "urls" {
  value = data.aws_sqs_queues.example.queue_urls
}
