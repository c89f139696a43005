resource "aws_iam_role" "known" {
  name = "example-known"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}

data "aws_iam_role" "example" {
  name = aws_iam_role.known.name
}

output "arn" {
  value = data.aws_iam_role.example.arn
}
