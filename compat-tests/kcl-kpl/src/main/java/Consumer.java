import java.io.PrintStream;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.kinesis.common.ConfigsBuilder;
import software.amazon.kinesis.common.InitialPositionInStream;
import software.amazon.kinesis.common.InitialPositionInStreamExtended;
import software.amazon.kinesis.common.KinesisClientUtil;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.exceptions.InvalidStateException;
import software.amazon.kinesis.exceptions.ShutdownException;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.LeaseLostInput;
import software.amazon.kinesis.lifecycle.events.ProcessRecordsInput;
import software.amazon.kinesis.lifecycle.events.ShardEndedInput;
import software.amazon.kinesis.lifecycle.events.ShutdownRequestedInput;
import software.amazon.kinesis.metrics.NullMetricsFactory;
import software.amazon.kinesis.processor.RecordProcessorCheckpointer;
import software.amazon.kinesis.processor.ShardRecordProcessor;
import software.amazon.kinesis.processor.SingleStreamTracker;
import software.amazon.kinesis.retrieval.KinesisClientRecord;
import software.amazon.kinesis.retrieval.polling.PollingConfig;

/**
 * A worker of the Kinesis Client Library that prints what happens to it, parted by tabs: begin, record, checkpoint, end, lost, stop; each with its shard.
 * It stops when its standard input ends.
 *
 * Arguments: the stream, the application, the worker, polling or fan-out. Endpoints come from the environment: AWS_ENDPOINT_URL is Millpond,
 * AWS_ENDPOINT_URL_DYNAMODB what keeps the leases.
 */
public final class Consumer implements ShardRecordProcessor {
    private static final PrintStream OUT = System.out;

    private String shard;

    private void say(Object... words) {
        var line = new StringBuilder(String.valueOf(words[0])).append('\t').append(shard);
        for (int i = 1; i < words.length; i++) line.append('\t').append(words[i]);
        OUT.println(line);
    }

    private void checkpoint(RecordProcessorCheckpointer checkpointer) {
        try {
            checkpointer.checkpoint();
        } catch (InvalidStateException | ShutdownException refusal) {
            say("refused", refusal);
        }
    }

    @Override
    public void initialize(InitializationInput input) {
        shard = input.shardId();
        say("begin", input.extendedSequenceNumber());
    }

    @Override
    public void processRecords(ProcessRecordsInput input) {
        KinesisClientRecord last = null;
        for (var record : input.records()) {
            var data = new byte[record.data().remaining()];
            record.data().get(data);
            say("record", record.sequenceNumber(), record.subSequenceNumber(), record.partitionKey(), new String(data));
            last = record;
        }
        if (last == null) return;
        checkpoint(input.checkpointer());
        say("checkpoint", last.sequenceNumber(), last.subSequenceNumber());
    }

    @Override
    public void leaseLost(LeaseLostInput input) {
        say("lost");
    }

    @Override
    public void shardEnded(ShardEndedInput input) {
        say("end");
        checkpoint(input.checkpointer());
    }

    @Override
    public void shutdownRequested(ShutdownRequestedInput input) {
        checkpoint(input.checkpointer());
        say("stop");
    }

    private static Scheduler scheduler(String stream, String application, String worker, boolean polling) {
        KinesisAsyncClient kinesis = KinesisClientUtil.createKinesisAsyncClient(KinesisAsyncClient.builder());
        var from = InitialPositionInStreamExtended.newInitialPosition(InitialPositionInStream.TRIM_HORIZON);
        var all = new ConfigsBuilder(new SingleStreamTracker(stream, from), application, kinesis, DynamoDbAsyncClient.create(), CloudWatchAsyncClient.create(),
            worker, Consumer::new);
        var leases = all.leaseManagementConfig();
        // All this only makes it quick: the pauses before the first leases and between assignments, and how soon a worker that was killed is missed.
        leases.shardSyncIntervalMillis(100).failoverTimeMillis(3000).leaseAssignmentIntervalMillis(1000L);
        leases.dynamoDbLockBasedLeaderLeaseDurationInMillis(3000).dynamoDbLockBasedLeaderHeartbeatPeriodInMillis(1000);
        leases.workerUtilizationAwareAssignmentConfig().inMemoryWorkerMetricsCaptureFrequencyMillis(500).workerMetricsReporterFreqInMillis(1000)
            // It would look for the metadata of EC2 and ECS.
            .disableWorkerMetrics(true);
        var coordinator = all.coordinatorConfig().parentShardPollIntervalMillis(200).shardConsumerDispatchPollIntervalMillis(100);
        var metrics = all.metricsConfig().metricsFactory(new NullMetricsFactory());
        var retrieval = all.retrievalConfig();
        if (polling) retrieval.retrievalSpecificConfig(new PollingConfig(stream, kinesis).idleTimeBetweenReadsInMillis(250));
        return new Scheduler(all.checkpointConfig(), coordinator, leases, all.lifecycleConfig(), metrics, all.processorConfig(), retrieval);
    }

    public static void main(String[] arguments) throws Exception {
        var scheduler = scheduler(arguments[0], arguments[1], arguments[2], arguments[3].equals("polling"));
        var running = new Thread(scheduler);
        running.start();
        while (System.in.read() >= 0) {}
        var stopped = scheduler.startGracefulShutdown().get(30, TimeUnit.SECONDS);
        OUT.println("stopped\t" + stopped);
        System.exit(0);
    }
}
