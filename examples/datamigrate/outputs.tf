output "queue_url" {
  value = aws_sqs_queue.interruptions.url
}

output "controller_role_arn" {
  value = aws_iam_role.controller.arn
}

output "node_pools" {
  value = {
    for pool in [
      tenon_node_pool.default,
      tenon_node_pool.migration_workloads,
      tenon_node_pool.api_services,
    ] : pool.name => pool.converged
  }
}
