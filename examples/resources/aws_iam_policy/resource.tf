resource "aws_iam_policy" "example" {
  name        = "read-reports"
  path        = "/reports/"
  description = "Reads what the report builder wrote"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:ListBucket"]
      Resource = ["arn:aws:s3:::example-reports", "arn:aws:s3:::example-reports/*"]
    }]
  })
}
