resource "aws_sqs_queue" "known" {
  name = "example-known"
}

data "aws_sqs_queue" "example" {
  name = aws_sqs_queue.known.name
}

output "arn" {
  value = data.aws_sqs_queue.example.arn
}
