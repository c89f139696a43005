data "aws_ec2_instance_type_offerings" "example" {
  location_type = "availability-zone"
  filter {
    name   = "instance-type"
    values = ["m7g.large"]
  }
}

output "zones" {
  value = data.aws_ec2_instance_type_offerings.example.locations
}
