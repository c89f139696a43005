resource "aws_cloudwatch_event_rule" "example" {
  name        = "spot-interruptions"
  description = "Spot instances that are about to be taken back"

  event_pattern = jsonencode({
    source      = ["aws.ec2"]
    detail-type = ["EC2 Spot Instance Interruption Warning"]
  })
}

# By the clock instead of by events.
resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "nightly-report"
  schedule_expression = "cron(0 3 * * ? *)"
  state               = "DISABLED"
}
