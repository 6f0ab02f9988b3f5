// The walk by the AWS SDK for Go v2. The endpoint, the region and the credentials come from the environment; nothing else is set.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	ft "github.com/aws/aws-sdk-go-v2/service/firehose/types"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	kt "github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	analytics "github.com/aws/aws-sdk-go-v2/service/kinesisanalytics"
	at "github.com/aws/aws-sdk-go-v2/service/kinesisanalytics/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3t "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
)

const (
	stream = "walk-go"
	output = "walk-go-rows"
	name   = "walk-go"
	role   = "arn:aws:iam::000000000000:role/walk"
	shard  = "shardId-000000000000"
	sql    = `
CREATE OR REPLACE STREAM "TWICE" ("N" INTEGER, "DOUBLED" INTEGER);
CREATE OR REPLACE PUMP "PUMP" AS INSERT INTO "TWICE" SELECT STREAM "N", "N" * 2 FROM "SOURCE_SQL_STREAM_001" WHERE "N" > 1;
`
)

var (
	ctx      = context.Background()
	half     = new(big.Int).Lsh(big.NewInt(1), 127).String()
	payloads [][]byte
	places   []string // of what was put: its sequence number
	k        *kinesis.Client
	f        *firehose.Client
	a        *analytics.Client
	o        *s3.Client
)

func check(right bool, format string, details ...any) {
	if !right {
		panic(fmt.Errorf(format, details...))
	}
}

// must gives the answer of a call, and ends the step if it failed.
func must[T any](answer T, err error) T {
	if err != nil {
		panic(err)
	}
	return answer
}

func succeed(err error) {
	if err != nil {
		panic(err)
	}
}

func until(what string, condition func() bool) {
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if condition() {
			return
		}
	}
	panic(fmt.Errorf("not within 30 s: %s", what))
}

func iterator(of, shard string, in kinesis.GetShardIteratorInput) *string {
	in.StreamName, in.ShardId = &of, &shard
	return must(k.GetShardIterator(ctx, &in)).ShardIterator
}

func read(at *string, count int) (records []kt.Record) {
	for at != nil && len(records) < count {
		page := must(k.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: at, Limit: aws.Int32(400)}))
		records, at = append(records, page.Records...), page.NextShardIterator
		check(len(page.Records) > 0 || *page.MillisBehindLatest > 0, "%d records of %d", len(records), count)
	}
	return
}

func same(records []kt.Record, expected [][]byte) {
	check(len(records) == len(expected), "%d records instead of %d", len(records), len(expected))
	for i, record := range records {
		check(bytes.Equal(record.Data, expected[i]), "record %d is %q", i, record.Data)
	}
}

func readFrom(in kinesis.GetShardIteratorInput, expected [][]byte) []kt.Record {
	records := read(iterator(stream, shard, in), len(expected))
	same(records, expected)
	return records
}

func settled() {
	succeed(kinesis.NewStreamExistsWaiter(k, func(w *kinesis.StreamExistsWaiterOptions) { w.MinDelay = time.Second }).
		Wait(ctx, &kinesis.DescribeStreamInput{StreamName: aws.String(stream)}, time.Minute))
}

func openShards() []kt.Shard {
	return must(k.ListShards(ctx, &kinesis.ListShardsInput{StreamName: aws.String(stream), ShardFilter: &kt.ShardFilter{Type: kt.ShardFilterTypeAtLatest}})).Shards
}

func summary(of string) *kt.StreamDescriptionSummary {
	return must(k.DescribeStreamSummary(ctx, &kinesis.DescribeStreamSummaryInput{StreamName: &of})).StreamDescriptionSummary
}

func refused[E error](err error) E {
	var refusal E
	check(errors.As(err, &refusal), "%T expected, not %v", refusal, err)
	return refusal
}

func createAndWait() {
	must(k.CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: aws.String(stream), ShardCount: aws.Int32(1)}))
	settled()
}

func describe() {
	found := summary(stream)
	check(found.StreamStatus == kt.StreamStatusActive && *found.OpenShardCount == 1 && *found.RetentionPeriodHours == 24, "%+v", found)
	described := must(k.DescribeStream(ctx, &kinesis.DescribeStreamInput{StreamARN: found.StreamARN}))
	check(*described.StreamDescription.Shards[0].ShardId == shard, "%+v", described)
}

func putRecord() {
	answer := must(k.PutRecord(ctx, &kinesis.PutRecordInput{StreamName: aws.String(stream), PartitionKey: aws.String("key"), Data: payloads[0]}))
	check(*answer.ShardId == shard, "%+v", answer)
	places = append(places, *answer.SequenceNumber)
}

func put500Records() {
	var entries []kt.PutRecordsRequestEntry
	for _, data := range payloads[1:] {
		entries = append(entries, kt.PutRecordsRequestEntry{PartitionKey: aws.String("key"), Data: data})
	}
	answer := must(k.PutRecords(ctx, &kinesis.PutRecordsInput{StreamName: aws.String(stream), Records: entries}))
	check(*answer.FailedRecordCount == 0, "%+v", answer)
	for _, entry := range answer.Records {
		places = append(places, *entry.SequenceNumber)
	}
	check(slices.IsSorted(places), "sequence numbers of one length grow")
}

func readTrimHorizon() {
	for i, record := range readFrom(kinesis.GetShardIteratorInput{ShardIteratorType: kt.ShardIteratorTypeTrimHorizon}, payloads) {
		check(*record.SequenceNumber == places[i], "record %d has number %s", i, *record.SequenceNumber)
	}
}

func readAtSequenceNumber() {
	readFrom(kinesis.GetShardIteratorInput{ShardIteratorType: kt.ShardIteratorTypeAtSequenceNumber, StartingSequenceNumber: &places[200]}, payloads[200:])
}

func readAfterSequenceNumber() {
	readFrom(kinesis.GetShardIteratorInput{ShardIteratorType: kt.ShardIteratorTypeAfterSequenceNumber, StartingSequenceNumber: &places[200]}, payloads[201:])
}

func readAtTimestamp() {
	arrival := read(iterator(stream, shard, kinesis.GetShardIteratorInput{ShardIteratorType: kt.ShardIteratorTypeTrimHorizon}), 1)[0].ApproximateArrivalTimestamp
	check(time.Since(*arrival).Abs() < 5*time.Minute, "%v", arrival)
	readFrom(kinesis.GetShardIteratorInput{ShardIteratorType: kt.ShardIteratorTypeAtTimestamp, Timestamp: arrival}, payloads)
}

func readLatest() {
	at := iterator(stream, shard, kinesis.GetShardIteratorInput{ShardIteratorType: kt.ShardIteratorTypeLatest})
	must(k.PutRecord(ctx, &kinesis.PutRecordInput{StreamName: aws.String(stream), PartitionKey: aws.String("key"), Data: []byte("latest")}))
	same(read(at, 1), [][]byte{[]byte("latest")})
}

func fanOut() {
	registered := must(k.RegisterStreamConsumer(ctx, &kinesis.RegisterStreamConsumerInput{StreamARN: summary(stream).StreamARN, ConsumerName: aws.String("walk")}))
	consumer := registered.Consumer.ConsumerARN
	until("the consumer is ACTIVE", func() bool {
		found := must(k.DescribeStreamConsumer(ctx, &kinesis.DescribeStreamConsumerInput{ConsumerARN: consumer}))
		return found.ConsumerDescription.ConsumerStatus == kt.ConsumerStatusActive
	})
	events := must(k.SubscribeToShard(ctx, &kinesis.SubscribeToShardInput{ConsumerARN: consumer, ShardId: aws.String(shard),
		StartingPosition: &kt.StartingPosition{Type: kt.ShardIteratorTypeAtSequenceNumber, SequenceNumber: &places[0]}})).GetStream()
	var found []kt.Record
	for event := range events.Events() {
		value := event.(*kt.SubscribeToShardEventStreamMemberSubscribeToShardEvent).Value
		check(*value.ContinuationSequenceNumber != "", "no continuation")
		if found = append(found, value.Records...); len(found) >= 502 {
			break
		}
	}
	succeed(events.Err())
	events.Close()
	same(found, append(slices.Clone(payloads), []byte("latest")))
	must(k.DeregisterStreamConsumer(ctx, &kinesis.DeregisterStreamConsumerInput{ConsumerARN: consumer}))
}

func split() {
	must(k.SplitShard(ctx, &kinesis.SplitShardInput{StreamName: aws.String(stream), ShardToSplit: aws.String(shard), NewStartingHashKey: &half}))
	settled()
	children := openShards()
	check(len(children) == 2 && *children[0].ParentShardId == shard && *children[1].ParentShardId == shard, "%+v", children)
}

func merge() {
	must(k.MergeShards(ctx, &kinesis.MergeShardsInput{StreamName: aws.String(stream),
		ShardToMerge: aws.String("shardId-000000000001"), AdjacentShardToMerge: aws.String("shardId-000000000002")}))
	settled()
	child := openShards()
	check(len(child) == 1 && *child[0].ParentShardId == "shardId-000000000001" && *child[0].AdjacentParentShardId == "shardId-000000000002", "%+v", child)
}

func scale() {
	answer := must(k.UpdateShardCount(ctx, &kinesis.UpdateShardCountInput{StreamName: aws.String(stream), TargetShardCount: aws.Int32(2), ScalingType: kt.ScalingTypeUniformScaling}))
	check(*answer.TargetShardCount == 2, "%+v", answer)
	settled()
	shards := openShards()
	check(len(shards) == 2 && *shards[0].HashKeyRange.StartingHashKey == "0" && *shards[1].HashKeyRange.StartingHashKey == half, "%+v", shards)
}

func readOverTheReshard() {
	at := iterator(stream, shard, kinesis.GetShardIteratorInput{ShardIteratorType: kt.ShardIteratorTypeTrimHorizon})
	page := must(k.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: at}))
	check(len(page.Records) == 502 && page.NextShardIterator == nil && len(page.ChildShards) == 2, "%d records, children %+v", len(page.Records), page.ChildShards)
	check(*page.ChildShards[1].ShardId == "shardId-000000000002", "%+v", page.ChildShards)
}

func paginate() {
	must(k.CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: aws.String(output), ShardCount: aws.Int32(1)}))
	var names []string
	pages := kinesis.NewListStreamsPaginator(k, &kinesis.ListStreamsInput{Limit: aws.Int32(1)})
	for pages.HasMorePages() {
		page := must(pages.NextPage(ctx))
		check(len(page.StreamNames) == 1, "%+v", page.StreamNames)
		names = append(names, page.StreamNames...)
	}
	check(slices.Contains(names, stream) && slices.Contains(names, output), "%v", names)
}

func firehoseToS3() {
	region := s3t.BucketLocationConstraint(o.Options().Region)
	must(o.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String(name), CreateBucketConfiguration: &s3t.CreateBucketConfiguration{LocationConstraint: region}}))
	delivery := aws.String(name)
	must(f.CreateDeliveryStream(ctx, &firehose.CreateDeliveryStreamInput{DeliveryStreamName: delivery,
		ExtendedS3DestinationConfiguration: &ft.ExtendedS3DestinationConfiguration{RoleARN: aws.String(role), BucketARN: aws.String("arn:aws:s3:::" + name),
			Prefix: aws.String("walk/"), BufferingHints: &ft.BufferingHints{IntervalInSeconds: aws.Int32(1), SizeInMBs: aws.Int32(1)}}}))
	until("the delivery stream is ACTIVE", func() bool {
		found := must(f.DescribeDeliveryStream(ctx, &firehose.DescribeDeliveryStreamInput{DeliveryStreamName: delivery}))
		return found.DeliveryStreamDescription.DeliveryStreamStatus == ft.DeliveryStreamStatusActive
	})
	must(f.PutRecord(ctx, &firehose.PutRecordInput{DeliveryStreamName: delivery, Record: &ft.Record{Data: []byte("one\n")}}))
	answer := must(f.PutRecordBatch(ctx, &firehose.PutRecordBatchInput{DeliveryStreamName: delivery, Records: []ft.Record{{Data: []byte("two\n")}, {Data: []byte("three\n")}}}))
	check(*answer.FailedPutCount == 0 && len(answer.RequestResponses) == 2, "%+v", answer)
	until("the three records are in S3", func() bool {
		var found strings.Builder
		pages := s3.NewListObjectsV2Paginator(o, &s3.ListObjectsV2Input{Bucket: aws.String(name), Prefix: aws.String("walk/")})
		for pages.HasMorePages() {
			for _, object := range must(pages.NextPage(ctx)).Contents {
				body := must(o.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(name), Key: object.Key})).Body
				found.Write(must(io.ReadAll(body)))
			}
		}
		return found.String() == "one\ntwo\nthree\n"
	})
	must(f.DeleteDeliveryStream(ctx, &firehose.DeleteDeliveryStreamInput{DeliveryStreamName: delivery}))
}

func detail() *at.ApplicationDetail {
	return must(a.DescribeApplication(ctx, &analytics.DescribeApplicationInput{ApplicationName: aws.String(name)})).ApplicationDetail
}

func sqlApplication() {
	application := aws.String(name)
	format := &at.RecordFormat{RecordFormatType: at.RecordFormatTypeJson,
		MappingParameters: &at.MappingParameters{JSONMappingParameters: &at.JSONMappingParameters{RecordRowPath: aws.String("$")}}}
	column := at.RecordColumn{Name: aws.String("N"), Mapping: aws.String("$.n"), SqlType: aws.String("INTEGER")}
	must(a.CreateApplication(ctx, &analytics.CreateApplicationInput{ApplicationName: application, ApplicationCode: aws.String(sql),
		Inputs: []at.Input{{NamePrefix: aws.String("SOURCE_SQL_STREAM"), InputSchema: &at.SourceSchema{RecordFormat: format, RecordColumns: []at.RecordColumn{column}},
			KinesisStreamsInput: &at.KinesisStreamsInput{ResourceARN: summary(stream).StreamARN, RoleARN: aws.String(role)}}},
		Outputs: []at.Output{{Name: aws.String("TWICE"), DestinationSchema: &at.DestinationSchema{RecordFormatType: at.RecordFormatTypeJson},
			KinesisStreamsOutput: &at.KinesisStreamsOutput{ResourceARN: summary(output).StreamARN, RoleARN: aws.String(role)}}}}))
	created := detail()
	must(a.StartApplication(ctx, &analytics.StartApplicationInput{ApplicationName: application, InputConfigurations: []at.InputConfiguration{{
		Id: created.InputDescriptions[0].InputId, InputStartingPositionConfiguration: &at.InputStartingPositionConfiguration{InputStartingPosition: at.InputStartingPositionNow}}}}))
	until("it is RUNNING", func() bool { return detail().ApplicationStatus == at.ApplicationStatusRunning })
	for n := 1; n <= 3; n++ {
		must(k.PutRecord(ctx, &kinesis.PutRecordInput{StreamName: aws.String(stream), PartitionKey: aws.String("key"), Data: fmt.Appendf(nil, `{"n": %d}`, n)}))
	}
	var rows []map[string]int
	until("two rows in the output stream", func() bool {
		rows = nil
		at := iterator(output, shard, kinesis.GetShardIteratorInput{ShardIteratorType: kt.ShardIteratorTypeTrimHorizon})
		for _, record := range must(k.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: at})).Records {
			row := map[string]int{}
			succeed(json.Unmarshal(record.Data, &row))
			rows = append(rows, row)
		}
		return len(rows) >= 2
	})
	check(fmt.Sprint(rows) == "[map[DOUBLED:4 N:2] map[DOUBLED:6 N:3]]", "%v", rows)
	must(a.StopApplication(ctx, &analytics.StopApplicationInput{ApplicationName: application}))
	until("it has stopped", func() bool { return detail().ApplicationStatus == at.ApplicationStatusReady })
	must(a.DeleteApplication(ctx, &analytics.DeleteApplicationInput{ApplicationName: application, CreateTimestamp: created.CreateTimestamp}))
}

func typedErrors() {
	_, err := k.DescribeStream(ctx, &kinesis.DescribeStreamInput{StreamName: aws.String("nowhere")})
	check(strings.Contains(refused[*kt.ResourceNotFoundException](err).ErrorMessage(), "not found"), "%v", err)
	_, err = k.CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: aws.String(stream), ShardCount: aws.Int32(1)})
	refused[*kt.ResourceInUseException](err)
	_, err = k.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: aws.String("no iterator")})
	refused[*kt.InvalidArgumentException](err)
	_, err = k.CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: aws.String("not a name"), ShardCount: aws.Int32(1)})
	refusal := refused[smithy.APIError](err)
	check(refusal.ErrorCode() == "ValidationException" && strings.Contains(refusal.ErrorMessage(), "validation error"), "%v", err)
	_, err = f.DescribeDeliveryStream(ctx, &firehose.DescribeDeliveryStreamInput{DeliveryStreamName: aws.String("nowhere")})
	refused[*ft.ResourceNotFoundException](err)
	_, err = a.DescribeApplication(ctx, &analytics.DescribeApplicationInput{ApplicationName: aws.String("nowhere")})
	refused[*at.ResourceNotFoundException](err)
}

// More reads than the shard gives in a second: the refusal itself, and then a client that hides it. The few tries that it has by itself could all fall
// into one moment.
func retries() {
	at, attempts := iterator(stream, "shardId-000000000003", kinesis.GetShardIteratorInput{ShardIteratorType: kt.ShardIteratorTypeLatest}), 0
	var refusal error
	for tries := 0; tries < 60 && refusal == nil; tries++ {
		_, refusal = k.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: at}, func(o *kinesis.Options) { o.RetryMaxAttempts = 1 })
	}
	refused[*kt.ProvisionedThroughputExceededException](refusal)
	for range 60 {
		page := must(k.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: at}, func(o *kinesis.Options) { o.RetryMaxAttempts = 10 }))
		if results, ok := retry.GetAttemptResults(page.ResultMetadata); ok {
			attempts += len(results.Results) - 1
		}
	}
	check(attempts > 0, "nothing was refused")
}

func deleteAndWait() {
	for _, gone := range []string{stream, output} {
		must(k.DeleteStream(ctx, &kinesis.DeleteStreamInput{StreamName: &gone}))
		succeed(kinesis.NewStreamNotExistsWaiter(k, func(w *kinesis.StreamNotExistsWaiterOptions) { w.MinDelay = time.Second }).
			Wait(ctx, &kinesis.DescribeStreamInput{StreamName: &gone}, time.Minute))
	}
}

func run(name string, step func()) (well bool) {
	defer func() {
		if trouble := recover(); trouble != nil {
			fmt.Printf("failed %s: %v\n", name, trouble)
			well = false
		}
	}()
	step()
	fmt.Println("ok", name)
	return true
}

func main() {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for i := range 501 { // every byte, so that nothing on the way may take data for text
		payloads = append(payloads, fmt.Appendf(slices.Clone(all), "%d", i))
	}
	settings := must(config.LoadDefaultConfig(ctx))
	k, f, a = kinesis.NewFromConfig(settings), firehose.NewFromConfig(settings), analytics.NewFromConfig(settings)
	// Buckets as folders: a bucket's name is no host name here.
	o = s3.NewFromConfig(settings, func(options *s3.Options) { options.UsePathStyle = true })
	steps := []struct {
		name string
		run  func()
	}{
		{"create-and-wait", createAndWait}, {"describe", describe}, {"put-record", putRecord}, {"put-500-records", put500Records},
		{"read-trim-horizon", readTrimHorizon}, {"read-at-sequence-number", readAtSequenceNumber}, {"read-after-sequence-number", readAfterSequenceNumber},
		{"read-at-timestamp", readAtTimestamp}, {"read-latest", readLatest}, {"fan-out", fanOut}, {"split", split}, {"merge", merge}, {"scale", scale},
		{"read-over-the-reshard", readOverTheReshard}, {"paginate", paginate}, {"firehose-to-s3", firehoseToS3}, {"sql-application", sqlApplication},
		{"typed-errors", typedErrors}, {"retries", retries}, {"delete-and-wait", deleteAndWait},
	}
	failed := 0
	for _, step := range steps {
		if !run(step.name, step.run) {
			failed = 1
		}
	}
	os.Exit(failed)
}
