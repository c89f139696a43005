# DataMigrate AI: IAM, the interruption queue and three node pools, for the pods of k8s/.  The engine's own role is in
# controller.tf, queue and rules are in interruptions.tf.

locals {
  cluster = "${var.project_name}-${var.environment}-eks"
  name    = "${var.project_name}-${var.environment}-karpenter"
  tags = {
    Project   = "DataMigrate AI"
    Owner     = "OKO Investments"
    ManagedBy = "Tenon"
  }
}

provider "aws" {
  region = var.region

  endpoints {
    iam     = var.aws_endpoint
    sts     = var.aws_endpoint
    sqs     = var.aws_endpoint
    events  = var.aws_endpoint
    ec2     = var.aws_endpoint
    ssm     = var.aws_endpoint
    pricing = var.aws_endpoint
  }

  cluster = {
    name      = local.cluster
    version   = "1.31"
    manifests = coalesce(var.manifests, ["${path.module}/k8s"])
  }

  # By name, for the queue is made here as well.
  engine = { interruption_queue = local.name }
}

# What a node may do

resource "aws_iam_role" "node" {
  name = "${local.name}-node"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Action    = "sts:AssumeRole"
      Effect    = "Allow"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })

  tags = local.tags
}

resource "aws_iam_role_policy_attachment" "node" {
  for_each = toset([
    "AmazonEKSWorkerNodePolicy",
    "AmazonEKS_CNI_Policy",
    "AmazonEC2ContainerRegistryReadOnly",
    "AmazonSSMManagedInstanceCore",
  ])

  role       = aws_iam_role.node.name
  policy_arn = "arn:aws:iam::aws:policy/${each.key}"
}

resource "aws_iam_instance_profile" "node" {
  name = "${local.name}-node"
  role = aws_iam_role.node.name
}

# Nodes

resource "tenon_node_class" "default" {
  provider = aws

  name         = "default"
  ami_family   = "AL2023"
  ami_selector = var.ami_id == null ? [{ alias = "al2023@latest" }] : [{ id = var.ami_id }]

  subnet_selector         = [{ tags = { "karpenter.sh/discovery" = local.cluster } }]
  security_group_selector = [{ tags = { "karpenter.sh/discovery" = local.cluster } }]
  instance_profile        = aws_iam_instance_profile.node.name

  block_device_mappings = [{
    device_name = "/dev/xvda"
    ebs = {
      volume_size           = "50Gi"
      volume_type           = "gp3"
      encrypted             = true
      delete_on_termination = true
    }
  }]

  metadata_options = {
    http_endpoint               = "enabled"
    http_protocol_ipv6          = "disabled"
    http_put_response_hop_limit = 2
    http_tokens                 = "required"
  }

  tags = local.tags

  # Nodes need their role's policies for as long as they run.
  depends_on = [aws_iam_role_policy_attachment.node]
}

resource "tenon_node_pool" "default" {
  provider = aws

  name       = "default"
  node_class = tenon_node_class.default.name

  requirements = [
    { key = "karpenter.sh/capacity-type", operator = "In", values = ["spot", "on-demand"] },
    { key = "kubernetes.io/arch", operator = "In", values = ["amd64"] },
    { key = "karpenter.k8s.aws/instance-category", operator = "In", values = ["t", "c", "m"] },
    { key = "karpenter.k8s.aws/instance-generation", operator = "Gt", values = ["2"] },
  ]

  limits = { cpu = "1000", memory = "1000Gi" }

  ttl_seconds_after_empty   = 30
  ttl_seconds_until_expired = 604800
  consolidation             = { enabled = true }
}

resource "tenon_node_pool" "migration_workloads" {
  provider = aws

  name       = "migration-workloads"
  node_class = tenon_node_class.default.name
  labels     = { "workload-type" = "migration" }

  requirements = [
    { key = "karpenter.sh/capacity-type", operator = "In", values = ["spot"] },
    { key = "karpenter.k8s.aws/instance-size", operator = "In", values = ["large", "xlarge"] },
  ]

  limits = { cpu = "500", memory = "500Gi" }

  ttl_seconds_after_empty = 60
  consolidation           = { enabled = true }
}

resource "tenon_node_pool" "api_services" {
  provider = aws

  name       = "api-services"
  node_class = tenon_node_class.default.name

  requirements = [
    { key = "karpenter.sh/capacity-type", operator = "In", values = ["on-demand"] },
    { key = "karpenter.k8s.aws/instance-category", operator = "In", values = ["t", "c", "m"] },
  ]

  taints = [{ key = "dedicated", value = "api", effect = "NoSchedule" }]
  limits = { cpu = "100", memory = "200Gi" }

  ttl_seconds_after_empty = 30
}
