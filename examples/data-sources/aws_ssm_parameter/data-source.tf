data "aws_ssm_parameter" "example" {
  name = "/aws/service/eks/optimized-ami/1.33/amazon-linux-2023/x86_64/standard/recommended/image_id"
}

output "image" {
  value = data.aws_ssm_parameter.example.insecure_value
}
