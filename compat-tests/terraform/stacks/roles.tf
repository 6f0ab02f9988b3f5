data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["firehose.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "delivery" {
  name               = "delivery"
  description        = "Reads a stream and writes objects"
  assume_role_policy = data.aws_iam_policy_document.trust.json
  tags               = { team = "sensors" }
}

resource "aws_iam_policy" "read" {
  name   = "read"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "kinesis:Get*", Resource = "*" }] })
}

resource "aws_iam_role_policy" "write" {
  name   = "write"
  role   = aws_iam_role.delivery.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:PutObject", Resource = "*" }] })
}

resource "aws_iam_role_policy_attachment" "read" {
  role       = aws_iam_role.delivery.name
  policy_arn = aws_iam_policy.read.arn
}

resource "aws_iam_role_policy_attachment" "of_aws" {
  role       = aws_iam_role.delivery.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_iam_role" "bounded" {
  name_prefix          = "bounded-"
  path                 = "/service/"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = aws_iam_policy.read.arn
  max_session_duration = 7200
}

resource "aws_iam_instance_profile" "host" {
  name = "host"
  role = aws_iam_role.bounded.name
  tags = { team = "sensors" }
}

resource "aws_iam_service_linked_role" "search" {
  aws_service_name = "opensearchservice.amazonaws.com"
}

data "aws_iam_policy" "streams" {
  arn = "arn:aws:iam::aws:policy/AmazonKinesisReadOnlyAccess"
}

data "aws_iam_policy" "objects" {
  name = "AmazonS3ReadOnlyAccess"
}

resource "aws_iam_role_policy_attachment" "found" {
  for_each   = { streams = data.aws_iam_policy.streams.arn, objects = data.aws_iam_policy.objects.arn }
  role       = aws_iam_role.delivery.name
  policy_arn = each.value
}
