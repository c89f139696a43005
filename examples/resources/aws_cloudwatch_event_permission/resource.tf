resource "aws_cloudwatch_event_permission" "example" {
  statement_id = "example-orders"
  principal    = "210987654321"
}
