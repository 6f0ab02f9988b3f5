resource "aws_kinesis_stream" "readings" {
  name             = "readings"
  shard_count      = 2
  retention_period = 48

  shard_level_metrics = ["IncomingBytes", "OutgoingBytes"]
  tags                = { team = "sensors" }
}

resource "aws_kinesis_stream" "on_demand" {
  name = "on-demand"
  stream_mode_details {
    stream_mode = "ON_DEMAND"
  }
}
