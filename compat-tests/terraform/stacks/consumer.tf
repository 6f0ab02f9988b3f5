resource "aws_kinesis_stream" "source" {
  name        = "consumed"
  shard_count = 1
}

resource "aws_kinesis_stream_consumer" "reader" {
  name       = "reader"
  stream_arn = aws_kinesis_stream.source.arn
}
