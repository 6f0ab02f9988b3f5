"""Folders and processes of a test run, and their end: nothing of them is left behind, however the run ends.

All folders lie in one of the run, which goes when the run ends, with the processes that were still there. It stays a day, for its logs, when a test
failed. What a killed run left goes when the next one begins: nobody holds the lock on it any more.
"""
import atexit
import fcntl
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PREFIX = "millpond-tests-"
FAILED, LOCK = "failed", "lock"
KEEP_SECONDS = 24 * 3600

_run = None
_processes = []


def make(prefix):
    """A new empty folder that lives as long as the run; readable for servers that run as another user."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix=prefix, dir=_folder_of_run()))
    folder.chmod(0o755)
    return folder


def watch(process):
    """`process` (a Popen) is killed at the end of the run if it is still there."""
    _processes[:] = [p for p in _processes if p.poll() is None] + [process]
    return process


def leave(process):
    """`process` goes on after the run."""
    _processes.remove(process)


def keep():
    """A test failed: the folders are looked at by people afterwards."""
    if _run:
        (_run / FAILED).touch()


def _folder_of_run():
    global _run, _lock
    if not _run:
        parent = pathlib.Path(tempfile.gettempdir())
        _clear(parent)
        _run = pathlib.Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        _lock = open(_run / LOCK, "w")  # held until the process ends
        fcntl.flock(_lock, fcntl.LOCK_EX)
        _run.chmod(0o755)
        atexit.register(_end)
        if signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    return _run


def _clear(parent):
    for left in parent.glob(PREFIX + "*"):
        try:
            with open(left / LOCK) as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                failed = left / FAILED
                if not failed.exists() or time.time() - failed.stat().st_mtime > KEEP_SECONDS:
                    shutil.rmtree(left, ignore_errors=True)
        except OSError:
            pass  # in use, or another user's


def _end():
    for process in _processes:
        if process.poll() is None:
            process.terminate()  # Millpond ends the servers that it started
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    if (_run / FAILED).exists():
        print(f"logs and data of this run: {_run}", file=sys.stderr)
    else:
        shutil.rmtree(_run, ignore_errors=True)
