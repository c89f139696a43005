resource "aws_iam_service_linked_role" "example" {
  aws_service_name = "spot.amazonaws.com"
}
