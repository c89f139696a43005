# One provider serves every type below.  Its local name is aws because the aws_* types come from it too.
terraform {
  required_version = ">= 1.8"

  required_providers {
    aws = {
      source = "oko-investments/tenon"
    }
  }
}
