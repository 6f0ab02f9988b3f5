"""A run of these tests leaves no folder and no process behind, however it ends; after a failure its folders stay for people to look at."""
import functools
import os
import pathlib
import signal
import subprocess
import sys

import pytest
from support import folders
from support.millpond import wait_until

RUN = f"""
import sys, time
sys.path.insert(0, {str(pathlib.Path(folders.__file__).parents[1])!r})
from support import folders
from support.millpond import Millpond
"""


def run(code, tmp_path, **options):
    env = {**os.environ, "TMPDIR": str(tmp_path)}
    # A shell that runs the tests in the background has SIGINT ignored, and that would be inherited.
    heard = functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    return subprocess.Popen([sys.executable, "-c", RUN + code], env=env, stdout=subprocess.PIPE, text=True, preexec_fn=heard, **options)


def left(tmp_path):
    return [path.name for path in tmp_path.iterdir()]


def gone(pid):
    return not pathlib.Path(f"/proc/{pid}").exists()


def test_nothing_stays_after_success(tmp_path):
    code = "with Millpond() as m: print(m.process.pid, m.folder)\nimport os\nprint(os.path.exists(m.folder))"
    out, _ = run(code, tmp_path).communicate()
    pid_and_folder, exists = out.splitlines()
    assert str(tmp_path) in pid_and_folder and gone(pid_and_folder.split()[0])
    assert exists == "False", "a test's folder goes with the test"
    assert left(tmp_path) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_nothing_stays_after_an_interruption(tmp_path, number):
    process = run("m = Millpond().start()\nprint(m.process.pid, flush=True)\ntime.sleep(60)", tmp_path, stderr=subprocess.DEVNULL)
    pid = process.stdout.readline().strip()
    process.send_signal(number)
    process.wait(30)
    assert gone(pid) and left(tmp_path) == []


def test_what_a_killed_run_left_goes_with_the_next_one(tmp_path):
    process = run("folders.make('x-')\nprint(flush=True)\ntime.sleep(60)", tmp_path)
    process.stdout.readline()
    run("folders.make('x-')", tmp_path).wait()
    assert len(left(tmp_path)) == 1, "that run goes on"
    process.kill()
    process.wait()
    run("folders.make('x-')", tmp_path).wait()
    wait_until(lambda: left(tmp_path) == [], 5, "the folder is cleared")


def test_the_folders_stay_when_a_test_failed(tmp_path):
    run("folders.make('x-')\nfolders.keep()", tmp_path, stderr=subprocess.DEVNULL).wait()
    run("folders.make('x-')", tmp_path).wait()
    (run_folder,) = tmp_path.iterdir()
    assert {path.name[:2] for path in run_folder.iterdir()} == {"x-", "fa", "lo"}
