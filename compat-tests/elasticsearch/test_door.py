"""The guide's localhost:9200 lines through --es-proxy, against real servers: create index as printed, mapping, search, Kibana's calls."""
import http.server
import json
import subprocess
import threading

import pytest

from support.millpond import BINARY, Millpond, free_port

SIGNED = ["-H", "X-Amz-Date: 20171128T010203Z", "-H", "Authorization: AWS4-HMAC-SHA256 Credential=test/20171128/us-west-2/es/aws4_request, "
          "SignedHeaders=host;x-amz-date, Signature=" + "0" * 64]
JSON = ["-H", "Content-Type: application/json"]
FIELDS = {"CURRENT_TEMP": {"type": "integer"}, "EVENT_TIMESTAMP": {"type": "date", "format": "yyyy-MM-dd HH:mm:ss.SSS"},
          "SENSOR_ID": {"type": "integer"}, "STATUS": {"type": "string", "index": "not_analyzed"}, "ANOMALY_SCORE": {"type": "float"}}
BODY = json.dumps({"mappings": {"sensor-w-anomaly-score": {"properties": FIELDS}}}, indent=2)


def curl(port, method, path, *more):
    """Status, headers in small letters, and body of a call by curl."""
    command = ["curl", "-sS", "-i", "-X" + method, f"localhost:{port}{path}", *more]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    head, _, body = done.stdout.partition("\n\n")
    return int(head.split()[1]), head.lower(), body


@pytest.fixture(scope="module")
def door(server):
    port = free_port()
    with Millpond("--elasticsearch", server.url, "--es-proxy", str(port)):
        yield port


def test_the_guides_index_is_made_and_searched(server, door):
    status, head, body = curl(door, "PUT", "/sensor-data", *JSON, "-d", BODY)
    assert (status, json.loads(body)["acknowledged"]) == (200, True), body
    old = server.major == 5
    assert ("214 millpond" in head) != old
    mappings = json.loads(curl(door, "GET", "/sensor-data/_mapping")[2])["sensor-data"]["mappings"]
    fields = (mappings["sensor-w-anomaly-score"] if old else mappings)["properties"]
    assert fields["STATUS"]["type"] == "keyword" and fields["ANOMALY_SCORE"]["type"] == "float"
    kind = "sensor-w-anomaly-score" if old else "_doc"
    document = json.dumps({"SENSOR_ID": 7, "STATUS": "FAIL", "EVENT_TIMESTAMP": "2017-11-28 01:02:03.004"})
    for more in ([], SIGNED, ["-H", "Transfer-Encoding: chunked"]):
        status, _, body = curl(door, "POST", f"/sensor-data/{kind}?refresh=true", *JSON, *more, "-d", document)
        assert status == 201, body
    found = json.loads(curl(door, "GET", "/sensor-data/_search?q=STATUS:FAIL", *SIGNED)[2])
    assert len(found["hits"]["hits"]) == 3


def test_kibana_is_reached_without_the_prefix():
    asked = []

    class Kibana(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(302)
            self.send_header("Location", "/_plugin/kibana/app/kibana")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    kibana, port = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Kibana), free_port()
    threading.Thread(target=kibana.serve_forever, daemon=True).start()
    with Millpond("--es-proxy", f"127.0.0.1:{port}", "--kibana", f"http://127.0.0.1:{kibana.server_port}/"):
        status, head, _ = curl(port, "GET", "/_plugin/kibana/app?x=1")
        assert (status, asked) == (302, ["/app?x=1"]) and "location: /_plugin/kibana/app/kibana" in head
        assert "location: /_plugin/kibana/" in curl(port, "GET", "/_plugin/kibana")[1]
    kibana.shutdown()


def test_without_a_server_the_answer_says_what_to_do():
    port, nobody = free_port(), free_port()
    with Millpond("--es-proxy", str(port)):
        status, _, body = curl(port, "GET", "/")
        assert status == 503 and "--elasticsearch URL" in json.loads(body)["error"]["reason"]
        status, _, body = curl(port, "GET", "/_plugin/kibana/")
        assert status == 503 and "--kibana URL" in json.loads(body)["error"]["reason"]
    with Millpond("--es-proxy", str(port), "--elasticsearch", f"http://127.0.0.1:{nobody}"):
        status, _, body = curl(port, "GET", "/_search")
        assert status == 502 and "does not answer" in json.loads(body)["error"]["reason"]


def test_a_door_to_the_door_is_refused():
    port, listen = free_port(), free_port()
    for flags in (["--elasticsearch", f"http://localhost:{port}"], ["--elasticsearch", f"http://127.0.0.1:{listen}"], ["--kibana", f"http://[::1]:{port}"]):
        address = f"[::1]:{port}" if "--kibana" in flags else str(port)
        done = subprocess.run([BINARY, "serve", "--ephemeral", "--listen", f"127.0.0.1:{listen}", "--es-proxy", address, *flags],
                              capture_output=True, text=True, timeout=20)
        assert done.returncode != 0 and "is Millpond's own port of --" in done.stderr, done.stderr
    # An address that is not recognised at the start: the circle is found when a request comes round.
    with Millpond("--es-proxy", f"127.0.0.1:{port}", "--elasticsearch", f"http://127.1:{port}"):
        status, _, body = curl(port, "GET", "/_search")
        assert status == 508 and "leads back to this port" in json.loads(body)["error"]["reason"]
