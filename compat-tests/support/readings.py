"""Sensor readings as the Kinesis Data Generator renders the workshop's template: blanks stay, a newline ends each."""
import datetime
import random

# The blank after FAIL is the workshop's; VARCHAR(4) cuts it off.
STATUS = ("OK", "FAIL ", "WARN")


class Readings:
    """A repeatable source: some readings come twice (what 2-B removes), some are far out (what 2-F finds)."""

    def __init__(self, seed=1, duplicates=0.05, outliers=0.01, sensors=20):
        self.random = random.Random(seed)
        self.duplicates, self.outliers, self.sensors = duplicates, outliers, sensors
        self.last = None
        self.sent_outliers = 0

    def one(self, at=None):
        if self.last and self.random.random() < self.duplicates:
            return self.last
        at = at or datetime.datetime.now(datetime.timezone.utc)
        outlier = self.random.random() < self.outliers
        self.sent_outliers += outlier
        temperature = self.random.randint(900, 1000) if outlier else self.random.randint(10, 150)
        self.last = ('{    "sensorId": %d,    "eventTimeStamp": "%s",    "currentTemperature": %d,    "status": "%s"}\n'
                     % (self.random.randint(0, self.sensors), at.strftime("%Y-%m-%dT%H:%M:%SZ"), temperature, self.random.choice(STATUS))).encode()
        return self.last

    def entries(self, count):
        return [{"Data": self.one(), "PartitionKey": str(self.random.randrange(10**10))} for _ in range(count)]


def put_all(kinesis, stream, entries, batch=500):
    """PutRecords with the retry of failed entries that the API asks of its callers; returns (shard, sequence number) of each."""
    places = []
    for at in range(0, len(entries), batch):
        waiting = entries[at:at + batch]
        while waiting:
            answer = kinesis.put_records(StreamName=stream, Records=waiting)
            assert len(answer["Records"]) == len(waiting), "one answer a record, in order"
            places += [(r["ShardId"], r["SequenceNumber"]) for r in answer["Records"] if "SequenceNumber" in r]
            waiting = [entry for entry, r in zip(waiting, answer["Records"]) if "ErrorCode" in r]
    return places


def read_all(kinesis, stream):
    """All records of a stream from TRIM_HORIZON, by shard, in order."""
    found = {}
    for shard in kinesis.get_paginator("list_shards").paginate(StreamName=stream).search("Shards[].ShardId"):
        iterator = kinesis.get_shard_iterator(StreamName=stream, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        records = found.setdefault(shard, [])
        while iterator:
            page = kinesis.get_records(ShardIterator=iterator, Limit=10000)
            records += page["Records"]
            if not page["Records"] and page["MillisBehindLatest"] == 0:
                break
            iterator = page.get("NextShardIterator")
    return found
