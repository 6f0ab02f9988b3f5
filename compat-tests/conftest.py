"""Makes `support` and `workshop` importable, names the servers under test, and keeps the folders of a run in which a test failed."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from support import folders  # noqa: E402


def pytest_runtest_logreport(report):
    if report.failed:
        folders.keep()
