data "aws_iam_policy" "example" {
  name = "AmazonSSMManagedInstanceCore"
}

output "arn" {
  value = data.aws_iam_policy.example.arn
}
