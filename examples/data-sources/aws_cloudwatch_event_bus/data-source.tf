data "aws_cloudwatch_event_bus" "example" {
  name = "default"
}

output "arn" {
  value = data.aws_cloudwatch_event_bus.example.arn
}
