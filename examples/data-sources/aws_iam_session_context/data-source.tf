data "aws_caller_identity" "me" {}

data "aws_iam_session_context" "example" {
  arn = data.aws_caller_identity.me.arn
}

output "issuer" {
  value = data.aws_iam_session_context.example.issuer_arn
}
