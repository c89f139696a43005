resource "aws_iam_role" "example" {
  name = "example-admin"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::123456789012:root" }
    }]
  })
}

resource "aws_eks_access_entry" "example" {
  cluster_name      = "example"
  principal_arn     = aws_iam_role.example.arn
  kubernetes_groups = ["example-viewers"]
}
