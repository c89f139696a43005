# The controller's and the nodes' roles, the interruption queue and its rule, by a module written for
# hashicorp/aws: ../karpenter-module/main.tf is as its author wrote it, versions.tf was added.

terraform {
  required_providers {
    aws = { source = "oko-investments/tenon" }
  }
}

provider "aws" {
  region = "us-east-1"
}

module "karpenter" {
  source = "../karpenter-module"

  project_name      = "datamigrate-ai"
  environment       = "dev"
  oidc_provider     = "oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE"
  oidc_provider_arn = "arn:aws:iam::123456789012:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE"

  tags = {
    Project = "DataMigrate AI"
    Owner   = "OKO Investments"
  }
}
