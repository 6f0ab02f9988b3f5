import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.metrics.CoreMetric;
import software.amazon.awssdk.metrics.MetricCollection;
import software.amazon.awssdk.metrics.MetricPublisher;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.firehose.FirehoseClient;
import software.amazon.awssdk.services.firehose.model.DeliveryStreamStatus;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.ConsumerStatus;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.kinesis.model.InvalidArgumentException;
import software.amazon.awssdk.services.kinesis.model.KinesisException;
import software.amazon.awssdk.services.kinesis.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.ResourceInUseException;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.ScalingType;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardFilterType;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.StreamDescriptionSummary;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardEvent;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardEventStream;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardResponseHandler;
import software.amazon.awssdk.services.kinesisanalytics.KinesisAnalyticsClient;
import software.amazon.awssdk.services.kinesisanalytics.model.ApplicationDetail;
import software.amazon.awssdk.services.kinesisanalytics.model.ApplicationStatus;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The walk by the AWS SDK for Java v2: CBOR and HTTP/2 as they come. The endpoint, the region and the credentials come from the environment; nothing
 * else is set.
 */
public final class Walk {
    private static final String STREAM = "walk-java2", OUTPUT = "walk-java2-rows", NAME = "walk-java2";
    private static final String ROLE = "arn:aws:iam::000000000000:role/walk", SHARD = "shardId-000000000000";
    private static final String HALF = BigInteger.TWO.pow(127).toString();
    private static final String SQL = """
        CREATE OR REPLACE STREAM "TWICE" ("N" INTEGER, "DOUBLED" INTEGER);
        CREATE OR REPLACE PUMP "PUMP" AS INSERT INTO "TWICE" SELECT STREAM "N", "N" * 2 FROM "SOURCE_SQL_STREAM_001" WHERE "N" > 1;
        """;

    private final Retries counted = new Retries();
    private final KinesisClient kinesis =
        KinesisClient.builder().overrideConfiguration(ClientOverrideConfiguration.builder().addMetricPublisher(counted).build()).build();
    private final FirehoseClient firehose = FirehoseClient.create();
    private final KinesisAnalyticsClient analytics = KinesisAnalyticsClient.create();
    // Buckets as folders: a bucket's name is no host name here.
    private final S3Client s3 = S3Client.builder().forcePathStyle(true).build();
    private final List<SdkBytes> payloads = IntStream.range(0, 501).mapToObj(Walk::payload).toList();
    private final List<String> places = new ArrayList<>(); // of what was put: its sequence number

    interface Step {
        void run() throws Exception;
    }

    /** How often the client has tried again. */
    static final class Retries implements MetricPublisher {
        private int count;

        @Override
        public synchronized void publish(MetricCollection call) {
            call.metricValues(CoreMetric.RETRY_COUNT).forEach(retries -> count += retries);
        }

        synchronized int count() {
            return count;
        }

        @Override
        public void close() {}
    }

    /** Every byte, so that nothing on the way may take data for text. */
    private static SdkBytes payload(int number) {
        var bytes = new ByteArrayOutputStream();
        IntStream.range(0, 256).forEach(bytes::write);
        bytes.writeBytes(Integer.toString(number).getBytes());
        return SdkBytes.fromByteArray(bytes.toByteArray());
    }

    private static void same(Object found, Object expected) {
        if (!expected.equals(found)) throw new AssertionError("expected " + expected + ", found " + found);
    }

    private static void until(String what, BooleanSupplier condition) throws InterruptedException {
        for (var end = Instant.now().plusSeconds(30); Instant.now().isBefore(end); Thread.sleep(200)) {
            if (condition.getAsBoolean()) return;
        }
        throw new AssertionError("not within 30 s: " + what);
    }

    private static <E extends Exception> E refused(Class<E> error, Step call) throws Exception {
        try {
            call.run();
        } catch (Exception refusal) {
            if (error.isInstance(refusal)) return error.cast(refusal);
            throw refusal;
        }
        throw new AssertionError(error.getSimpleName() + " expected");
    }

    private String iterator(String stream, String shard, ShardIteratorType type, String number, Instant at) {
        var request = GetShardIteratorRequest.builder().streamName(stream).shardId(shard).shardIteratorType(type);
        return kinesis.getShardIterator(request.startingSequenceNumber(number).timestamp(at).build()).shardIterator();
    }

    private String iterator(ShardIteratorType type, String number) {
        return iterator(STREAM, SHARD, type, number, null);
    }

    private GetRecordsResponse page(String at) {
        return kinesis.getRecords(r -> r.shardIterator(at));
    }

    private List<Record> read(String at, int count) {
        var records = new ArrayList<Record>();
        while (at != null && records.size() < count) {
            var from = at;
            var page = kinesis.getRecords(r -> r.shardIterator(from).limit(400));
            records.addAll(page.records());
            at = page.nextShardIterator();
            if (page.records().isEmpty() && page.millisBehindLatest() == 0) throw new AssertionError(records.size() + " records of " + count);
        }
        return records;
    }

    private static List<SdkBytes> data(List<Record> records) {
        return records.stream().map(Record::data).toList();
    }

    private void settled() {
        kinesis.waiter().waitUntilStreamExists(r -> r.streamName(STREAM));
    }

    private StreamDescriptionSummary summary(String stream) {
        return kinesis.describeStreamSummary(r -> r.streamName(stream)).streamDescriptionSummary();
    }

    private List<Shard> openShards() {
        return kinesis.listShards(r -> r.streamName(STREAM).shardFilter(f -> f.type(ShardFilterType.AT_LATEST))).shards();
    }

    private void createAndWait() {
        kinesis.createStream(r -> r.streamName(STREAM).shardCount(1));
        settled();
    }

    private void describe() {
        var summary = summary(STREAM);
        same(List.of(summary.streamStatus(), summary.openShardCount(), summary.retentionPeriodHours()), List.of(StreamStatus.ACTIVE, 1, 24));
        same(kinesis.describeStream(r -> r.streamARN(summary.streamARN())).streamDescription().shards().get(0).shardId(), SHARD);
    }

    private void putRecord() {
        var answer = kinesis.putRecord(r -> r.streamName(STREAM).partitionKey("key").data(payloads.get(0)));
        same(answer.shardId(), SHARD);
        places.add(answer.sequenceNumber());
    }

    private void put500Records() {
        var entries = payloads.stream().skip(1).map(data -> PutRecordsRequestEntry.builder().partitionKey("key").data(data).build()).toList();
        var answer = kinesis.putRecords(r -> r.streamName(STREAM).records(entries));
        same(answer.failedRecordCount(), 0);
        answer.records().forEach(entry -> places.add(entry.sequenceNumber()));
        same(places.stream().map(BigInteger::new).sorted().distinct().map(BigInteger::toString).toList(), places);
    }

    private void readTrimHorizon() {
        var records = read(iterator(ShardIteratorType.TRIM_HORIZON, null), 501);
        same(data(records), payloads);
        same(records.stream().map(Record::sequenceNumber).toList(), places);
    }

    private void readAtSequenceNumber() {
        same(data(read(iterator(ShardIteratorType.AT_SEQUENCE_NUMBER, places.get(200)), 301)), payloads.subList(200, 501));
    }

    private void readAfterSequenceNumber() {
        same(data(read(iterator(ShardIteratorType.AFTER_SEQUENCE_NUMBER, places.get(200)), 300)), payloads.subList(201, 501));
    }

    private void readAtTimestamp() {
        var arrival = read(iterator(ShardIteratorType.TRIM_HORIZON, null), 1).get(0).approximateArrivalTimestamp();
        if (Duration.between(arrival, Instant.now()).abs().toMinutes() >= 5) throw new AssertionError(arrival);
        same(data(read(iterator(STREAM, SHARD, ShardIteratorType.AT_TIMESTAMP, null, arrival), 501)), payloads);
    }

    private void readLatest() {
        var at = iterator(ShardIteratorType.LATEST, null);
        kinesis.putRecord(r -> r.streamName(STREAM).partitionKey("key").data(SdkBytes.fromUtf8String("latest")));
        same(data(read(at, 1)), List.of(SdkBytes.fromUtf8String("latest")));
    }

    /** By the asynchronous client, which alone has SubscribeToShard. */
    private void fanOut() throws Exception {
        try (var client = KinesisAsyncClient.create()) {
            var arn = client.describeStreamSummary(r -> r.streamName(STREAM)).get().streamDescriptionSummary().streamARN();
            var consumer = client.registerStreamConsumer(r -> r.streamARN(arn).consumerName("walk")).get().consumer().consumerARN();
            until("the consumer is ACTIVE", () ->
                client.describeStreamConsumer(r -> r.consumerARN(consumer)).join().consumerDescription().consumerStatus() == ConsumerStatus.ACTIVE);
            var found = new ArrayList<SdkBytes>();
            var all = new CompletableFuture<Void>();
            var handler = SubscribeToShardResponseHandler.builder()
                .onError(all::completeExceptionally)
                .onEventStream((SdkPublisher<SubscribeToShardEventStream> events) -> events.filter(SubscribeToShardEvent.class).subscribe(event -> {
                    if (event.continuationSequenceNumber() == null) all.completeExceptionally(new AssertionError("no continuation"));
                    found.addAll(data(event.records()));
                    if (found.size() >= 502) all.complete(null);
                }))
                .build();
            var subscription = client.subscribeToShard(
                r -> r.consumerARN(consumer).shardId(SHARD).startingPosition(p -> p.type(ShardIteratorType.AT_SEQUENCE_NUMBER).sequenceNumber(places.get(0))),
                handler);
            all.get(30, TimeUnit.SECONDS);
            subscription.cancel(true);
            var expected = new ArrayList<>(payloads);
            expected.add(SdkBytes.fromUtf8String("latest"));
            same(found, expected);
            client.deregisterStreamConsumer(r -> r.consumerARN(consumer)).get();
        }
    }

    private void split() {
        kinesis.splitShard(r -> r.streamName(STREAM).shardToSplit(SHARD).newStartingHashKey(HALF));
        settled();
        same(openShards().stream().map(Shard::parentShardId).toList(), List.of(SHARD, SHARD));
    }

    private void merge() {
        kinesis.mergeShards(r -> r.streamName(STREAM).shardToMerge("shardId-000000000001").adjacentShardToMerge("shardId-000000000002"));
        settled();
        var open = openShards();
        same(List.of(open.size(), open.get(0).parentShardId(), open.get(0).adjacentParentShardId()), List.of(1, "shardId-000000000001", "shardId-000000000002"));
    }

    private void scale() {
        var answer = kinesis.updateShardCount(r -> r.streamName(STREAM).targetShardCount(2).scalingType(ScalingType.UNIFORM_SCALING));
        same(answer.targetShardCount(), 2);
        settled();
        same(openShards().stream().map(shard -> shard.hashKeyRange().startingHashKey()).toList(), List.of("0", HALF));
    }

    private void readOverTheReshard() {
        var page = page(iterator(ShardIteratorType.TRIM_HORIZON, null));
        same(page.records().size(), 502);
        if (page.nextShardIterator() != null) throw new AssertionError("the shard does not end");
        same(page.childShards().stream().map(child -> child.shardId()).toList(), List.of("shardId-000000000001", "shardId-000000000002"));
    }

    private void paginate() {
        kinesis.createStream(r -> r.streamName(OUTPUT).shardCount(1));
        var names = kinesis.listStreamsPaginator(r -> r.limit(1)).stream().flatMap(page -> page.streamNames().stream()).toList();
        if (!names.containsAll(List.of(STREAM, OUTPUT))) throw new AssertionError(names);
    }

    private void firehoseToS3() throws Exception {
        s3.createBucket(r -> r.bucket(NAME));
        firehose.createDeliveryStream(r -> r.deliveryStreamName(NAME).extendedS3DestinationConfiguration(
            d -> d.roleARN(ROLE).bucketARN("arn:aws:s3:::" + NAME).prefix("walk/").bufferingHints(h -> h.intervalInSeconds(1).sizeInMBs(1))));
        until("the delivery stream is ACTIVE", () -> firehose.describeDeliveryStream(r -> r.deliveryStreamName(NAME))
            .deliveryStreamDescription().deliveryStreamStatus() == DeliveryStreamStatus.ACTIVE);
        firehose.putRecord(r -> r.deliveryStreamName(NAME).record(b -> b.data(SdkBytes.fromUtf8String("one\n"))));
        var answer = firehose.putRecordBatch(r -> r.deliveryStreamName(NAME).records(
            b -> b.data(SdkBytes.fromUtf8String("two\n")), b -> b.data(SdkBytes.fromUtf8String("three\n"))));
        same(List.of(answer.failedPutCount(), answer.requestResponses().size()), List.of(0, 2));
        until("the three records are in S3", () -> {
            var found = new StringBuilder();
            s3.listObjectsV2Paginator(r -> r.bucket(NAME).prefix("walk/")).contents()
                .forEach(object -> found.append(s3.getObjectAsBytes(r -> r.bucket(NAME).key(object.key())).asUtf8String()));
            return found.toString().equals("one\ntwo\nthree\n");
        });
        firehose.deleteDeliveryStream(r -> r.deliveryStreamName(NAME));
    }

    private ApplicationDetail application() {
        return analytics.describeApplication(r -> r.applicationName(NAME)).applicationDetail();
    }

    private void sqlApplication() throws Exception {
        String input = summary(STREAM).streamARN(), output = summary(OUTPUT).streamARN();
        analytics.createApplication(r -> r.applicationName(NAME).applicationCode(SQL)
            .inputs(i -> i.namePrefix("SOURCE_SQL_STREAM").kinesisStreamsInput(s -> s.resourceARN(input).roleARN(ROLE)).inputSchema(s -> s
                .recordFormat(f -> f.recordFormatType("JSON").mappingParameters(p -> p.jsonMappingParameters(j -> j.recordRowPath("$"))))
                .recordColumns(c -> c.name("N").mapping("$.n").sqlType("INTEGER"))))
            .outputs(o -> o.name("TWICE").destinationSchema(d -> d.recordFormatType("JSON")).kinesisStreamsOutput(s -> s.resourceARN(output).roleARN(ROLE))));
        var created = application();
        analytics.startApplication(r -> r.applicationName(NAME).inputConfigurations(c -> c.id(created.inputDescriptions().get(0).inputId())
            .inputStartingPositionConfiguration(p -> p.inputStartingPosition("NOW"))));
        until("it is RUNNING", () -> application().applicationStatus() == ApplicationStatus.RUNNING);
        for (int n = 1; n <= 3; n++) {
            var row = SdkBytes.fromUtf8String("{\"n\": " + n + "}");
            kinesis.putRecord(r -> r.streamName(STREAM).partitionKey("key").data(row));
        }
        var rows = new ArrayList<String>();
        until("two rows in the output stream", () -> {
            rows.clear();
            page(iterator(OUTPUT, SHARD, ShardIteratorType.TRIM_HORIZON, null, null)).records()
                .forEach(record -> rows.add(record.data().asUtf8String().replaceAll("\\s", "")));
            return rows.size() >= 2;
        });
        same(rows, List.of("{\"N\":2,\"DOUBLED\":4}", "{\"N\":3,\"DOUBLED\":6}"));
        analytics.stopApplication(r -> r.applicationName(NAME));
        until("it has stopped", () -> application().applicationStatus() == ApplicationStatus.READY);
        analytics.deleteApplication(r -> r.applicationName(NAME).createTimestamp(created.createTimestamp()));
    }

    private void typedErrors() throws Exception {
        var missing = refused(ResourceNotFoundException.class, () -> kinesis.describeStream(r -> r.streamName("nowhere")));
        if (!missing.getMessage().contains("not found")) throw missing;
        refused(ResourceInUseException.class, () -> kinesis.createStream(r -> r.streamName(STREAM).shardCount(1)));
        refused(InvalidArgumentException.class, () -> page("no iterator"));
        var invalid = refused(KinesisException.class, () -> kinesis.createStream(r -> r.streamName("not a name").shardCount(1)));
        same(invalid.awsErrorDetails().errorCode(), "ValidationException");
        refused(software.amazon.awssdk.services.firehose.model.ResourceNotFoundException.class,
            () -> firehose.describeDeliveryStream(r -> r.deliveryStreamName("nowhere")));
        refused(software.amazon.awssdk.services.kinesisanalytics.model.ResourceNotFoundException.class,
            () -> analytics.describeApplication(r -> r.applicationName("nowhere")));
    }

    /** More reads than the shard gives in a second: the refusal itself, and then a client that hides it. */
    private void retries() throws Exception {
        var at = iterator(STREAM, "shardId-000000000003", ShardIteratorType.LATEST, null, null);
        try (var hasty = KinesisClient.builder().overrideConfiguration(c -> c.retryStrategy(DefaultRetryStrategy.doNotRetry())).build()) {
            refused(ProvisionedThroughputExceededException.class, () -> {
                for (int i = 0; i < 60; i++) hasty.getRecords(r -> r.shardIterator(at));
            });
        }
        int before = counted.count();
        for (int i = 0; i < 60; i++) page(at);
        if (counted.count() == before) throw new AssertionError("nothing was refused");
    }

    private void deleteAndWait() {
        for (var stream : List.of(STREAM, OUTPUT)) {
            kinesis.deleteStream(r -> r.streamName(stream));
            kinesis.waiter().waitUntilStreamNotExists(r -> r.streamName(stream));
        }
    }

    public static void main(String[] arguments) {
        var walk = new Walk();
        Map<String, Step> steps = new LinkedHashMap<>();
        steps.put("create-and-wait", walk::createAndWait);
        steps.put("describe", walk::describe);
        steps.put("put-record", walk::putRecord);
        steps.put("put-500-records", walk::put500Records);
        steps.put("read-trim-horizon", walk::readTrimHorizon);
        steps.put("read-at-sequence-number", walk::readAtSequenceNumber);
        steps.put("read-after-sequence-number", walk::readAfterSequenceNumber);
        steps.put("read-at-timestamp", walk::readAtTimestamp);
        steps.put("read-latest", walk::readLatest);
        steps.put("fan-out", walk::fanOut);
        steps.put("split", walk::split);
        steps.put("merge", walk::merge);
        steps.put("scale", walk::scale);
        steps.put("read-over-the-reshard", walk::readOverTheReshard);
        steps.put("paginate", walk::paginate);
        steps.put("firehose-to-s3", walk::firehoseToS3);
        steps.put("sql-application", walk::sqlApplication);
        steps.put("typed-errors", walk::typedErrors);
        steps.put("retries", walk::retries);
        steps.put("delete-and-wait", walk::deleteAndWait);
        boolean failed = false;
        for (var step : steps.entrySet()) {
            try {
                step.getValue().run();
                System.out.println("ok " + step.getKey());
            } catch (Exception | AssertionError trouble) {
                failed = true;
                System.out.println("failed " + step.getKey() + ": " + trouble);
                trouble.printStackTrace();
            }
        }
        System.exit(failed ? 1 : 0);
    }
}
