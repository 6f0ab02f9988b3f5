import com.amazonaws.AmazonServiceException;
import com.amazonaws.ClientConfiguration;
import com.amazonaws.client.builder.AwsClientBuilder.EndpointConfiguration;
import com.amazonaws.handlers.HandlerBeforeAttemptContext;
import com.amazonaws.handlers.RequestHandler2;
import com.amazonaws.services.kinesis.AmazonKinesis;
import com.amazonaws.services.kinesis.AmazonKinesisClientBuilder;
import com.amazonaws.services.kinesis.model.AmazonKinesisException;
import com.amazonaws.services.kinesis.model.DeregisterStreamConsumerRequest;
import com.amazonaws.services.kinesis.model.DescribeStreamConsumerRequest;
import com.amazonaws.services.kinesis.model.DescribeStreamRequest;
import com.amazonaws.services.kinesis.model.DescribeStreamSummaryRequest;
import com.amazonaws.services.kinesis.model.GetRecordsRequest;
import com.amazonaws.services.kinesis.model.GetRecordsResult;
import com.amazonaws.services.kinesis.model.GetShardIteratorRequest;
import com.amazonaws.services.kinesis.model.InvalidArgumentException;
import com.amazonaws.services.kinesis.model.ListShardsRequest;
import com.amazonaws.services.kinesis.model.ListStreamConsumersRequest;
import com.amazonaws.services.kinesis.model.ProvisionedThroughputExceededException;
import com.amazonaws.services.kinesis.model.PutRecordsRequest;
import com.amazonaws.services.kinesis.model.PutRecordsRequestEntry;
import com.amazonaws.services.kinesis.model.Record;
import com.amazonaws.services.kinesis.model.RegisterStreamConsumerRequest;
import com.amazonaws.services.kinesis.model.ResourceInUseException;
import com.amazonaws.services.kinesis.model.ResourceNotFoundException;
import com.amazonaws.services.kinesis.model.Shard;
import com.amazonaws.services.kinesis.model.ShardFilter;
import com.amazonaws.services.kinesis.model.StreamDescriptionSummary;
import com.amazonaws.services.kinesis.model.UpdateShardCountRequest;
import com.amazonaws.services.kinesisanalytics.AmazonKinesisAnalytics;
import com.amazonaws.services.kinesisanalytics.AmazonKinesisAnalyticsClientBuilder;
import com.amazonaws.services.kinesisanalytics.model.ApplicationDetail;
import com.amazonaws.services.kinesisanalytics.model.CreateApplicationRequest;
import com.amazonaws.services.kinesisanalytics.model.DeleteApplicationRequest;
import com.amazonaws.services.kinesisanalytics.model.DescribeApplicationRequest;
import com.amazonaws.services.kinesisanalytics.model.DestinationSchema;
import com.amazonaws.services.kinesisanalytics.model.Input;
import com.amazonaws.services.kinesisanalytics.model.InputConfiguration;
import com.amazonaws.services.kinesisanalytics.model.InputStartingPositionConfiguration;
import com.amazonaws.services.kinesisanalytics.model.JSONMappingParameters;
import com.amazonaws.services.kinesisanalytics.model.KinesisStreamsInput;
import com.amazonaws.services.kinesisanalytics.model.KinesisStreamsOutput;
import com.amazonaws.services.kinesisanalytics.model.MappingParameters;
import com.amazonaws.services.kinesisanalytics.model.Output;
import com.amazonaws.services.kinesisanalytics.model.RecordColumn;
import com.amazonaws.services.kinesisanalytics.model.RecordFormat;
import com.amazonaws.services.kinesisanalytics.model.SourceSchema;
import com.amazonaws.services.kinesisanalytics.model.StartApplicationRequest;
import com.amazonaws.services.kinesisanalytics.model.StopApplicationRequest;
import com.amazonaws.services.kinesisfirehose.AmazonKinesisFirehose;
import com.amazonaws.services.kinesisfirehose.AmazonKinesisFirehoseClientBuilder;
import com.amazonaws.services.kinesisfirehose.model.BufferingHints;
import com.amazonaws.services.kinesisfirehose.model.CreateDeliveryStreamRequest;
import com.amazonaws.services.kinesisfirehose.model.DeleteDeliveryStreamRequest;
import com.amazonaws.services.kinesisfirehose.model.DescribeDeliveryStreamRequest;
import com.amazonaws.services.kinesisfirehose.model.ExtendedS3DestinationConfiguration;
import com.amazonaws.services.kinesisfirehose.model.PutRecordBatchRequest;
import com.amazonaws.services.kinesisfirehose.model.PutRecordRequest;
import com.amazonaws.services.s3.AmazonS3;
import com.amazonaws.services.s3.AmazonS3ClientBuilder;
import com.amazonaws.services.s3.iterable.S3Objects;
import com.amazonaws.services.s3.model.AmazonS3Exception;
import com.amazonaws.waiters.FixedDelayStrategy;
import com.amazonaws.waiters.MaxAttemptsRetryStrategy;
import com.amazonaws.waiters.PollingStrategy;
import com.amazonaws.waiters.Waiter;
import com.amazonaws.waiters.WaiterParameters;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * The walk by the AWS SDK for Java v1, which does not read AWS_ENDPOINT_URL: the endpoint is given to each client. The region and the credentials come from
 * the environment; nothing else is set, so Kinesis speaks CBOR. It has no SubscribeToShard, and no paginators but S3's.
 */
public final class Walk {
    private static final String STREAM = "walk-java1", OUTPUT = "walk-java1-rows", NAME = "walk-java1";
    private static final String ROLE = "arn:aws:iam::000000000000:role/walk", SHARD = "shardId-000000000000";
    private static final String HALF = BigInteger.TWO.pow(127).toString();
    private static final String SQL = """
        CREATE OR REPLACE STREAM "TWICE" ("N" INTEGER, "DOUBLED" INTEGER);
        CREATE OR REPLACE PUMP "PUMP" AS INSERT INTO "TWICE" SELECT STREAM "N", "N" * 2 FROM "SOURCE_SQL_STREAM_001" WHERE "N" > 1;
        """;

    private final AtomicInteger attempts = new AtomicInteger(); // of the client of Kinesis, the first of each call too
    private final EndpointConfiguration endpoint = new EndpointConfiguration(System.getenv("AWS_ENDPOINT_URL"), System.getenv("AWS_REGION"));
    private final AmazonKinesis kinesis = AmazonKinesisClientBuilder.standard().withEndpointConfiguration(endpoint).withRequestHandlers(new RequestHandler2() {
        @Override
        public void beforeAttempt(HandlerBeforeAttemptContext context) {
            attempts.incrementAndGet();
        }
    }).build();
    private final AmazonKinesisFirehose firehose = AmazonKinesisFirehoseClientBuilder.standard().withEndpointConfiguration(endpoint).build();
    private final AmazonKinesisAnalytics analytics = AmazonKinesisAnalyticsClientBuilder.standard().withEndpointConfiguration(endpoint).build();
    // Buckets as folders: a bucket's name is no host name here.
    private final AmazonS3 s3 = AmazonS3ClientBuilder.standard().withEndpointConfiguration(endpoint).withPathStyleAccessEnabled(true).build();
    private final List<ByteBuffer> payloads = IntStream.range(0, 501).mapToObj(Walk::payload).toList();
    private final List<String> places = new ArrayList<>(); // of what was put: its sequence number

    interface Step {
        void run() throws Exception;
    }

    /** Every byte, so that nothing on the way may take data for text. */
    private static ByteBuffer payload(int number) {
        var bytes = new ByteArrayOutputStream();
        IntStream.range(0, 256).forEach(bytes::write);
        bytes.writeBytes(Integer.toString(number).getBytes(StandardCharsets.UTF_8));
        return ByteBuffer.wrap(bytes.toByteArray()).asReadOnlyBuffer();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
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

    private String iterator(String stream, String shard, String type, String number, Date at) {
        return kinesis.getShardIterator(new GetShardIteratorRequest().withStreamName(stream).withShardId(shard).withShardIteratorType(type)
            .withStartingSequenceNumber(number).withTimestamp(at)).getShardIterator();
    }

    private String iterator(String type, String number) {
        return iterator(STREAM, SHARD, type, number, null);
    }

    private GetRecordsResult page(String at) {
        return kinesis.getRecords(new GetRecordsRequest().withShardIterator(at));
    }

    private List<Record> read(String at, int count) {
        var records = new ArrayList<Record>();
        while (at != null && records.size() < count) {
            var page = kinesis.getRecords(new GetRecordsRequest().withShardIterator(at).withLimit(400));
            records.addAll(page.getRecords());
            at = page.getNextShardIterator();
            if (page.getRecords().isEmpty() && page.getMillisBehindLatest() == 0) throw new AssertionError(records.size() + " records of " + count);
        }
        return records;
    }

    private static List<ByteBuffer> data(List<Record> records) {
        return records.stream().map(Record::getData).toList();
    }

    private static void await(Waiter<DescribeStreamRequest> waiter, String stream) {
        waiter.run(new WaiterParameters<>(new DescribeStreamRequest().withStreamName(stream))
            .withPollingStrategy(new PollingStrategy(new MaxAttemptsRetryStrategy(60), new FixedDelayStrategy(1))));
    }

    private void settled() {
        await(kinesis.waiters().streamExists(), STREAM);
    }

    private StreamDescriptionSummary summary(String stream) {
        return kinesis.describeStreamSummary(new DescribeStreamSummaryRequest().withStreamName(stream)).getStreamDescriptionSummary();
    }

    private List<Shard> openShards() {
        return kinesis.listShards(new ListShardsRequest().withStreamName(STREAM).withShardFilter(new ShardFilter().withType("AT_LATEST"))).getShards();
    }

    private void createAndWait() {
        kinesis.createStream(STREAM, 1);
        settled();
    }

    private void describe() {
        var summary = summary(STREAM);
        same(List.of(summary.getStreamStatus(), summary.getOpenShardCount(), summary.getRetentionPeriodHours()), List.of("ACTIVE", 1, 24));
        var description = kinesis.describeStream(new DescribeStreamRequest().withStreamARN(summary.getStreamARN())).getStreamDescription();
        same(description.getShards().get(0).getShardId(), SHARD);
    }

    private void putRecord() {
        var answer = kinesis.putRecord(STREAM, payloads.get(0), "key");
        same(answer.getShardId(), SHARD);
        places.add(answer.getSequenceNumber());
    }

    private void put500Records() {
        var entries = payloads.stream().skip(1).map(data -> new PutRecordsRequestEntry().withPartitionKey("key").withData(data)).toList();
        var answer = kinesis.putRecords(new PutRecordsRequest().withStreamName(STREAM).withRecords(entries));
        same(answer.getFailedRecordCount(), 0);
        answer.getRecords().forEach(entry -> places.add(entry.getSequenceNumber()));
        same(places.stream().map(BigInteger::new).sorted().distinct().map(BigInteger::toString).toList(), places);
    }

    private void readTrimHorizon() {
        var records = read(iterator("TRIM_HORIZON", null), 501);
        same(data(records), payloads);
        same(records.stream().map(Record::getSequenceNumber).toList(), places);
    }

    private void readAtSequenceNumber() {
        same(data(read(iterator("AT_SEQUENCE_NUMBER", places.get(200)), 301)), payloads.subList(200, 501));
    }

    private void readAfterSequenceNumber() {
        same(data(read(iterator("AFTER_SEQUENCE_NUMBER", places.get(200)), 300)), payloads.subList(201, 501));
    }

    private void readAtTimestamp() {
        var arrival = read(iterator("TRIM_HORIZON", null), 1).get(0).getApproximateArrivalTimestamp();
        if (Duration.between(arrival.toInstant(), Instant.now()).abs().toMinutes() >= 5) throw new AssertionError(arrival);
        same(data(read(iterator(STREAM, SHARD, "AT_TIMESTAMP", null, arrival), 501)), payloads);
    }

    private void readLatest() {
        var at = iterator("LATEST", null);
        kinesis.putRecord(STREAM, bytes("latest"), "key");
        same(data(read(at, 1)), List.of(bytes("latest")));
    }

    private void split() {
        kinesis.splitShard(STREAM, SHARD, HALF);
        settled();
        same(openShards().stream().map(Shard::getParentShardId).toList(), List.of(SHARD, SHARD));
    }

    private void merge() {
        kinesis.mergeShards(STREAM, "shardId-000000000001", "shardId-000000000002");
        settled();
        var open = openShards();
        same(List.of(open.size(), open.get(0).getParentShardId(), open.get(0).getAdjacentParentShardId()),
            List.of(1, "shardId-000000000001", "shardId-000000000002"));
    }

    private void scale() {
        var answer = kinesis.updateShardCount(
            new UpdateShardCountRequest().withStreamName(STREAM).withTargetShardCount(2).withScalingType("UNIFORM_SCALING"));
        same(answer.getTargetShardCount(), 2);
        settled();
        same(openShards().stream().map(shard -> shard.getHashKeyRange().getStartingHashKey()).toList(), List.of("0", HALF));
    }

    private void readOverTheReshard() {
        var page = page(iterator("TRIM_HORIZON", null));
        same(page.getRecords().size(), 502);
        if (page.getNextShardIterator() != null) throw new AssertionError("the shard does not end");
        same(page.getChildShards().stream().map(child -> child.getShardId()).toList(), List.of("shardId-000000000001", "shardId-000000000002"));
    }

    /** By hand, as this client's users do. Consumers too, since they are all that it has of fan-out. */
    private void paginate() throws Exception {
        kinesis.createStream(OUTPUT, 1);
        var names = new ArrayList<String>();
        var streams = kinesis.listStreams(1, null);
        names.addAll(streams.getStreamNames());
        while (streams.getHasMoreStreams()) {
            same(streams.getStreamNames().size(), 1);
            streams = kinesis.listStreams(1, streams.getStreamNames().get(0));
            names.addAll(streams.getStreamNames());
        }
        if (!names.containsAll(List.of(STREAM, OUTPUT))) throw new AssertionError(names);
        var arn = summary(STREAM).getStreamARN();
        var consumers = new ArrayList<String>();
        for (var name : List.of("one", "two")) {
            consumers.add(kinesis.registerStreamConsumer(new RegisterStreamConsumerRequest().withStreamARN(arn).withConsumerName(name)).getConsumer().getConsumerARN());
            until("the consumer is ACTIVE", () -> kinesis.describeStreamConsumer(new DescribeStreamConsumerRequest().withStreamARN(arn).withConsumerName(name))
                .getConsumerDescription().getConsumerStatus().equals("ACTIVE"));
        }
        var listed = new ArrayList<String>();
        String next = null;
        do {
            var page = kinesis.listStreamConsumers(new ListStreamConsumersRequest().withStreamARN(arn).withMaxResults(1).withNextToken(next));
            page.getConsumers().forEach(consumer -> listed.add(consumer.getConsumerARN()));
            next = page.getNextToken();
        } while (next != null);
        same(listed.stream().sorted().toList(), consumers);
        consumers.forEach(consumer -> kinesis.deregisterStreamConsumer(new DeregisterStreamConsumerRequest().withConsumerARN(consumer)));
    }

    private void firehoseToS3() throws Exception {
        // The client reads the region of a bucket off the names of AWS's endpoints only.
        s3.createBucket(NAME, endpoint.getSigningRegion());
        firehose.createDeliveryStream(new CreateDeliveryStreamRequest().withDeliveryStreamName(NAME).withExtendedS3DestinationConfiguration(
            new ExtendedS3DestinationConfiguration().withRoleARN(ROLE).withBucketARN("arn:aws:s3:::" + NAME).withPrefix("walk/")
                .withBufferingHints(new BufferingHints().withIntervalInSeconds(1).withSizeInMBs(1))));
        until("the delivery stream is ACTIVE", () -> firehose.describeDeliveryStream(new DescribeDeliveryStreamRequest().withDeliveryStreamName(NAME))
            .getDeliveryStreamDescription().getDeliveryStreamStatus().equals("ACTIVE"));
        firehose.putRecord(new PutRecordRequest().withDeliveryStreamName(NAME).withRecord(line("one\n")));
        var answer = firehose.putRecordBatch(new PutRecordBatchRequest().withDeliveryStreamName(NAME).withRecords(line("two\n"), line("three\n")));
        same(List.of(answer.getFailedPutCount(), answer.getRequestResponses().size()), List.of(0, 2));
        until("the three records are in S3", () -> {
            var found = new StringBuilder();
            S3Objects.withPrefix(s3, NAME, "walk/").withBatchSize(1).forEach(object -> found.append(s3.getObjectAsString(NAME, object.getKey())));
            return found.toString().equals("one\ntwo\nthree\n");
        });
        firehose.deleteDeliveryStream(new DeleteDeliveryStreamRequest().withDeliveryStreamName(NAME));
    }

    private static com.amazonaws.services.kinesisfirehose.model.Record line(String text) {
        return new com.amazonaws.services.kinesisfirehose.model.Record().withData(bytes(text));
    }

    private ApplicationDetail application() {
        return analytics.describeApplication(new DescribeApplicationRequest().withApplicationName(NAME)).getApplicationDetail();
    }

    private void createApplication() {
        var format = new RecordFormat().withRecordFormatType("JSON")
            .withMappingParameters(new MappingParameters().withJSONMappingParameters(new JSONMappingParameters().withRecordRowPath("$")));
        var schema = new SourceSchema().withRecordFormat(format).withRecordColumns(new RecordColumn().withName("N").withMapping("$.n").withSqlType("INTEGER"));
        analytics.createApplication(new CreateApplicationRequest().withApplicationName(NAME).withApplicationCode(SQL)
            .withInputs(new Input().withNamePrefix("SOURCE_SQL_STREAM").withInputSchema(schema)
                .withKinesisStreamsInput(new KinesisStreamsInput().withResourceARN(summary(STREAM).getStreamARN()).withRoleARN(ROLE)))
            .withOutputs(new Output().withName("TWICE").withDestinationSchema(new DestinationSchema().withRecordFormatType("JSON"))
                .withKinesisStreamsOutput(new KinesisStreamsOutput().withResourceARN(summary(OUTPUT).getStreamARN()).withRoleARN(ROLE))));
    }

    private void sqlApplication() throws Exception {
        createApplication();
        var created = application();
        analytics.startApplication(new StartApplicationRequest().withApplicationName(NAME).withInputConfigurations(
            new InputConfiguration().withId(created.getInputDescriptions().get(0).getInputId())
                .withInputStartingPositionConfiguration(new InputStartingPositionConfiguration().withInputStartingPosition("NOW"))));
        until("it is RUNNING", () -> application().getApplicationStatus().equals("RUNNING"));
        for (int n = 1; n <= 3; n++) kinesis.putRecord(STREAM, bytes("{\"n\": " + n + "}"), "key");
        var rows = new ArrayList<String>();
        until("two rows in the output stream", () -> {
            rows.clear();
            page(iterator(OUTPUT, SHARD, "TRIM_HORIZON", null, null)).getRecords()
                .forEach(record -> rows.add(StandardCharsets.UTF_8.decode(record.getData()).toString().replaceAll("\\s", "")));
            return rows.size() >= 2;
        });
        same(rows, List.of("{\"N\":2,\"DOUBLED\":4}", "{\"N\":3,\"DOUBLED\":6}"));
        analytics.stopApplication(new StopApplicationRequest().withApplicationName(NAME));
        until("it has stopped", () -> application().getApplicationStatus().equals("READY"));
        analytics.deleteApplication(new DeleteApplicationRequest().withApplicationName(NAME).withCreateTimestamp(created.getCreateTimestamp()));
    }

    private void typedErrors() throws Exception {
        var missing = refused(ResourceNotFoundException.class, () -> kinesis.describeStream("nowhere"));
        if (!missing.getErrorMessage().contains("not found")) throw missing;
        same(List.of(missing.getStatusCode(), missing.getErrorType()), List.of(400, AmazonServiceException.ErrorType.Client));
        refused(ResourceInUseException.class, () -> kinesis.createStream(STREAM, 1));
        refused(InvalidArgumentException.class, () -> page("no iterator"));
        var invalid = refused(AmazonKinesisException.class, () -> kinesis.createStream("not a name", 1));
        same(invalid.getErrorCode(), "ValidationException");
        refused(com.amazonaws.services.kinesisfirehose.model.ResourceNotFoundException.class,
            () -> firehose.describeDeliveryStream(new DescribeDeliveryStreamRequest().withDeliveryStreamName("nowhere")));
        refused(com.amazonaws.services.kinesisanalytics.model.ResourceNotFoundException.class,
            () -> analytics.describeApplication(new DescribeApplicationRequest().withApplicationName("nowhere")));
        var bucket = refused(AmazonS3Exception.class, () -> s3.listObjectsV2("nowhere"));
        same(bucket.getErrorCode(), "NoSuchBucket");
        if (bucket.getRequestId() == null) throw bucket;
    }

    /** More reads than the shard gives in a second: the refusal itself, and then a client that hides it. */
    private void retries() throws Exception {
        var at = iterator(STREAM, "shardId-000000000003", "LATEST", null, null);
        var hasty = AmazonKinesisClientBuilder.standard().withEndpointConfiguration(endpoint)
            .withClientConfiguration(new ClientConfiguration().withMaxErrorRetry(0)).build();
        refused(ProvisionedThroughputExceededException.class, () -> {
            for (int i = 0; i < 60; i++) hasty.getRecords(new GetRecordsRequest().withShardIterator(at));
        });
        int before = attempts.get();
        for (int i = 0; i < 60; i++) page(at);
        if (attempts.get() - before <= 60) throw new AssertionError("nothing was refused");
    }

    private void deleteAndWait() {
        for (var stream : List.of(STREAM, OUTPUT)) {
            kinesis.deleteStream(stream);
            await(kinesis.waiters().streamNotExists(), stream);
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
