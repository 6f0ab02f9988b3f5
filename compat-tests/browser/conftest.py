"""The pages under test: one of our own that makes the generator's calls, or the real one when a person names a copy (`make test-kdg KDG=DIR`)."""
import os
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import chromium  # noqa: E402

COPY = os.environ.get("MILLPOND_KDG_COPY")


@pytest.fixture(scope="session", autouse=True)
def tools():
    if sentence := chromium.missing_tools():
        pytest.skip(sentence)


@pytest.fixture(params=[COPY] if COPY else ["our page"], ids=lambda name: "kdg" if COPY else "page")
def folder(request, tmp_path):
    """The page's folder with all that it loads."""
    source = HERE / "page" if request.param == "our page" else pathlib.Path(request.param)
    assert (source / "producer.html").is_file(), f"{source} is no web folder of the Kinesis Data Generator: it has no producer.html"
    return chromium.page_folder(source, tmp_path / "web")


@pytest.fixture
def picture(request):
    """Where to put a picture of the page, for people to look at; `None` unless MILLPOND_PICTURES names a folder."""
    target = os.environ.get("MILLPOND_PICTURES")
    if target:
        pathlib.Path(target).mkdir(parents=True, exist_ok=True)
    return lambda name: target and f"{target}/{request.node.originalname}-{name}.png"
