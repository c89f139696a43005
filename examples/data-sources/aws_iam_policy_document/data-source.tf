data "aws_iam_policy_document" "example" {
  statement {
    sid       = "SendFromRules"
    actions   = ["sqs:SendMessage"]
    resources = ["arn:aws:sqs:eu-central-1:123456789012:interruptions"]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com", "sqs.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = ["123456789012"]
    }
  }
}

output "policy" {
  value = data.aws_iam_policy_document.example.json
}
