#!/usr/bin/env python3
"""`make demo`: AWS's workshop "Building a Streaming Data Platform" from the first step to the last, on this machine.

Starts Millpond and a real Elasticsearch 5.6.16 (or uses ELASTICSEARCH=URL), does every step through the AWS APIs with boto3, sends sensor
readings, and shows what arrived in Elasticsearch. `--keep` leaves everything running.
"""
import argparse
import json
import os
import pathlib
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import folders  # noqa: E402
from support.millpond import Millpond, wait_until  # noqa: E402
from support.readings import Readings  # noqa: E402
from support.servers import Server, call, distribution, missing_tools  # noqa: E402
from workshop import steps  # noqa: E402

TRAINING = 256  # rows that the forest scores 0 while it learns (subSampleSize)


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--keep", action="store_true", help="leave Millpond and Elasticsearch running")
    p.add_argument("--port", type=int, default=4566, help="where Millpond listens (default 4566)")
    p.add_argument("--seconds", type=int, default=40, help="how long readings are sent to the whole pipe (default 40)")
    p.add_argument("--rate", type=int, default=50, help="readings a second (default 50)")
    return p.parse_args()


def say(text):
    print(f"{steps.now()}  {text}", flush=True)


def title(text):
    print(f"\n\033[1m{text}\033[0m" if sys.stdout.isatty() else f"\n{text}", flush=True)


def show(rows, count=3):
    for row in rows[-count:]:
        say(f"  {json.dumps(row)}")


def follow(w, seconds, stream):
    """Shows what flows, once a second."""
    for left in range(seconds, 0, -1):
        line = f"{steps.now()}  sent {w.sent} readings, indexed {w.indexed() if w.endpoint else 0}, {left} s to go "
        print("\r" + line, end="" if sys.stdout.isatty() else "\n", flush=True)
        time.sleep(1)
    print(flush=True)


def activities(w, readings):
    title("Activity 1: a stream, and readings in it")
    w.create_stream()
    w.send(readings, 60)
    w.send_in_background(readings, ARGS.rate)
    title("Activity 2: streaming SQL")
    w.create_roles()
    w.discover_schema()
    w.create_application()
    w.start_application()
    say("application runs")
    look = {"2b-deduplicate": "CLEAN_IOT_STREAM", "2c-filter": "FILTERED_FAIL_STREAM", "2d-aggregate": "AGGREGATE_STREAM",
            "2e-event-time": "AGGREGATE_EVENT_TIME_STREAM", "2f-anomalies": "ANOMALY_STREAM"}
    w.run_sql(*steps.ACTIVITIES)
    for activity, stream in look.items():
        rows = wait_until(lambda s=stream: w.rows(s), 60, f"rows in {stream}")
        say(f"{activity}: {stream}")
        show(rows)
    w.run_sql("2b-deduplicate", "2f-anomalies")
    say("2-G: the other streams are removed from the code")


def delivery(w):
    title("Activity 3: into Elasticsearch")
    w.create_delivery_stream(interval=5)
    version = call(w.endpoint, "GET", "/")["version"]["number"]
    w.create_index(version)
    say(f"delivery stream {w.delivery_arn} writes to index {steps.INDEX} of Elasticsearch {version}")
    w.connect_destination()
    need = max(ARGS.seconds, TRAINING // ARGS.rate + 15)
    follow(w, need, "ANOMALY_STREAM")
    w.stop_sending()
    wait_until(lambda: w.indexed() > 0, 60, "documents are indexed")
    time.sleep(6)  # one more buffering interval


def result(w):
    title("What Elasticsearch holds")
    found = w.elasticsearch("GET", f"/{steps.INDEX}/_mapping")
    print(json.dumps(found, indent=1))
    say(f"documents: {w.indexed()}")
    say("highest ANOMALY_SCORE:")
    for row in w.highest_scores():
        print("   ", json.dumps(row))
    best = w.highest_scores(1)[0]["ANOMALY_SCORE"]
    if not best or best <= 0:
        raise SystemExit("no reading got an anomaly score: send for longer (--seconds)")


def elasticsearch_flags():
    url = os.environ.get("ELASTICSEARCH")
    if url:
        return ["--elasticsearch", url]
    lacking = missing_tools()
    if lacking:
        raise SystemExit(lacking)
    say("Elasticsearch 5.6.16: getting it, where it is not here yet (24 MB, by Maven)")
    return ["--elasticsearch-home", str(distribution("elasticsearch", "5.6.16"))]


def main():
    flags = elasticsearch_flags()
    title("Preparation: Millpond and an Elasticsearch domain")
    m = Millpond(*flags, port=ARGS.port, data=tempfile.mkdtemp(prefix="millpond-demo-") if ARGS.keep else None)
    m.start()
    say(f"Millpond listens on {m.url}; its data and log: {m.folder}")
    done = False
    try:
        w = steps.Workshop(m, say)
        w.create_domain()
        activities(w, Readings(seed=None))
        delivery(w)
        result(w)
        done = True
    finally:
        if ARGS.keep and done:
            folders.leave(m.process)
            say(f"left running: Millpond {m.url} (process {m.process.pid}), Elasticsearch {w.endpoint}; end them with: kill {m.process.pid}")
        else:
            m.stop()


if __name__ == "__main__":
    ARGS = arguments()
    main()
