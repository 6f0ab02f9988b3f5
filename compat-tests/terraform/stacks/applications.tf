resource "aws_kinesis_stream" "source" {
  name        = "analysed"
  shard_count = 1
}

resource "aws_kinesis_stream" "result" {
  name        = "result"
  shard_count = 1
}

locals {
  role = "arn:aws:iam::000000000000:role/analytics"
  code = <<-SQL
    CREATE OR REPLACE STREAM "HOT" ("sensor" INTEGER, "temperature" DOUBLE);
    CREATE OR REPLACE PUMP "P" AS INSERT INTO "HOT" SELECT STREAM "sensor", "temperature" FROM "SOURCE_SQL_STREAM_001" WHERE "temperature" > 90;
  SQL
}

resource "aws_kinesis_analytics_application" "first" {
  name = "first"
  code = local.code

  inputs {
    name_prefix = "SOURCE_SQL_STREAM"
    kinesis_stream {
      resource_arn = aws_kinesis_stream.source.arn
      role_arn     = local.role
    }
    parallelism {
      count = 1
    }
    schema {
      record_columns {
        name     = "sensor"
        sql_type = "INTEGER"
        mapping  = "$.sensor"
      }
      record_columns {
        name     = "temperature"
        sql_type = "DOUBLE"
        mapping  = "$.temperature"
      }
      record_encoding = "UTF-8"
      record_format {
        mapping_parameters {
          json {
            record_row_path = "$"
          }
        }
      }
    }
  }

  outputs {
    name = "HOT"
    schema {
      record_format_type = "JSON"
    }
    kinesis_stream {
      resource_arn = aws_kinesis_stream.result.arn
      role_arn     = local.role
    }
  }

  tags = { team = "sensors" }
}

resource "aws_kinesisanalyticsv2_application" "second" {
  name                   = "second"
  runtime_environment    = "SQL-1_0"
  service_execution_role = local.role

  application_configuration {
    application_code_configuration {
      code_content {
        text_content = local.code
      }
      code_content_type = "PLAINTEXT"
    }

    sql_application_configuration {
      input {
        name_prefix = "SOURCE_SQL_STREAM"
        input_parallelism {
          count = 1
        }
        input_schema {
          record_column {
            name     = "sensor"
            sql_type = "INTEGER"
            mapping  = "$.sensor"
          }
          record_column {
            name     = "temperature"
            sql_type = "DOUBLE"
            mapping  = "$.temperature"
          }
          record_encoding = "UTF-8"
          record_format {
            record_format_type = "JSON"
            mapping_parameters {
              json_mapping_parameters {
                record_row_path = "$"
              }
            }
          }
        }
        kinesis_streams_input {
          resource_arn = aws_kinesis_stream.source.arn
        }
      }

      output {
        name = "HOT"
        destination_schema {
          record_format_type = "JSON"
        }
        kinesis_streams_output {
          resource_arn = aws_kinesis_stream.result.arn
        }
      }
    }
  }

  tags = { team = "sensors" }
}
