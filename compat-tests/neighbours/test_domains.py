"""A domain with a server of its own: started from a distribution, started again when it dies, gone with Millpond and with the domain."""
import os
import signal
import time

import pytest
from botocore.exceptions import ClientError

from support.millpond import Millpond, wait_until
from support.servers import call, distribution


def endpoint(es):
    status = es.describe_elasticsearch_domain(DomainName="logs")["DomainStatus"]
    return not status["Processing"] and status["Endpoint"]


def server_pid(millpond):
    (folder,) = os.scandir(os.path.join(millpond.folder, "data", "elasticsearch"))
    return int(open(os.path.join(folder.path, "pid")).read())


def alive(pid):
    return os.path.exists(f"/proc/{pid}")


def document(url):
    return call(url, "GET", "/i/t/1").get("_source")


def test_the_server_lives_as_long_as_the_domain():
    with Millpond("--elasticsearch-home", str(distribution())) as millpond:
        es = millpond.client("es")
        es.create_elasticsearch_domain(DomainName="logs", ElasticsearchVersion="5.6")
        url = "http://" + wait_until(lambda: endpoint(es), 120, "the server answers", every=0.3)
        assert call(url, "GET", "/")["version"]["number"] == "5.6.16"
        assert call(url, "PUT", "/i/t/1?refresh=true", {"a": 1})["result"] == "created"

        os.kill(server_pid(millpond), signal.SIGKILL)
        wait_until(lambda: document(url) == {"a": 1}, 120, "the server that died is back with its data", every=0.3)

        left = server_pid(millpond)
        millpond.kill()
        wait_until(lambda: not alive(left), 20, "a killed Millpond takes its server with it")
        millpond.start()
        wait_until(lambda: document(url) == {"a": 1}, 120, "the server is started again on its port and data", every=0.3)
        assert wait_until(lambda: endpoint(es), 5, "the endpoint is back") == url.removeprefix("http://")

        left = server_pid(millpond)
        es.delete_elasticsearch_domain(DomainName="logs")
        with pytest.raises(ClientError, match="Domain not found: logs"):
            es.describe_elasticsearch_domain(DomainName="logs")
        wait_until(lambda: not alive(left) and not os.listdir(os.path.join(millpond.folder, "data", "elasticsearch")), 30, "server and data are gone")


def test_without_a_server_the_error_says_what_to_do():
    with Millpond() as millpond:
        with pytest.raises(ClientError, match="--elasticsearch-home DIR"):
            millpond.client("es").create_elasticsearch_domain(DomainName="logs")


def test_a_clean_stop_stops_the_server():
    with Millpond("--elasticsearch-home", str(distribution("opensearch", "2.19.1"))) as millpond:
        search = millpond.client("opensearch")
        search.create_domain(DomainName="logs")
        wait_until(lambda: search.describe_domain(DomainName="logs")["DomainStatus"].get("Endpoint"), 120, "the server answers", every=0.3)
        pid, began = server_pid(millpond), time.time()
        millpond.stop()
        assert not alive(pid) and time.time() - began < 20
