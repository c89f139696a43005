# The module uses these without declaring them.
variable "project_name" {
  type = string
}

variable "environment" {
  type    = string
  default = "dev"
}

variable "oidc_provider" {
  type    = string
  default = "oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE"
}

variable "oidc_provider_arn" {
  type    = string
  default = "arn:aws:iam::123456789012:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE"
}

variable "tags" {
  type    = map(string)
  default = { Project = "DataMigrate AI" }
}
