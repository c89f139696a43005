resource "aws_cloudwatch_event_bus" "example" {
  name        = "example-orders"
  description = "What happens to orders"
}
