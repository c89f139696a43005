resource "tenon_node_class" "default" {
  provider = aws

  name                    = "default"
  role                    = aws_iam_role.node.name
  subnet_selector         = [{ tags = { "karpenter.sh/discovery" = "dev-eks" } }]
  security_group_selector = [{ tags = { "karpenter.sh/discovery" = "dev-eks" } }]
}

resource "tenon_node_pool" "example" {
  provider = aws

  name       = "workers"
  node_class = tenon_node_class.default.name
  labels     = { "workload-type" = "batch" }

  requirements = [
    { key = "karpenter.sh/capacity-type", operator = "In", values = ["spot", "on-demand"] },
    { key = "karpenter.k8s.aws/instance-category", operator = "In", values = ["c", "m"] },
    { key = "karpenter.k8s.aws/instance-generation", operator = "Gt", values = ["4"] },
  ]

  limits = { cpu = "200", memory = "400Gi", hourly_usd = "20" }

  ttl_seconds_after_empty   = 60
  ttl_seconds_until_expired = 604800
}

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
