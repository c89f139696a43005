resource "aws_sqs_queue" "dead" {
  name = "example-dead-letters"
}

resource "aws_sqs_queue" "orders" {
  name = "example-orders"
}

resource "aws_sqs_queue_redrive_allow_policy" "example" {
  queue_url = aws_sqs_queue.dead.url

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.orders.arn]
  })
}
