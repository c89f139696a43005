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
  cluster_name  = "example"
  principal_arn = aws_iam_role.example.arn
}

resource "aws_eks_access_policy_association" "example" {
  cluster_name  = aws_eks_access_entry.example.cluster_name
  principal_arn = aws_eks_access_entry.example.principal_arn
  policy_arn    = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"

  access_scope {
    type       = "namespace"
    namespaces = ["default"]
  }
}
