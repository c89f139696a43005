resource "aws_sqs_queue" "dead" {
  name = "example-dead-letters"
}

resource "aws_sqs_queue" "orders" {
  name = "example-orders"
}

resource "aws_sqs_queue_redrive_policy" "example" {
  queue_url = aws_sqs_queue.orders.url

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead.arn
    maxReceiveCount     = 4
  })
}
