//! The services: Data Streams, Firehose, Analytics and their neighbours. They talk to each other through handles only.

pub mod analytics;
pub mod cloudformation;
pub mod cognito;
pub mod ec2;
pub mod elasticsearch;
pub mod firehose;
pub mod iam;
pub mod kinesis;
pub mod logs;
pub mod s3;
pub mod sts;
