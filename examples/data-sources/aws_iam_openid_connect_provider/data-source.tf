resource "aws_iam_openid_connect_provider" "known" {
  url            = "https://known.example.com"
  client_id_list = ["sts.amazonaws.com"]
}

data "aws_iam_openid_connect_provider" "example" {
  url        = "https://known.example.com"
  depends_on = [aws_iam_openid_connect_provider.known]
}

output "arn" {
  value = data.aws_iam_openid_connect_provider.example.arn
}
