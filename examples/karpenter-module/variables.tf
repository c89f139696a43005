variable "project_name" {
  type = string
}

variable "environment" {
  type = string
}

variable "oidc_provider" {
  description = "The cluster's OIDC issuer, without https://."
  type        = string
}

variable "oidc_provider_arn" {
  description = "ARN of IAM's identity provider for that issuer."
  type        = string
}

variable "tags" {
  type    = map(string)
  default = {}
}
