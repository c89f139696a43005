data "aws_ec2_instance_types" "example" {
  filter {
    name   = "instance-type"
    values = ["m7g.*"]
  }
}

output "types" {
  value = data.aws_ec2_instance_types.example.instance_types
}
