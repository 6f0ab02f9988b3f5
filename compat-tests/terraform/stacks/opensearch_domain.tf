resource "aws_opensearch_domain" "second" {
  domain_name    = "second"
  engine_version = "OpenSearch_2.19"

  cluster_config {
    instance_type  = "m4.large.search"
    instance_count = 1
  }
  ebs_options {
    ebs_enabled = true
    volume_size = 10
  }
  tags = { team = "sensors" }
}
