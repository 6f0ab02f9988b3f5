// The walk by the AWS SDK for JavaScript v3, over HTTP/2 to Kinesis as it comes. The endpoint, the region and the credentials come from the
// environment; nothing else is set.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import * as kinesis from "@aws-sdk/client-kinesis";
import * as firehose from "@aws-sdk/client-firehose";
import * as analytics from "@aws-sdk/client-kinesis-analytics";
import * as s3 from "@aws-sdk/client-s3";

const [STREAM, OUTPUT, NAME] = ["walk-js3", "walk-js3-rows", "walk-js3"];
const ROLE = "arn:aws:iam::000000000000:role/walk";
const SHARD = "shardId-000000000000";
const HALF = (2n ** 127n).toString();
const SQL = `
CREATE OR REPLACE STREAM "TWICE" ("N" INTEGER, "DOUBLED" INTEGER);
CREATE OR REPLACE PUMP "PUMP" AS INSERT INTO "TWICE" SELECT STREAM "N", "N" * 2 FROM "SOURCE_SQL_STREAM_001" WHERE "N" > 1;
`;
// Every byte, so that nothing on the way may take data for text.
const PAYLOADS = Array.from({ length: 501 }, (_, i) => Buffer.concat([Buffer.from(Array.from({ length: 256 }, (_, b) => b)), Buffer.from(`${i}`)]));

const clients = { kinesis: new kinesis.KinesisClient(), firehose: new firehose.FirehoseClient(), analytics: new analytics.KinesisAnalyticsClient() };
// Buckets as folders: a bucket's name is no host name here.
clients.s3 = new s3.S3Client({ forcePathStyle: true });

// k("CreateStream", {...}) sends the command of that name.
const caller = (client, commands) => (name, input = {}) => client.send(new commands[`${name}Command`](input));
const k = caller(clients.kinesis, kinesis);
const f = caller(clients.firehose, firehose);
const a = caller(clients.analytics, analytics);
const o = caller(clients.s3, s3);

const places = []; // of what was put: its sequence number
const text = (bytes) => Buffer.from(bytes).toString("latin1");
const sameData = (records, payloads) => assert.deepEqual(records.map((r) => text(r.Data)), payloads.map(text));

async function until(condition, what, seconds = 30) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(200)) {
    const found = await condition();
    if (found) return found;
  }
  assert.fail(`not within ${seconds} s: ${what}`);
}

async function iterator(where, StreamName = STREAM, ShardId = SHARD) {
  return (await k("GetShardIterator", { StreamName, ShardId, ...where })).ShardIterator;
}

async function read(at, count) {
  const records = [];
  while (at && records.length < count) {
    const page = await k("GetRecords", { ShardIterator: at, Limit: 400 });
    records.push(...page.Records);
    at = page.NextShardIterator;
    assert(page.Records.length || page.MillisBehindLatest > 0, `${records.length} records of ${count}`);
  }
  return records;
}

const settled = () => kinesis.waitUntilStreamExists({ client: clients.kinesis, maxWaitTime: 60, minDelay: 1 }, { StreamName: STREAM });
const openShards = async () => (await k("ListShards", { StreamName: STREAM, ShardFilter: { Type: "AT_LATEST" } })).Shards;
const arn = async (StreamName) => (await k("DescribeStreamSummary", { StreamName })).StreamDescriptionSummary.StreamARN;

const steps = {
  "create-and-wait": async () => {
    await k("CreateStream", { StreamName: STREAM, ShardCount: 1 });
    await settled();
  },
  describe: async () => {
    const summary = (await k("DescribeStreamSummary", { StreamName: STREAM })).StreamDescriptionSummary;
    assert.deepEqual([summary.StreamStatus, summary.OpenShardCount, summary.RetentionPeriodHours], ["ACTIVE", 1, 24]);
    assert(summary.StreamCreationTimestamp instanceof Date);
    assert.equal((await k("DescribeStream", { StreamARN: summary.StreamARN })).StreamDescription.Shards[0].ShardId, SHARD);
  },
  "put-record": async () => {
    const answer = await k("PutRecord", { StreamName: STREAM, PartitionKey: "key", Data: PAYLOADS[0] });
    assert.equal(answer.ShardId, SHARD);
    places.push(answer.SequenceNumber);
  },
  "put-500-records": async () => {
    const answer = await k("PutRecords", { StreamName: STREAM, Records: PAYLOADS.slice(1).map((Data) => ({ PartitionKey: "key", Data })) });
    assert.equal(answer.FailedRecordCount, 0);
    places.push(...answer.Records.map((r) => r.SequenceNumber));
    assert(places.every((place, i) => i === 0 || BigInt(place) > BigInt(places[i - 1])));
  },
  "read-trim-horizon": async () => {
    const records = await read(await iterator({ ShardIteratorType: "TRIM_HORIZON" }), 501);
    sameData(records, PAYLOADS);
    assert.deepEqual(records.map((r) => r.SequenceNumber), places);
  },
  "read-at-sequence-number": async () =>
    sameData(await read(await iterator({ ShardIteratorType: "AT_SEQUENCE_NUMBER", StartingSequenceNumber: places[200] }), 301), PAYLOADS.slice(200)),
  "read-after-sequence-number": async () =>
    sameData(await read(await iterator({ ShardIteratorType: "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber: places[200] }), 300), PAYLOADS.slice(201)),
  "read-at-timestamp": async () => {
    const [first] = await read(await iterator({ ShardIteratorType: "TRIM_HORIZON" }), 1);
    const Timestamp = first.ApproximateArrivalTimestamp;
    assert(Math.abs(Date.now() - Timestamp.getTime()) < 300_000);
    sameData(await read(await iterator({ ShardIteratorType: "AT_TIMESTAMP", Timestamp }), 501), PAYLOADS);
  },
  "read-latest": async () => {
    const at = await iterator({ ShardIteratorType: "LATEST" });
    await k("PutRecord", { StreamName: STREAM, PartitionKey: "key", Data: Buffer.from("latest") });
    sameData(await read(at, 1), [Buffer.from("latest")]);
  },
  "fan-out": async () => {
    const ConsumerARN = (await k("RegisterStreamConsumer", { StreamARN: await arn(STREAM), ConsumerName: "walk" })).Consumer.ConsumerARN;
    await until(async () => (await k("DescribeStreamConsumer", { ConsumerARN })).ConsumerDescription.ConsumerStatus === "ACTIVE", "the consumer is ACTIVE");
    const StartingPosition = { Type: "AT_SEQUENCE_NUMBER", SequenceNumber: places[0] };
    const answer = await k("SubscribeToShard", { ConsumerARN, ShardId: SHARD, StartingPosition });
    const found = [];
    for await (const { SubscribeToShardEvent: event } of answer.EventStream) {
      assert(event.ContinuationSequenceNumber);
      found.push(...event.Records);
      if (found.length >= 502) break;
    }
    sameData(found, [...PAYLOADS, Buffer.from("latest")]);
    await k("DeregisterStreamConsumer", { ConsumerARN });
  },
  split: async () => {
    await k("SplitShard", { StreamName: STREAM, ShardToSplit: SHARD, NewStartingHashKey: HALF });
    await settled();
    assert.deepEqual((await openShards()).map((s) => [s.ShardId, s.ParentShardId]), [["shardId-000000000001", SHARD], ["shardId-000000000002", SHARD]]);
  },
  merge: async () => {
    await k("MergeShards", { StreamName: STREAM, ShardToMerge: "shardId-000000000001", AdjacentShardToMerge: "shardId-000000000002" });
    await settled();
    const [merged, ...others] = await openShards();
    assert.deepEqual([merged.ParentShardId, merged.AdjacentParentShardId, others], ["shardId-000000000001", "shardId-000000000002", []]);
  },
  scale: async () => {
    const answer = await k("UpdateShardCount", { StreamName: STREAM, TargetShardCount: 2, ScalingType: "UNIFORM_SCALING" });
    assert.equal(answer.TargetShardCount, 2);
    await settled();
    assert.deepEqual((await openShards()).map((s) => s.HashKeyRange.StartingHashKey), ["0", HALF]);
  },
  "read-over-the-reshard": async () => {
    const page = await k("GetRecords", { ShardIterator: await iterator({ ShardIteratorType: "TRIM_HORIZON" }) });
    assert.deepEqual([page.Records.length, page.NextShardIterator], [502, undefined]);
    assert.deepEqual(page.ChildShards.map((c) => c.ShardId), ["shardId-000000000001", "shardId-000000000002"]);
  },
  paginate: async () => {
    await k("CreateStream", { StreamName: OUTPUT, ShardCount: 1 });
    const names = [];
    for await (const page of kinesis.paginateListStreams({ client: clients.kinesis, pageSize: 1 }, {})) {
      assert.equal(page.StreamNames.length, 1);
      names.push(...page.StreamNames);
    }
    assert(names.includes(STREAM) && names.includes(OUTPUT), `${names}`);
  },
  "firehose-to-s3": async () => {
    await o("CreateBucket", { Bucket: NAME });
    const destination = { RoleARN: ROLE, BucketARN: `arn:aws:s3:::${NAME}`, Prefix: "walk/", BufferingHints: { IntervalInSeconds: 1, SizeInMBs: 1 } };
    const DeliveryStreamName = NAME;
    await f("CreateDeliveryStream", { DeliveryStreamName, ExtendedS3DestinationConfiguration: destination });
    const description = async () => (await f("DescribeDeliveryStream", { DeliveryStreamName })).DeliveryStreamDescription;
    await until(async () => (await description()).DeliveryStreamStatus === "ACTIVE", "the delivery stream is ACTIVE");
    await f("PutRecord", { DeliveryStreamName, Record: { Data: Buffer.from("one\n") } });
    const answer = await f("PutRecordBatch", { DeliveryStreamName, Records: ["two\n", "three\n"].map((line) => ({ Data: Buffer.from(line) })) });
    assert.deepEqual([answer.FailedPutCount, answer.RequestResponses.length], [0, 2]);
    await until(async () => {
      let found = "";
      for await (const page of s3.paginateListObjectsV2({ client: clients.s3 }, { Bucket: NAME, Prefix: "walk/" }))
        for (const { Key } of page.Contents ?? []) found += await (await o("GetObject", { Bucket: NAME, Key })).Body.transformToString();
      return found === "one\ntwo\nthree\n";
    }, "the three records are in S3");
    await f("DeleteDeliveryStream", { DeliveryStreamName });
  },
  "sql-application": async () => {
    const [input, output] = [await arn(STREAM), await arn(OUTPUT)];
    const ApplicationName = NAME;
    await a("CreateApplication", {
      ApplicationName,
      ApplicationCode: SQL,
      Inputs: [{
        NamePrefix: "SOURCE_SQL_STREAM",
        InputSchema: {
          RecordFormat: { RecordFormatType: "JSON", MappingParameters: { JSONMappingParameters: { RecordRowPath: "$" } } },
          RecordColumns: [{ Name: "N", Mapping: "$.n", SqlType: "INTEGER" }],
        },
        KinesisStreamsInput: { ResourceARN: input, RoleARN: ROLE },
      }],
      Outputs: [{ Name: "TWICE", DestinationSchema: { RecordFormatType: "JSON" }, KinesisStreamsOutput: { ResourceARN: output, RoleARN: ROLE } }],
    });
    const detail = async () => (await a("DescribeApplication", { ApplicationName })).ApplicationDetail;
    const created = await detail();
    const position = { InputStartingPosition: "NOW" };
    await a("StartApplication", { ApplicationName, InputConfigurations: [{ Id: created.InputDescriptions[0].InputId, InputStartingPositionConfiguration: position }] });
    await until(async () => (await detail()).ApplicationStatus === "RUNNING", "it is RUNNING");
    await k("PutRecords", { StreamName: STREAM, Records: [1, 2, 3].map((n) => ({ PartitionKey: "key", Data: Buffer.from(JSON.stringify({ n })) })) });
    const rows = await until(async () => {
      const page = await k("GetRecords", { ShardIterator: await iterator({ ShardIteratorType: "TRIM_HORIZON" }, OUTPUT) });
      return page.Records.length >= 2 && page.Records.map((r) => JSON.parse(text(r.Data)));
    }, "two rows in the output stream");
    assert.deepEqual(rows, [{ N: 2, DOUBLED: 4 }, { N: 3, DOUBLED: 6 }]);
    await a("StopApplication", { ApplicationName });
    await until(async () => (await detail()).ApplicationStatus === "READY", "it has stopped");
    await a("DeleteApplication", { ApplicationName, CreateTimestamp: created.CreateTimestamp });
  },
  "typed-errors": async () => {
    await assert.rejects(k("DescribeStream", { StreamName: "nowhere" }), kinesis.ResourceNotFoundException);
    await assert.rejects(k("CreateStream", { StreamName: STREAM, ShardCount: 1 }), kinesis.ResourceInUseException);
    await assert.rejects(k("GetRecords", { ShardIterator: "no iterator" }), kinesis.InvalidArgumentException);
    await assert.rejects(k("CreateStream", { StreamName: "not a name", ShardCount: 1 }), { name: "ValidationException", message: /validation error/ });
    await assert.rejects(f("DescribeDeliveryStream", { DeliveryStreamName: "nowhere" }), firehose.ResourceNotFoundException);
    await assert.rejects(a("DescribeApplication", { ApplicationName: "nowhere" }), analytics.ResourceNotFoundException);
  },
  retries: async () => {
    // More reads than the shard gives in a second: the refusal itself, and then a client that hides it. The few tries that it has by itself could all fall
    // into one moment.
    const at = await iterator({ ShardIteratorType: "LATEST" }, STREAM, "shardId-000000000003");
    clients.hasty = new kinesis.KinesisClient({ maxAttempts: 1 });
    clients.patient = new kinesis.KinesisClient({ maxAttempts: 10 });
    const [hasty, patient] = [clients.hasty, clients.patient].map((client) => caller(client, kinesis));
    const hurry = async () => {
      for (let i = 0; i < 60; i++) await hasty("GetRecords", { ShardIterator: at });
    };
    await assert.rejects(hurry, kinesis.ProvisionedThroughputExceededException);
    let attempts = 0;
    for (let i = 0; i < 60; i++) attempts += (await patient("GetRecords", { ShardIterator: at })).$metadata.attempts - 1;
    assert(attempts > 0, "nothing was refused");
  },
  "delete-and-wait": async () => {
    for (const StreamName of [STREAM, OUTPUT]) {
      await k("DeleteStream", { StreamName });
      await kinesis.waitUntilStreamNotExists({ client: clients.kinesis, maxWaitTime: 60, minDelay: 1 }, { StreamName });
    }
  },
};

const without = (process.env.WALK_WITHOUT ?? "").split(" ");
for (const [name, run] of Object.entries(steps).filter(([name]) => !without.includes(name))) {
  try {
    await run();
    console.log(`ok ${name}`);
  } catch (error) {
    process.exitCode = 1;
    console.log(`failed ${name}: ${error.stack}`);
  }
}
// Connections of HTTP/2 would keep the process for a while.
for (const client of Object.values(clients)) client.destroy();
