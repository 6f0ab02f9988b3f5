"""A Millpond process of its own for a test: a free port, a data folder, clients that point at it."""
import json
import os
import pathlib
import signal
import shutil
import socket
import subprocess
import time
import urllib.request

import boto3
from botocore.config import Config

from support import folders

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("MILLPOND_BIN") or str(ROOT / "target" / "debug" / "millpond")
REGION, ACCOUNT = "us-west-2", "000000000000"
START_SECONDS = 30


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_until(condition, seconds, what, every=0.1):
    """Waits for a true value of condition() and returns it; says what was missing, and the last error, when time is up."""
    end, error = time.time() + seconds, None
    while time.time() < end:
        try:
            value = condition()
            if value:
                return value
        except Exception as e:  # noqa: BLE001 - the point is to try again
            error = e
        time.sleep(every)
    raise AssertionError(f"not within {seconds} s: {what}" + (f" (last error: {error!r})" if error else ""))


class Millpond:
    """`with Millpond() as m: m.client("kinesis")`. kill() is SIGKILL, start() after it restarts on the same data and port."""

    def __init__(self, *flags, data=None, port=None, env=None):
        self.flags, self.port, self.prefix = list(flags), port or free_port(), []
        self.folder, self.owns_folder = data or str(folders.make("millpond-")), not data
        os.chmod(self.folder, 0o755)  # a supervised Elasticsearch runs as nobody where the tests run as root
        self.env = {**os.environ, **(env or {})}
        self.log = os.path.join(self.folder, "millpond.log")
        self.process = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        command = [*self.prefix, BINARY, "serve", "--listen", f"127.0.0.1:{self.port}", "--data", os.path.join(self.folder, "data"), *self.flags]
        out = open(self.log, "ab")
        self.process = folders.watch(subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=self.env))
        out.close()
        wait_until(self._ready, START_SECONDS, f"{' '.join(command)} answers; its log: {self.log}", every=0.02)
        return self

    def _ready(self):
        if self.process.poll() is not None:
            raise SystemExit(f"millpond ended with {self.process.returncode}:\n{open(self.log).read()[-4000:]}")
        with urllib.request.urlopen(self.url + "/_millpond/health", timeout=1) as answer:
            return answer.status == 200

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=5) as answer:
            return json.load(answer)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()
                raise AssertionError("millpond did not stop within 30 s of SIGTERM") from None

    def __enter__(self):
        return self.start()

    def __exit__(self, failure, *_):
        self.stop()
        if self.owns_folder and not failure:
            shutil.rmtree(self.folder, ignore_errors=True)

    def client(self, service, region=REGION, retries=3):
        config = Config(retries={"max_attempts": retries}, s3={"addressing_style": "path"})
        return boto3.client(service, endpoint_url=self.url, region_name=region, aws_access_key_id="test", aws_secret_access_key="test", config=config)

    def cli_env(self):
        """The environment for aws-cli: nothing but an endpoint, a region and dummy credentials."""
        keep = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        return {**keep, "AWS_ENDPOINT_URL": self.url, "AWS_DEFAULT_REGION": REGION, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
                "AWS_PAGER": "", "AWS_EC2_METADATA_DISABLED": "true"}
