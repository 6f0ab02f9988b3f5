resource "aws_elasticsearch_domain" "first" {
  domain_name           = "first"
  elasticsearch_version = "5.6"

  cluster_config {
    instance_type  = "m4.large.elasticsearch"
    instance_count = 1
  }
  ebs_options {
    ebs_enabled = true
    volume_size = 10
  }
  tags = { team = "sensors" }
}

resource "aws_s3_bucket" "failed" {
  bucket        = "terraform-failed"
  force_destroy = true
}

resource "aws_kinesis_firehose_delivery_stream" "to_elasticsearch" {
  name        = "to-elasticsearch"
  destination = "elasticsearch"

  elasticsearch_configuration {
    domain_arn            = aws_elasticsearch_domain.first.arn
    role_arn              = "arn:aws:iam::000000000000:role/delivery"
    index_name            = "readings"
    type_name             = "reading"
    index_rotation_period = "NoRotation"

    s3_configuration {
      role_arn           = "arn:aws:iam::000000000000:role/delivery"
      bucket_arn         = aws_s3_bucket.failed.arn
      buffering_size     = 5
      buffering_interval = 60
    }
  }
}
