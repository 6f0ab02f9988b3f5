"""Each official client takes the same walk (docs/compatibility/clients.toml) against a Millpond of its own and prints the outcome of each step.

What a client needs is installed into the cache, not into the checkout; a client whose tools are missing is skipped with a sentence that says what to install.
"""
import pathlib
import subprocess
import sys
import tomllib

import pytest

from support.millpond import ROOT, Millpond
from support.projects import built, missing

HERE = pathlib.Path(__file__).resolve().parent
LIST = tomllib.loads((ROOT / "docs/compatibility/clients.toml").read_text())
STEPS = [step["name"] for step in LIST["step"]]
CLIENTS = {client["folder"]: client for client in LIST["client"]}
WALK_SECONDS = 180

JAVA = {"javac": "apt-get install openjdk-17-jdk-headless", "mvn": "apt-get install maven"}
NODE = {"node": "Node.js 20, https://nodejs.org", "npm": "Node.js 20, https://nodejs.org"}

# What a project needs on PATH, with how to get it; what installs and builds it in its folder of the cache; what runs it there.
PROJECTS = {
    "python": ({}, [], [sys.executable, "main.py"]),
    "aws-cli": ({"aws": "run the tests by make, which installs aws-cli", "bash": "apt-get install bash"}, [], ["bash", "main.sh"]),
    "go-v2": ({"go": "Go 1.26, https://go.dev"}, [["go", "build", "-o", "walk", "."]], ["./walk"]),
    "java-v2": (JAVA, [["mvn", "-q", "-B", "package"]], ["java", "-cp", "target/classes:target/libraries/*", "Walk"]),
    "java-v1": (JAVA, [["mvn", "-q", "-B", "package"]], ["java", "-cp", "target/classes:target/libraries/*", "Walk"]),
    "javascript-v3": (NODE, [["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]], ["node", "main.js"]),
    "javascript-v2": (NODE, [["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]], ["node", "main.js"]),
    # Its output lies in the cache whatever CARGO_TARGET_DIR says. From nothing it takes two and a half minutes of processor time.
    "rust": ({"cargo": "Rust 1.95, https://rustup.rs"}, [["cargo", "build", "--quiet", "--locked", "--target-dir", "target"]], ["target/debug/walk-rust"]),
}


def test_every_client_of_the_list_is_here():
    assert set(PROJECTS) == set(CLIENTS)
    for client in CLIENTS.values():
        assert set(client.get("without", {})) <= set(STEPS), client


@pytest.mark.parametrize("folder", CLIENTS)
def test_walk(folder):
    tools, install, command = PROJECTS[folder]
    if lacking := missing(tools):
        pytest.skip(lacking)
    home, without = built(HERE / folder, f"sdks/{folder}", install), CLIENTS[folder].get("without", {})
    # The limit is what the step about retries runs into.
    with Millpond("--limit", "kinesis.shard_reads_per_second=20") as millpond:
        env = {**millpond.cli_env(), "AWS_REGION": millpond.cli_env()["AWS_DEFAULT_REGION"], "WALK_WITHOUT": " ".join(without)}
        walk = subprocess.run(command, cwd=home, env=env, text=True, timeout=WALK_SECONDS, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    outcomes = [line for line in walk.stdout.splitlines() if line.startswith(("ok ", "failed "))]
    assert outcomes == [f"ok {step}" for step in STEPS if step not in without], f"{walk.stdout[-6000:]}\n{walk.stderr[-6000:]}"
    assert walk.returncode == 0, walk.stderr[-6000:]
