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

resource "aws_iam_instance_profile" "example" {
  name = "example-node"
  role = aws_iam_role.node.name
}
