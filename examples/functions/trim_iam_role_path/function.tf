output "role" {
  value = provider::aws::trim_iam_role_path("arn:aws:iam::123456789012:role/teams/data/reader")
}
