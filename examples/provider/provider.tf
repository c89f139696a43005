terraform {
  required_providers {
    aws = { source = "oko-investments/tenon" }
  }
}

provider "aws" {
  region = "us-east-1"

  default_tags {
    tags = { Environment = "dev" }
  }

  # Only for node pools: the cluster whose pods they serve.
  cluster = {
    name      = "dev-eks"
    version   = "1.31"
    manifests = ["k8s"] # pods come from these files and folders
  }
}
