data "aws_caller_identity" "me" {}

resource "aws_s3_bucket" "objects" {
  bucket        = "terraform-objects"
  force_destroy = true
  tags          = { team = "sensors" }
}

resource "aws_kinesis_stream" "source" {
  name        = "delivered"
  shard_count = 1
}

resource "aws_kinesis_firehose_delivery_stream" "to_s3" {
  name        = "to-s3"
  destination = "extended_s3"

  kinesis_source_configuration {
    kinesis_stream_arn = aws_kinesis_stream.source.arn
    role_arn           = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:role/delivery"
  }

  extended_s3_configuration {
    role_arn            = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:role/delivery"
    bucket_arn          = aws_s3_bucket.objects.arn
    prefix              = "readings/"
    error_output_prefix = "failed/"
    buffering_size      = 5
    buffering_interval  = 60
    compression_format  = "GZIP"

    cloudwatch_logging_options {
      enabled         = true
      log_group_name  = aws_cloudwatch_log_group.delivery.name
      log_stream_name = aws_cloudwatch_log_stream.delivery.name
    }
  }

  tags = { team = "sensors" }
}

resource "aws_cloudwatch_log_group" "delivery" {
  name              = "/aws/kinesisfirehose/to-s3"
  retention_in_days = 7
  tags              = { team = "sensors" }
}

resource "aws_cloudwatch_log_stream" "delivery" {
  name           = "S3Delivery"
  log_group_name = aws_cloudwatch_log_group.delivery.name
}
