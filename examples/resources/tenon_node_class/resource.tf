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

resource "aws_iam_instance_profile" "node" {
  name = "example-node"
  role = aws_iam_role.node.name
}

resource "tenon_node_class" "example" {
  provider = aws

  name             = "default"
  ami_family       = "AL2023"
  instance_profile = aws_iam_instance_profile.node.name

  subnet_selector         = [{ tags = { "karpenter.sh/discovery" = "dev-eks" } }]
  security_group_selector = [{ tags = { "karpenter.sh/discovery" = "dev-eks" } }]

  block_device_mappings = [{
    device_name = "/dev/xvda"
    ebs         = { volume_size = "50Gi", volume_type = "gp3", encrypted = true }
  }]

  tags = { Team = "platform" }
}
