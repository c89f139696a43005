resource "aws_cloudwatch_event_rule" "interruptions" {
  name = "example-interruptions"

  event_pattern = jsonencode({
    source      = ["aws.ec2"]
    detail-type = ["EC2 Spot Instance Interruption Warning"]
  })
}

resource "aws_sqs_queue" "interruptions" {
  name = "example-interruptions"
}

resource "aws_cloudwatch_event_target" "example" {
  rule      = aws_cloudwatch_event_rule.interruptions.name
  target_id = "queue"
  arn       = aws_sqs_queue.interruptions.arn

  input_transformer {
    input_paths    = { instance = "$.detail.instance-id" }
    input_template = "{\"instance\": <instance>}"
  }
}
