// A stack as people write it with the AWS CDK: a stream, an application on it, and a delivery stream from it into a bucket.
// `npm run synthesize` writes Pipeline.template.json, which the tests deploy; synthesis asks no AWS service.
import { App, CfnOutput, Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import { CfnApplication, CfnApplicationOutput } from "aws-cdk-lib/aws-kinesisanalytics";
import { Stream, StreamMode } from "aws-cdk-lib/aws-kinesis";
import { CfnDeliveryStream } from "aws-cdk-lib/aws-kinesisfirehose";
import { LogGroup, LogStream, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { Effect, ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";

const app = new App({ analyticsReporting: true });
const stack = new Stack(app, "Pipeline", { description: "A stream, streaming SQL on it, and a bucket for both" });

const readings = new Stream(stack, "Readings", { shardCount: 1, streamMode: StreamMode.PROVISIONED, retentionPeriod: Duration.hours(48) });
const averages = new Stream(stack, "Averages", { shardCount: 1, streamMode: StreamMode.PROVISIONED });
for (const stream of [readings, averages]) {
  stream.applyRemovalPolicy(RemovalPolicy.DESTROY);
}
const bucket = new Bucket(stack, "Archive", { removalPolicy: RemovalPolicy.DESTROY });

const logs = new LogGroup(stack, "Logs", { retention: RetentionDays.ONE_WEEK, removalPolicy: RemovalPolicy.DESTROY });
const logStream = new LogStream(stack, "DeliveryLog", { logGroup: logs, removalPolicy: RemovalPolicy.DESTROY });

const delivery = new Role(stack, "DeliveryRole", {
  assumedBy: new ServicePrincipal("firehose.amazonaws.com"),
  managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName("CloudWatchLogsFullAccess")],
});
const read = readings.grantRead(delivery);
const write = bucket.grantReadWrite(delivery);
const archive = new CfnDeliveryStream(stack, "ArchiveStream", {
  deliveryStreamType: "KinesisStreamAsSource",
  kinesisStreamSourceConfiguration: { kinesisStreamArn: readings.streamArn, roleArn: delivery.roleArn },
  extendedS3DestinationConfiguration: {
    bucketArn: bucket.bucketArn,
    roleArn: delivery.roleArn,
    prefix: "readings/",
    bufferingHints: { intervalInSeconds: 1, sizeInMBs: 1 },
    cloudWatchLoggingOptions: { enabled: true, logGroupName: logs.logGroupName, logStreamName: logStream.logStreamName },
  },
});
read.applyBefore(archive);
write.applyBefore(archive);

const analytics = new Role(stack, "AnalyticsRole", { assumedBy: new ServicePrincipal("kinesisanalytics.amazonaws.com") });
analytics.addToPolicy(new PolicyStatement({ effect: Effect.ALLOW, actions: ["kinesis:*"], resources: [readings.streamArn, averages.streamArn] }));
const application = new CfnApplication(stack, "Averager", {
  applicationCode: `CREATE OR REPLACE STREAM "AVERAGE_STREAM" (STATUS VARCHAR(4), AVG_TEMP DOUBLE);
CREATE OR REPLACE PUMP "AVERAGE_PUMP" AS INSERT INTO "AVERAGE_STREAM"
SELECT STREAM "status", AVG("currentTemperature") FROM "SOURCE_SQL_STREAM_001"
GROUP BY "status", STEP("SOURCE_SQL_STREAM_001".ROWTIME BY INTERVAL '1' SECOND);`,
  inputs: [{
    namePrefix: "SOURCE_SQL_STREAM",
    kinesisStreamsInput: { resourceArn: readings.streamArn, roleArn: analytics.roleArn },
    inputSchema: {
      recordFormat: { recordFormatType: "JSON", mappingParameters: { jsonMappingParameters: { recordRowPath: "$" } } },
      recordColumns: [
        { name: "status", sqlType: "VARCHAR(4)", mapping: "$.status" },
        { name: "currentTemperature", sqlType: "INTEGER", mapping: "$.currentTemperature" },
      ],
    },
  }],
});
const output = new CfnApplicationOutput(stack, "AveragerOutput", {
  applicationName: application.ref,
  output: {
    name: "AVERAGE_STREAM",
    destinationSchema: { recordFormatType: "JSON" },
    kinesisStreamsOutput: { resourceArn: averages.streamArn, roleArn: analytics.roleArn },
  },
});
output.node.addDependency(application);

for (const [name, value] of Object.entries({
  ReadingsName: readings.streamName, AveragesName: averages.streamName, BucketName: bucket.bucketName, ApplicationName: application.ref,
})) {
  new CfnOutput(stack, name, { value });
}
app.synth();
