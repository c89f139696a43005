output "account" {
  value = provider::aws::arn_parse("arn:aws:iam::123456789012:role/reader").account_id
}
