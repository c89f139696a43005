resource "aws_iam_role" "node" {
  name = "example-node"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}

resource "aws_iam_policy" "buckets" {
  name = "example-buckets"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "s3:ListAllMyBuckets"
      Resource = "*"
    }]
  })
}

resource "aws_iam_policy_attachment" "example" {
  name       = "example"
  policy_arn = aws_iam_policy.buckets.arn
  roles      = [aws_iam_role.node.name]
}
