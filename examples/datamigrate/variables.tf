variable "project_name" {
  type    = string
  default = "datamigrate-ai"
}

variable "environment" {
  type    = string
  default = "dev"
}

variable "region" {
  type    = string
  default = "us-east-1"
}

variable "manifests" {
  description = "Kubernetes manifests whose pods need nodes: files or folders. Null: the ones beside this file."
  type        = list(string)
  default     = null
}

variable "aws_endpoint" {
  description = "An AWS endpoint for everything, such as moto or LocalStack. Null: AWS itself."
  type        = string
  default     = null
}

variable "ami_id" {
  description = "The image that nodes start from. Null: the newest Amazon Linux 2023 for this version of Kubernetes."
  type        = string
  default     = null
}

variable "oidc_provider" {
  description = "The OIDC provider of the EKS cluster, for the engine's role: its URL without https://."
  type        = string
  default     = "oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE"
}

variable "oidc_provider_arn" {
  type    = string
  default = "arn:aws:iam::123456789012:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE"
}
