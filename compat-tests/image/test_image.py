"""The container image without a container engine: its root file system, and in it the binary by chroot as the image's user.

`make image-root` builds the static binary and makes the file system; MILLPOND_STATIC_BIN names the binary here. What an engine does beyond that (network,
volumes, the health check's schedule) is not run. The Dockerfile's own lines are compared with what is run."""
import json
import os
import pathlib
import platform
import re
import shutil
import signal
import subprocess
import urllib.request

import boto3
import pytest
import yaml
from support.millpond import REGION, ROOT, free_port, wait_until

STATIC = os.environ.get("MILLPOND_STATIC_BIN")
MOST_BYTES = 25 * 1000 * 1000
USER = "65532:65532"
needs_binary = pytest.mark.skipif(not STATIC or os.geteuid() != 0, reason="needs root, and MILLPOND_STATIC_BIN from `make musl`")


@pytest.fixture
def root(tmp_path):
    tmp_path.chmod(0o755)
    subprocess.run([ROOT / "compat-tests/image/root.sh", STATIC, tmp_path / "root"], check=True)
    return tmp_path / "root"


def inside(root, *command, port):
    """The command as the image's user, seeing nothing but the image, with the image's environment."""
    env = {"MILLPOND_LISTEN": f"127.0.0.1:{port}", "MILLPOND_DATA": "/data"}
    return [shutil.which("chroot"), f"--userspec={USER}", str(root), *command], env


@needs_binary
def test_the_binary_is_static_and_small():
    assert os.path.getsize(STATIC) <= MOST_BYTES, f"{os.path.getsize(STATIC):,} bytes"
    assert "INTERP" not in subprocess.run(["readelf", "-l", STATIC], capture_output=True, text=True, check=True).stdout


@pytest.mark.skipif(platform.machine() != "x86_64", reason="build/memory.c is for x86-64")
def test_its_copy_of_memory_copies(tmp_path):
    flags = ["-O3", "-ffreestanding", f"-I{ROOT / 'build'}"]
    subprocess.run(["cc", *flags, "-o", tmp_path / "copies", ROOT / "compat-tests/image/copies.c"], check=True)
    ran = subprocess.run([tmp_path / "copies"], capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0 and re.fullmatch(r"\d{6} copies\n", ran.stdout), ran.stdout


@needs_binary
def test_it_runs_on_an_empty_root_as_its_user_and_keeps_its_data(root):
    assert sorted(p.name for p in root.iterdir()) == ["data", "millpond", "tmp"]
    port = free_port()
    command, env = inside(root, "/millpond", "serve", port=port)
    for start in range(2):
        process = subprocess.Popen(command, env=env, cwd="/", stdout=subprocess.DEVNULL)
        try:
            asked, env_asked = inside(root, "/millpond", "health", "--wait", "30", port=port)
            said = subprocess.run(asked, env=env_asked, cwd="/", capture_output=True, text=True, timeout=60)
            assert said.returncode == 0 and json.loads(said.stdout)["status"] == "ready", said
            uid = next(line for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines() if line.startswith("Uid:"))
            assert set(uid.split()[1:]) == {"65532"}
            kinesis = boto3.client("kinesis", endpoint_url=f"http://127.0.0.1:{port}", region_name=REGION, aws_access_key_id="a", aws_secret_access_key="b")
            if start == 0:
                kinesis.create_stream(StreamName="s", ShardCount=1)
            assert kinesis.list_streams()["StreamNames"] == ["s"]
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
        finally:
            process.kill()
    assert (root / "data").stat().st_uid == 65532


@needs_binary
def test_nothing_of_the_temporary_kind_stays(root):
    port = free_port()
    command, env = inside(root, "/millpond", "serve", "--ephemeral", port=port)
    process = subprocess.Popen(command, env=env, cwd="/", stdout=subprocess.DEVNULL)
    try:
        wait_until(lambda: urllib.request.urlopen(f"http://127.0.0.1:{port}/_millpond/health").status == 200, 30, "it is ready")
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    finally:
        process.kill()
    assert not list((root / "data").iterdir()) and not list((root / "tmp").iterdir())


def test_the_dockerfile_says_what_is_run_here():
    lines = (ROOT / "Dockerfile").read_text()
    final = lines.split("FROM scratch")[1]
    assert f"USER {USER}" in final and 'ENTRYPOINT ["/millpond"]' in final and 'CMD ["serve"]' in final
    assert re.search(r'HEALTHCHECK .* CMD \["/millpond", "health"\]', final)
    assert "MILLPOND_DATA=/data" in final and "VOLUME /data" in final
    assert "compat-tests/image/root.sh" in lines


def test_the_variables_of_dockerfile_and_compose_file_are_known():
    known = set(re.findall(r"`(MILLPOND_[A-Z_]+)`", (ROOT / "docs/flags.md").read_text()))
    used = set(re.findall(r"\b(MILLPOND_[A-Z_]+)[=:]", (ROOT / "Dockerfile").read_text() + (ROOT / "compose.yaml").read_text()))
    assert used and used <= known, used - known


def test_the_compose_file_waits_for_health():
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    assert set(services) == {"millpond", "elasticsearch", "kibana"}
    assert services["millpond"]["depends_on"]["elasticsearch"] == {"condition": "service_healthy"}
    assert "millpond:/data" in services["millpond"]["volumes"]
