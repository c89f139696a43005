resource "aws_iam_role" "example" {
  name = "example-pods"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole", "sts:TagSession"]
      Principal = { Service = "pods.eks.amazonaws.com" }
    }]
  })
}

resource "aws_eks_pod_identity_association" "example" {
  cluster_name    = "example"
  namespace       = "kube-system"
  service_account = "karpenter"
  role_arn        = aws_iam_role.example.arn
}
