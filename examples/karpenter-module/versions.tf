# All that a module has to say to run on Tenon instead of hashicorp/aws.
terraform {
  required_providers {
    aws = { source = "oko-investments/tenon" }
  }
}
