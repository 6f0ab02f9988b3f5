"""The real servers that every test of this folder runs against."""
import pytest

from support.servers import Server

SERVERS = [("elasticsearch", "5.6.16"), ("elasticsearch", "7.17.29"), ("opensearch", "2.19.1")]


@pytest.fixture(scope="module", params=SERVERS, ids=lambda s: f"{s[0]}-{s[1]}")
def server(request):
    with Server(*request.param) as s:
        yield s
