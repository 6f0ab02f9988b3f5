import com.google.common.util.concurrent.ListenableFuture;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import software.amazon.kinesis.producer.KinesisProducer;
import software.amazon.kinesis.producer.KinesisProducerConfiguration;
import software.amazon.kinesis.producer.KinesisProducerConfiguration.ThreadingModel;
import software.amazon.kinesis.producer.UserRecord;
import software.amazon.kinesis.producer.UserRecordResult;

/**
 * Puts what it reads on standard input by the Kinesis Producer Library: a line has a partition key, an explicit hash key or nothing, and the data, parted by
 * tabs. After an empty line it waits for all of them, prints a line for each in the same order (shard, sequence number, attempts) and an empty one.
 *
 * Arguments: the stream, Millpond's port of localhost, the file with Millpond's authority (from /ca.pem).
 */
public final class Producer {
    private static KinesisProducerConfiguration millpond(int port, String authority) {
        return new KinesisProducerConfiguration()
            .setRegion(System.getenv("AWS_REGION"))
            .setKinesisEndpoint("localhost").setKinesisPort(port)
            .setStsEndpoint("localhost").setStsPort(port)
            .setCaCertFile(authority)
            .setMetricsLevel("none");
    }

    private static void finish(KinesisProducer producer, List<ListenableFuture<UserRecordResult>> results) throws Exception {
        producer.flushSync();
        for (var each : results) {
            var result = each.get();
            System.out.println(result.getShardId() + "\t" + result.getSequenceNumber() + "\t" + result.getAttempts().size());
        }
        results.clear();
        System.out.println();
        System.out.flush();
    }

    public static void main(String[] arguments) throws Exception {
        // One request after the other: several at once may overtake each other.
        var configuration = millpond(Integer.parseInt(arguments[1]), arguments[2])
            .setMaxConnections(1).setThreadingModel(ThreadingModel.POOLED).setThreadPoolSize(1);
        var producer = new KinesisProducer(configuration);
        List<ListenableFuture<UserRecordResult>> results = new ArrayList<>();
        try (var lines = new BufferedReader(new InputStreamReader(System.in))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isEmpty()) {
                    finish(producer, results);
                    continue;
                }
                var parts = line.split("\t", 3);
                var data = ByteBuffer.wrap(parts[2].getBytes());
                results.add(producer.addUserRecord(new UserRecord(arguments[0], parts[0], parts[1].isEmpty() ? null : parts[1], data)));
            }
        }
        producer.destroy();
    }
}
