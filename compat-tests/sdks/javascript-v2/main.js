// The walk by the AWS SDK for JavaScript v2, which does not read AWS_ENDPOINT_URL: the endpoint is given to each client. The region and the credentials
// come from the environment; nothing else is set. Its Kinesis has no SubscribeToShard.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import AWS from "aws-sdk";

const [STREAM, OUTPUT, NAME] = ["walk-js2", "walk-js2-rows", "walk-js2"];
const ROLE = "arn:aws:iam::000000000000:role/walk";
const SHARD = "shardId-000000000000";
const HALF = (2n ** 127n).toString();
const SQL = `
CREATE OR REPLACE STREAM "TWICE" ("N" INTEGER, "DOUBLED" INTEGER);
CREATE OR REPLACE PUMP "PUMP" AS INSERT INTO "TWICE" SELECT STREAM "N", "N" * 2 FROM "SOURCE_SQL_STREAM_001" WHERE "N" > 1;
`;
// Every byte, so that nothing on the way may take data for text.
const PAYLOADS = Array.from({ length: 501 }, (_, i) => Buffer.concat([Buffer.from(Array.from({ length: 256 }, (_, b) => b)), Buffer.from(`${i}`)]));

const endpoint = process.env.AWS_ENDPOINT_URL;
const kinesis = new AWS.Kinesis({ endpoint });
const firehose = new AWS.Firehose({ endpoint });
const analytics = new AWS.KinesisAnalytics({ endpoint });
// Buckets as folders: a bucket's name is no host name here.
const s3 = new AWS.S3({ endpoint, s3ForcePathStyle: true });

// k("createStream", {...}) calls the method of that name.
const caller = (client) => (name, input = {}) => client[name](input).promise();
const [k, f, a, o] = [kinesis, firehose, analytics, s3].map(caller);

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

/** All pages of a request, by the client's own paginator. */
const pages = (request) => new Promise((resolve, reject) => {
  const found = [];
  request.eachPage((error, page) => {
    if (error) reject(error);
    else if (page) found.push(page);
    else resolve(found);
  });
});

async function iterator(where, StreamName = STREAM, ShardId = SHARD) {
  return (await k("getShardIterator", { StreamName, ShardId, ...where })).ShardIterator;
}

async function read(at, count) {
  const records = [];
  while (at && records.length < count) {
    const page = await k("getRecords", { ShardIterator: at, Limit: 400 });
    records.push(...page.Records);
    at = page.NextShardIterator;
    assert(page.Records.length || page.MillisBehindLatest > 0, `${records.length} records of ${count}`);
  }
  return records;
}

const $waiter = { delay: 1, maxAttempts: 60 };
const settled = () => kinesis.waitFor("streamExists", { StreamName: STREAM, $waiter }).promise();
const openShards = async () => (await k("listShards", { StreamName: STREAM, ShardFilter: { Type: "AT_LATEST" } })).Shards;
const arn = async (StreamName) => (await k("describeStreamSummary", { StreamName })).StreamDescriptionSummary.StreamARN;

const steps = {
  "create-and-wait": async () => {
    await k("createStream", { StreamName: STREAM, ShardCount: 1 });
    assert.equal((await settled()).StreamDescription.StreamStatus, "ACTIVE");
  },
  describe: async () => {
    const summary = (await k("describeStreamSummary", { StreamName: STREAM })).StreamDescriptionSummary;
    assert.deepEqual([summary.StreamStatus, summary.OpenShardCount, summary.RetentionPeriodHours], ["ACTIVE", 1, 24]);
    assert(summary.StreamCreationTimestamp instanceof Date);
    assert.equal((await k("describeStream", { StreamARN: summary.StreamARN })).StreamDescription.Shards[0].ShardId, SHARD);
  },
  "put-record": async () => {
    const answer = await k("putRecord", { StreamName: STREAM, PartitionKey: "key", Data: PAYLOADS[0] });
    assert.equal(answer.ShardId, SHARD);
    places.push(answer.SequenceNumber);
  },
  "put-500-records": async () => {
    const answer = await k("putRecords", { StreamName: STREAM, Records: PAYLOADS.slice(1).map((Data) => ({ PartitionKey: "key", Data })) });
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
    await k("putRecord", { StreamName: STREAM, PartitionKey: "key", Data: "latest" });
    sameData(await read(at, 1), [Buffer.from("latest")]);
  },
  split: async () => {
    await k("splitShard", { StreamName: STREAM, ShardToSplit: SHARD, NewStartingHashKey: HALF });
    await settled();
    assert.deepEqual((await openShards()).map((s) => [s.ShardId, s.ParentShardId]), [["shardId-000000000001", SHARD], ["shardId-000000000002", SHARD]]);
  },
  merge: async () => {
    await k("mergeShards", { StreamName: STREAM, ShardToMerge: "shardId-000000000001", AdjacentShardToMerge: "shardId-000000000002" });
    await settled();
    const [merged, ...others] = await openShards();
    assert.deepEqual([merged.ParentShardId, merged.AdjacentParentShardId, others], ["shardId-000000000001", "shardId-000000000002", []]);
  },
  scale: async () => {
    const answer = await k("updateShardCount", { StreamName: STREAM, TargetShardCount: 2, ScalingType: "UNIFORM_SCALING" });
    assert.equal(answer.TargetShardCount, 2);
    await settled();
    assert.deepEqual((await openShards()).map((s) => s.HashKeyRange.StartingHashKey), ["0", HALF]);
  },
  "read-over-the-reshard": async () => {
    const page = await k("getRecords", { ShardIterator: await iterator({ ShardIteratorType: "TRIM_HORIZON" }) });
    assert.deepEqual([page.Records.length, page.NextShardIterator], [502, undefined]);
    assert.deepEqual(page.ChildShards.map((c) => c.ShardId), ["shardId-000000000001", "shardId-000000000002"]);
  },
  paginate: async () => {
    await k("createStream", { StreamName: OUTPUT, ShardCount: 1 });
    const names = (await pages(kinesis.listStreams({ Limit: 1 }))).map((page) => page.StreamNames);
    assert(names.every((page) => page.length === 1), JSON.stringify(names));
    assert(names.flat().includes(STREAM) && names.flat().includes(OUTPUT), `${names}`);
    // Consumers too, since they are all that this client has of fan-out.
    const StreamARN = await arn(STREAM);
    const consumers = ["one", "two"].map((ConsumerName) => ({ StreamARN, ConsumerName }));
    for (const consumer of consumers) {
      await k("registerStreamConsumer", consumer);
      await until(async () => (await k("describeStreamConsumer", consumer)).ConsumerDescription.ConsumerStatus === "ACTIVE", "the consumer is ACTIVE");
    }
    const listed = await pages(kinesis.listStreamConsumers({ StreamARN, MaxResults: 1 }));
    assert.deepEqual(listed.flatMap((page) => page.Consumers).map((c) => c.ConsumerName).sort(), ["one", "two"]);
    for (const consumer of consumers) await k("deregisterStreamConsumer", consumer);
  },
  "firehose-to-s3": async () => {
    await o("createBucket", { Bucket: NAME });
    const destination = { RoleARN: ROLE, BucketARN: `arn:aws:s3:::${NAME}`, Prefix: "walk/", BufferingHints: { IntervalInSeconds: 1, SizeInMBs: 1 } };
    const DeliveryStreamName = NAME;
    await f("createDeliveryStream", { DeliveryStreamName, ExtendedS3DestinationConfiguration: destination });
    const description = async () => (await f("describeDeliveryStream", { DeliveryStreamName })).DeliveryStreamDescription;
    await until(async () => (await description()).DeliveryStreamStatus === "ACTIVE", "the delivery stream is ACTIVE");
    await f("putRecord", { DeliveryStreamName, Record: { Data: "one\n" } });
    const answer = await f("putRecordBatch", { DeliveryStreamName, Records: [{ Data: "two\n" }, { Data: "three\n" }] });
    assert.deepEqual([answer.FailedPutCount, answer.RequestResponses.length], [0, 2]);
    await until(async () => {
      let found = "";
      for (const page of await pages(s3.listObjectsV2({ Bucket: NAME, Prefix: "walk/", MaxKeys: 1 })))
        for (const { Key } of page.Contents) found += text((await o("getObject", { Bucket: NAME, Key })).Body);
      return found === "one\ntwo\nthree\n";
    }, "the three records are in S3");
    await f("deleteDeliveryStream", { DeliveryStreamName });
  },
  "sql-application": async () => {
    const [input, output] = [await arn(STREAM), await arn(OUTPUT)];
    const ApplicationName = NAME;
    await a("createApplication", {
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
    const detail = async () => (await a("describeApplication", { ApplicationName })).ApplicationDetail;
    const created = await detail();
    const position = { InputStartingPosition: "NOW" };
    await a("startApplication", { ApplicationName, InputConfigurations: [{ Id: created.InputDescriptions[0].InputId, InputStartingPositionConfiguration: position }] });
    await until(async () => (await detail()).ApplicationStatus === "RUNNING", "it is RUNNING");
    await k("putRecords", { StreamName: STREAM, Records: [1, 2, 3].map((n) => ({ PartitionKey: "key", Data: JSON.stringify({ n }) })) });
    const rows = await until(async () => {
      const page = await k("getRecords", { ShardIterator: await iterator({ ShardIteratorType: "TRIM_HORIZON" }, OUTPUT) });
      return page.Records.length >= 2 && page.Records.map((r) => JSON.parse(text(r.Data)));
    }, "two rows in the output stream");
    assert.deepEqual(rows, [{ N: 2, DOUBLED: 4 }, { N: 3, DOUBLED: 6 }]);
    await a("stopApplication", { ApplicationName });
    await until(async () => (await detail()).ApplicationStatus === "READY", "it has stopped");
    await a("deleteApplication", { ApplicationName, CreateTimestamp: created.CreateTimestamp });
  },
  "typed-errors": async () => {
    // This client's type of an error is its code.
    await assert.rejects(k("describeStream", { StreamName: "nowhere" }), { code: "ResourceNotFoundException", statusCode: 400, message: /not found/ });
    await assert.rejects(k("createStream", { StreamName: STREAM, ShardCount: 1 }), { code: "ResourceInUseException" });
    await assert.rejects(k("getRecords", { ShardIterator: "no iterator" }), { code: "InvalidArgumentException" });
    await assert.rejects(k("createStream", { StreamName: "not a name", ShardCount: 1 }), { code: "ValidationException", message: /validation error/ });
    await assert.rejects(f("describeDeliveryStream", { DeliveryStreamName: "nowhere" }), { code: "ResourceNotFoundException" });
    await assert.rejects(a("describeApplication", { ApplicationName: "nowhere" }), { code: "ResourceNotFoundException" });
  },
  retries: async () => {
    // More reads than the shard gives in a second: the refusal itself, and then a client that hides it. The few tries that it has by itself could all fall
    // into one moment.
    const at = await iterator({ ShardIteratorType: "LATEST" }, STREAM, "shardId-000000000003");
    const [hasty, patient] = [0, 10].map((maxRetries) => caller(new AWS.Kinesis({ endpoint, maxRetries })));
    const hurry = async () => {
      for (let i = 0; i < 60; i++) await hasty("getRecords", { ShardIterator: at });
    };
    await assert.rejects(hurry, { code: "ProvisionedThroughputExceededException", retryable: true });
    let attempts = 0;
    for (let i = 0; i < 60; i++) attempts += (await patient("getRecords", { ShardIterator: at })).$response.retryCount;
    assert(attempts > 0, "nothing was refused");
  },
  "delete-and-wait": async () => {
    for (const StreamName of [STREAM, OUTPUT]) {
      await k("deleteStream", { StreamName });
      await kinesis.waitFor("streamNotExists", { StreamName, $waiter }).promise();
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
