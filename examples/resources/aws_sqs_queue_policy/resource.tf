resource "aws_sqs_queue" "events" {
  name = "example-events"
}

resource "aws_sqs_queue_policy" "example" {
  queue_url = aws_sqs_queue.events.url

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sqs:SendMessage"
      Principal = { Service = "events.amazonaws.com" }
      Resource  = aws_sqs_queue.events.arn
    }]
  })
}
