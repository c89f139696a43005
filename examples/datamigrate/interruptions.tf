# What EC2 and AWS Health announce of instances goes into a queue, which the engine reads.

resource "aws_sqs_queue" "interruptions" {
  name                      = local.name
  message_retention_seconds = 300
  sqs_managed_sse_enabled   = true

  tags = local.tags
}

resource "aws_sqs_queue_policy" "interruptions" {
  queue_url = aws_sqs_queue.interruptions.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = ["events.amazonaws.com", "sqs.amazonaws.com"] }
      Action    = "sqs:SendMessage"
      Resource  = aws_sqs_queue.interruptions.arn
    }]
  })
}

locals {
  announcements = {
    interruption = {
      source = "aws.ec2"
      detail_types = [
        "EC2 Spot Instance Interruption Warning",
        "EC2 Instance Rebalance Recommendation",
        "EC2 Instance State-change Notification",
        "EC2 Capacity Reservation Instance Interruption Warning",
      ]
    }
    maintenance = {
      source       = "aws.health"
      detail_types = ["AWS Health Event"]
    }
  }
}

resource "aws_cloudwatch_event_rule" "announcements" {
  for_each = local.announcements

  name          = "${local.name}-${each.key}"
  description   = "What is announced of nodes: ${each.key}"
  event_pattern = jsonencode({ source = [each.value.source], detail-type = each.value.detail_types })

  tags = local.tags
}

resource "aws_cloudwatch_event_target" "announcements" {
  for_each = local.announcements

  rule      = aws_cloudwatch_event_rule.announcements[each.key].name
  target_id = "interruptions"
  arn       = aws_sqs_queue.interruptions.arn
}
