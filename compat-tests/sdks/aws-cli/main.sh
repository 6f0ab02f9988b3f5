#!/usr/bin/env bash
# The walk by aws-cli. The endpoint, the region and the credentials come from the environment; nothing else is set.
set -uo pipefail
STREAM=walk-cli OUTPUT=walk-cli-rows BUCKET=walk-cli DELIVERY=walk-cli APPLICATION=walk-cli
ROLE=arn:aws:iam::000000000000:role/walk SHARD=shardId-000000000000
HALF=170141183460469231731687303715884105728
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

fail() { echo "$*" >&2; return 1; }
same() { [ "$1" = "$2" ] || fail "expected $2, found $1"; }
k() { aws kinesis "$@"; }
iterator() { k get-shard-iterator --stream-name "$1" --shard-id $SHARD --shard-iterator-type "${@:2}" --query ShardIterator --output text; }
# The number of records from an iterator on, and the first one's data.
read_from() { k get-records --shard-iterator "$1" --query '[length(Records), Records[0].Data]' --output text; }
open_shards() { k list-shards --stream-name $STREAM --shard-filter Type=AT_LATEST --query "$1" --output text; }
settled() { k wait stream-exists --stream-name $STREAM; }
until_true() { for _ in $(seq 60); do "$@" && return; sleep 0.2; done; fail "not within 60 tries: $*"; }
arn() { k describe-stream-summary --stream-name "$1" --query StreamDescriptionSummary.StreamARN --output text; }
text64() { printf %s "$1" | base64; }

create_and_wait() { k create-stream --stream-name $STREAM --shard-count 1 && settled; }

describe() {
  same "$(k describe-stream-summary --stream-name $STREAM --output text \
    --query 'StreamDescriptionSummary.[StreamStatus,OpenShardCount,RetentionPeriodHours]')" $'ACTIVE\t1\t24'
}

put_record() { first=$(k put-record --stream-name $STREAM --partition-key key --data record-0 --query SequenceNumber --output text); }

put_500_records() {
  { echo '['; for i in $(seq 499); do echo "{\"PartitionKey\":\"key\",\"Data\":\"record-$i\"},"; done; echo '{"PartitionKey":"key","Data":"record-500"}]'; } >"$work/records.json"
  k put-records --stream-name $STREAM --records "file://$work/records.json" >"$work/answer.json" &&
  same "$(grep -c SequenceNumber "$work/answer.json")" 500 && grep -q '"FailedRecordCount": 0' "$work/answer.json" &&
  middle=$(sed -n 's/.*"SequenceNumber": "\([0-9]*\)".*/\1/p' "$work/answer.json" | sed -n 200p)
}

read_trim_horizon() { same "$(read_from "$(iterator $STREAM TRIM_HORIZON)")" $'501\t'"$(text64 record-0)"; }
read_at_sequence_number() { same "$(read_from "$(iterator $STREAM AT_SEQUENCE_NUMBER --starting-sequence-number "$middle")")" $'301\t'"$(text64 record-200)"; }
read_after_sequence_number() { same "$(read_from "$(iterator $STREAM AFTER_SEQUENCE_NUMBER --starting-sequence-number "$middle")")" $'300\t'"$(text64 record-201)"; }

read_at_timestamp() {
  at=$(k get-records --shard-iterator "$(iterator $STREAM TRIM_HORIZON)" --limit 1 --query 'Records[0].ApproximateArrivalTimestamp' --output text)
  same "$(read_from "$(iterator $STREAM AT_TIMESTAMP --timestamp "$at")")" $'501\t'"$(text64 record-0)"
}

read_latest() {
  at=$(iterator $STREAM LATEST) && k put-record --stream-name $STREAM --partition-key key --data latest >/dev/null &&
  same "$(read_from "$at")" $'1\t'"$(text64 latest)"
}

split() {
  k split-shard --stream-name $STREAM --shard-to-split $SHARD --new-starting-hash-key $HALF && settled &&
  same "$(open_shards 'Shards[].[ShardId,ParentShardId]' | tr '\n\t' ', ')" "shardId-000000000001 $SHARD,shardId-000000000002 $SHARD,"
}

merge() {
  k merge-shards --stream-name $STREAM --shard-to-merge shardId-000000000001 --adjacent-shard-to-merge shardId-000000000002 && settled &&
  same "$(open_shards 'Shards[].[ParentShardId,AdjacentParentShardId]')" $'shardId-000000000001\tshardId-000000000002'
}

scale() {
  k update-shard-count --stream-name $STREAM --target-shard-count 2 --scaling-type UNIFORM_SCALING >/dev/null && settled &&
  same "$(open_shards 'Shards[].HashKeyRange.StartingHashKey')" $'0\t'$HALF
}

read_over_the_reshard() {
  page=$(k get-records --shard-iterator "$(iterator $STREAM TRIM_HORIZON)" --output text --query '[length(Records), NextShardIterator, ChildShards[].ShardId]')
  same "$(tr -s '\n\t' '  ' <<<"$page")" '502 None shardId-000000000001 shardId-000000000002 '
}

paginate() {
  k create-stream --stream-name $OUTPUT --shard-count 1 &&
  same "$(k describe-stream --stream-name $STREAM --page-size 4 --query 'length(StreamDescription.Shards)')" 6 &&
  same "$(k list-streams --page-size 1 --output text --query 'StreamNames[]' | tr '\t' '\n' | grep -c '^walk-cli')" 2
}

delivery_active() { same "$(aws firehose describe-delivery-stream --delivery-stream-name $DELIVERY --output text --query DeliveryStreamDescription.DeliveryStreamStatus)" ACTIVE; }
delivered() {
  rm -rf "$work/walk" && aws s3 cp --recursive --quiet s3://$BUCKET/walk "$work/walk" &&
  same "$(find "$work/walk" -type f | sort | xargs cat)" $'one\ntwo\nthree' 2>/dev/null
}
firehose_to_s3() {
  aws s3 mb s3://$BUCKET >/dev/null &&
  aws firehose create-delivery-stream --delivery-stream-name $DELIVERY --extended-s3-destination-configuration \
    "RoleARN=$ROLE,BucketARN=arn:aws:s3:::$BUCKET,Prefix=walk/,BufferingHints={IntervalInSeconds=1,SizeInMBs=1}" >/dev/null &&
  until_true delivery_active &&
  aws firehose put-record --delivery-stream-name $DELIVERY --record 'Data="one
"' >/dev/null &&
  same "$(aws firehose put-record-batch --delivery-stream-name $DELIVERY --records '[{"Data":"two\n"},{"Data":"three\n"}]' --query FailedPutCount)" 0 &&
  until_true delivered && aws firehose delete-delivery-stream --delivery-stream-name $DELIVERY
}

application() { aws kinesisanalytics describe-application --application-name $APPLICATION --output text --query "ApplicationDetail.$1"; }
status_is() { same "$(application ApplicationStatus)" "$1" 2>/dev/null; }
rows() { k get-records --shard-iterator "$(iterator $OUTPUT TRIM_HORIZON)" --output text --query 'Records[].Data' | tr '\t' '\n' | while read -r data; do base64 -d <<<"$data"; done; }
rows_come() { same "$(rows | tr -d ' \n')" '{"N":2,"DOUBLED":4}{"N":3,"DOUBLED":6}' 2>/dev/null; }
sql_application() {
  cat >"$work/sql" <<'SQL'
CREATE OR REPLACE STREAM "TWICE" ("N" INTEGER, "DOUBLED" INTEGER);
CREATE OR REPLACE PUMP "PUMP" AS INSERT INTO "TWICE" SELECT STREAM "N", "N" * 2 FROM "SOURCE_SQL_STREAM_001" WHERE "N" > 1;
SQL
  aws kinesisanalytics create-application --application-name $APPLICATION --application-code "file://$work/sql" \
    --inputs '[{"NamePrefix":"SOURCE_SQL_STREAM","InputSchema":{"RecordFormat":{"RecordFormatType":"JSON","MappingParameters":{"JSONMappingParameters":{"RecordRowPath":"$"}}},
      "RecordColumns":[{"Name":"N","Mapping":"$.n","SqlType":"INTEGER"}]},"KinesisStreamsInput":{"ResourceARN":"'"$(arn $STREAM)"'","RoleARN":"'$ROLE'"}}]' \
    --outputs '[{"Name":"TWICE","DestinationSchema":{"RecordFormatType":"JSON"},"KinesisStreamsOutput":{"ResourceARN":"'"$(arn $OUTPUT)"'","RoleARN":"'$ROLE'"}}]' >/dev/null &&
  aws kinesisanalytics start-application --application-name $APPLICATION \
    --input-configurations "Id=$(application 'InputDescriptions[0].InputId'),InputStartingPositionConfiguration={InputStartingPosition=NOW}" &&
  until_true status_is RUNNING &&
  k put-records --stream-name $STREAM --records '[{"PartitionKey":"key","Data":"{\"n\":1}"},{"PartitionKey":"key","Data":"{\"n\":2}"},{"PartitionKey":"key","Data":"{\"n\":3}"}]' >/dev/null &&
  until_true rows_come &&
  aws kinesisanalytics stop-application --application-name $APPLICATION && until_true status_is READY &&
  aws kinesisanalytics delete-application --application-name $APPLICATION --create-timestamp "$(application CreateTimestamp)"
}

# The code of the error, which aws-cli prints in its message.
refused() { local code=$1; shift; "$@" >/dev/null 2>"$work/error" && fail "$* succeeded"; grep -q "($code)" "$work/error" || fail "$code expected: $(cat "$work/error")"; }
typed_errors() {
  refused ResourceNotFoundException aws kinesis describe-stream --stream-name nowhere &&
  refused ResourceInUseException aws kinesis create-stream --stream-name $STREAM --shard-count 1 &&
  refused InvalidArgumentException aws kinesis get-records --shard-iterator none &&
  refused ValidationException aws kinesis create-stream --stream-name 'not a name' --shard-count 1 &&
  refused ResourceNotFoundException aws firehose describe-delivery-stream --delivery-stream-name nowhere &&
  refused ResourceNotFoundException aws kinesisanalytics describe-application --application-name nowhere
}

delete_and_wait() {
  for name in $STREAM $OUTPUT; do k delete-stream --stream-name $name && k wait stream-not-exists --stream-name $name || return; done
}

for step in create_and_wait describe put_record put_500_records read_trim_horizon read_at_sequence_number read_after_sequence_number read_at_timestamp read_latest \
  split merge scale read_over_the_reshard paginate firehose_to_s3 sql_application typed_errors delete_and_wait; do
  if $step; then echo "ok ${step//_/-}"; else echo "failed ${step//_/-}"; failed=1; fi
done
exit $failed
