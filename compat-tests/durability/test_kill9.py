"""kill -9 at awkward moments: what was acknowledged is there afterwards, and the pipe goes on where it was."""
import collections
import json
import threading
import time

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from support.millpond import Millpond, wait_until
from support.readings import Readings, put_all, read_all
from support.servers import Server, call, distribution
from workshop import steps


def test_acknowledged_records_survive_kill_9_during_putrecords():
    m = Millpond()
    m.start()
    m.client("kinesis").create_stream(StreamName="s", ShardCount=4)
    acknowledged, stop = [], threading.Event()

    def produce(worker):
        kinesis, n = m.client("kinesis", retries=0), 0
        while not stop.is_set():
            data = [f"{worker}-{n + i}".encode() for i in range(100)]
            n += 100
            try:
                answer = kinesis.put_records(StreamName="s", Records=[{"Data": d, "PartitionKey": d.decode()} for d in data])
            except (BotoCoreError, ClientError):
                return
            acknowledged.extend((r["ShardId"], r["SequenceNumber"], d) for r, d in zip(answer["Records"], data))

    workers = [threading.Thread(target=produce, args=(w,)) for w in range(4)]
    for w in workers:
        w.start()
    wait_until(lambda: len(acknowledged) > 5000, 60, "producers are under way")
    m.kill()
    stop.set()
    for w in workers:
        w.join()
    m.start()
    stored = {(shard, r["SequenceNumber"]): r["Data"] for shard, records in read_all(m.client("kinesis"), "s").items() for r in records}
    lost = [a for a in acknowledged if stored.get((a[0], a[1])) != a[2]]
    m.stop()
    assert not lost, f"{len(lost)} of {len(acknowledged)} acknowledged records are gone, such as {lost[:3]}"


@pytest.fixture(scope="module")
def server():
    with Server() as s:
        yield s


def test_the_whole_pipe_survives_kill_9(server):
    m = Millpond("--elasticsearch", server.url)
    m.start()
    w = steps.Workshop(m)
    w.create_domain()
    w.create_stream()
    readings = Readings(seed=21, duplicates=0, outliers=0, sensors=10**9)
    w.send(readings, 20)
    w.create_roles()
    w.discover_schema()
    w.create_application()
    w.create_delivery_stream(interval=1)
    w.create_index("5.6.16")
    w.kinesisanalytics.update_application(ApplicationName=steps.APPLICATION, CurrentApplicationVersionId=1,
                                          ApplicationUpdate={"ApplicationCodeUpdate": steps.sql("2b-deduplicate", "2f-anomalies")})
    w.kinesisanalytics.add_application_output(
        ApplicationName=steps.APPLICATION, CurrentApplicationVersionId=2,
        Output={"Name": "ANOMALY_STREAM", "DestinationSchema": {"RecordFormatType": "JSON"},
                "KinesisFirehoseOutput": {"ResourceARN": w.delivery_arn, "RoleARN": w.roles["kinesisanalytics"]}})
    w.start_application("TRIM_HORIZON")
    sent = []
    for round_number in range(3):
        for _ in range(5):
            entries = readings.entries(40)
            put_all(m.client("kinesis"), steps.STREAM, entries)
            sent += [json.loads(e["Data"])["sensorId"] for e in entries]
            time.sleep(0.1)
        m.kill()
        m.start()
    wait_until(lambda: m.client("kinesisanalytics").describe_application(ApplicationName=steps.APPLICATION)["ApplicationDetail"]["ApplicationStatus"] == "RUNNING",
               30, "the application runs again by itself")

    def arrived():
        call(server.url, "POST", f"/{steps.INDEX}/_refresh")
        found = call(server.url, "POST", f"/{steps.INDEX}/_search", {"size": 5000, "_source": ["SENSOR_ID"]})
        return collections.Counter(hit["_source"]["SENSOR_ID"] for hit in found["hits"]["hits"])
    wait_until(lambda: set(sent) <= set(arrived()), 90, f"all {len(sent)} readings are in Elasticsearch")
    m.stop()
