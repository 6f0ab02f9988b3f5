"""What Kibana 5.1.1 asks while a person follows the guide's step 3-E, replayed through the door against Elasticsearch 5.6.16.

The calls were recorded of a real Kibana: its health check, its own index, the page that makes an index pattern, Discover, and a bar chart.
The domain has a server of its own here, so the same file asks its port too: signed as aws-es-kibana signs, and unsigned.
"""
import http.client
import json
import urllib.parse

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from support.millpond import Millpond, free_port, wait_until
from support.servers import distribution

INDEX, TYPE, DOCUMENTS = "sensor-data", "sensor-w-anomaly-score", 60
FIELDS = {"CURRENT_TEMP": {"type": "integer"}, "EVENT_TIMESTAMP": {"type": "date", "format": "yyyy-MM-dd HH:mm:ss.SSS"},
          "SENSOR_ID": {"type": "integer"}, "STATUS": {"type": "string", "index": "not_analyzed"}, "ANOMALY_SCORE": {"type": "float"}}
FIRST_MS = 1491393600000  # 2017-04-05 12:00:00 UTC, then a document every five seconds


class Ports:
    """The door, and the domain's own port."""

    def __init__(self, door, domain):
        self.door, self.domain = door, domain

    def ask(self, method, path, body=None, port=None, headers=None, chunked=True):
        """Status and JSON of a call as Kibana makes it: bodies arrive in chunks."""
        data = body.encode() if isinstance(body, str) else None if body is None else json.dumps(body).encode()
        connection = http.client.HTTPConnection("127.0.0.1", port or self.door, timeout=30)
        sent = {"Content-Type": "application/json", **(headers or {})}
        if data and chunked:
            connection.request(method, path, body=iter([data[:7], data[7:]]), headers=sent, encode_chunked=True)
        else:
            connection.request(method, path, body=data, headers=sent)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text) if text else None


@pytest.fixture(scope="module")
def ports():
    door = free_port()
    with Millpond("--elasticsearch-home", str(distribution("elasticsearch", "5.6.16")), "--es-proxy", str(door)) as m:
        es = m.client("es")
        es.create_elasticsearch_domain(DomainName="kinesis-workshop", ElasticsearchVersion="5.1")
        found = wait_until(lambda: es.describe_elasticsearch_domain(DomainName="kinesis-workshop")["DomainStatus"].get("Endpoint"), 90, "the domain is active", 0.5)
        both = Ports(door, int(found.rsplit(":", 1)[1]))
        assert both.ask("PUT", f"/{INDEX}", {"mappings": {TYPE: {"properties": FIELDS}}})[0] == 200
        lines = []
        for n in range(DOCUMENTS):
            lines += [{"index": {}}, {"SENSOR_ID": n % 20, "CURRENT_TEMP": 10 + n, "STATUS": ["OK", "FAIL", "WARN"][n % 3], "ANOMALY_SCORE": n / 10,
                                      "EVENT_TIMESTAMP": f"2017-04-05 12:{n // 12:02}:{n % 12 * 5:02}.000"}]
        status, done = both.ask("POST", f"/{INDEX}/{TYPE}/_bulk?refresh=true", "".join(json.dumps(line) + "\n" for line in lines))
        assert status == 200 and not done["errors"], done
        yield both


def test_kibana_starts(ports):
    assert ports.ask("HEAD", "/")[0] == 200
    status, nodes = ports.ask("GET", "/_nodes")
    (node,) = nodes["nodes"].values()
    assert status == 200 and node["version"].startswith("5.") and node["http"]["publish_address"] and node["ip"]
    status, health = ports.ask("GET", "/_cluster/health/.kibana?timeout=5s")
    assert (status, health["status"]) == (408, "red"), "no index yet"
    made = {"settings": {"number_of_shards": 1}, "mappings": {"config": {"properties": {"buildNum": {"type": "string", "index": "not_analyzed"}}}}}
    assert ports.ask("PUT", "/.kibana", made)[0] == 200
    assert ports.ask("GET", "/_cluster/health/.kibana?timeout=5s&wait_for_status=yellow")[1]["status"] in ("yellow", "green")
    latest = {"size": 1000, "sort": [{"buildNum": {"order": "desc", "unmapped_type": "string"}}]}
    assert ports.ask("POST", "/.kibana/config/_search", latest)[1]["hits"]["total"] == 0
    assert ports.ask("POST", "/.kibana/config/5.1.1?op_type=create", {"buildNum": 14566})[0] == 201
    assert ports.ask("POST", "/.kibana/config/5.1.1?op_type=create", {"buildNum": 14566})[0] == 409
    assert ports.ask("GET", "/.kibana/config/5.1.1")[1]["_source"] == {"buildNum": 14566}


def test_the_index_pattern_page(ports):
    status, none = ports.ask("GET", "/logstash-*/_mapping/field/*?ignore_unavailable=false&allow_no_indices=false&include_defaults=true")
    assert status == 404 and none["status"] == 404
    status, mapping = ports.ask("GET", f"/{INDEX}/_mapping/field/*?ignore_unavailable=false&allow_no_indices=false&include_defaults=true")
    fields = mapping[INDEX]["mappings"][TYPE]
    assert status == 200 and fields["EVENT_TIMESTAMP"]["mapping"]["EVENT_TIMESTAMP"]["type"] == "date"
    status, stats = ports.ask("POST", f"/{INDEX}/_field_stats?fields=*&allow_no_indices=false&ignore_unavailable=false")
    fields = stats["indices"]["_all"]["fields"]
    assert status == 200 and all(fields[name]["aggregatable"] and fields[name]["searchable"] for name in FIELDS)
    assert fields["EVENT_TIMESTAMP"]["min_value"] == FIRST_MS
    status, stats = ports.ask("POST", "/sensor-*/_field_stats?level=indices", {"fields": ["EVENT_TIMESTAMP"], "index_constraints": {
        "EVENT_TIMESTAMP": {"max_value": {"gte": FIRST_MS, "format": "epoch_millis"}, "min_value": {"lte": FIRST_MS + 600000, "format": "epoch_millis"}}}})
    assert status == 200 and list(stats["indices"]) == [INDEX]
    assert ports.ask("GET", "/.kibana/_mapping/*/field/_source")[0] in (200, 404)
    kept = {"index-pattern": {"properties": {name: {"type": "string"} for name in ("title", "timeFieldName", "fields")}}}
    assert ports.ask("PUT", "/.kibana/_mapping/index-pattern", kept)[0] == 200
    pattern = {"title": INDEX, "timeFieldName": "EVENT_TIMESTAMP", "fields": "[]"}
    assert ports.ask("POST", f"/.kibana/index-pattern/{INDEX}?op_type=create", pattern)[0] == 201
    assert ports.ask("POST", f"/.kibana/index-pattern/{INDEX}?op_type=create", pattern)[0] == 409
    assert ports.ask("POST", "/.kibana/config/5.1.1/_update", {"doc": {"defaultIndex": INDEX}})[0] == 200
    assert ports.ask("POST", "/.kibana/_refresh", {})[0] == 200
    assert ports.ask("POST", "/.kibana/index-pattern/_search?stored_fields=", {"query": {"match_all": {}}, "size": 10000})[1]["hits"]["total"] == 1
    status, got = ports.ask("POST", "/_mget", {"docs": [{"_index": ".kibana", "_type": "index-pattern", "_id": INDEX}]})
    assert status == 200 and got["docs"][0]["_source"] == pattern


def msearch(ports, body):
    """A search as Discover and the charts send it, over the ten minutes from the first document."""
    time = {"range": {"EVENT_TIMESTAMP": {"gte": FIRST_MS, "lte": FIRST_MS + 600000, "format": "epoch_millis"}}}
    query = {"bool": {"must": [{"query_string": {"analyze_wildcard": True, "query": "*"}}, time], "must_not": []}}
    head = {"index": [INDEX], "ignore_unavailable": True, "preference": FIRST_MS}
    status, answer = ports.ask("POST", "/_msearch", json.dumps(head) + "\n" + json.dumps({"query": query, **body}) + "\n")
    (found,) = answer["responses"]
    assert status == 200 and "error" not in found, found
    return found


def test_discover_and_the_bar_chart(ports):
    histogram = {"field": "EVENT_TIMESTAMP", "interval": "30s", "time_zone": "Europe/Vienna", "min_doc_count": 1}
    discover = msearch(ports, {
        "size": 500, "sort": [{"EVENT_TIMESTAMP": {"order": "desc", "unmapped_type": "boolean"}}], "version": True, "_source": {"excludes": []},
        "highlight": {"pre_tags": ["@kibana-highlighted-field@"], "post_tags": ["@/kibana-highlighted-field@"], "fields": {"*": {}}, "require_field_match": False},
        "aggs": {"2": {"date_histogram": histogram}}, "stored_fields": ["*"], "script_fields": {}, "docvalue_fields": ["EVENT_TIMESTAMP"]})
    assert discover["hits"]["total"] == DOCUMENTS and discover["hits"]["hits"][0]["_source"]["CURRENT_TEMP"] == 10 + DOCUMENTS - 1
    assert [bucket["doc_count"] for bucket in discover["aggregations"]["2"]["buckets"]] == [6] * 10
    chart = msearch(ports, {"size": 0, "_source": {"excludes": []}, "aggs": {"2": {"date_histogram": histogram, "aggs": {
        "3": {"terms": {"field": "STATUS", "size": 5, "order": {"1": "desc"}}, "aggs": {"1": {"avg": {"field": "CURRENT_TEMP"}}}}}}}})
    first = chart["aggregations"]["2"]["buckets"][0]["3"]["buckets"]
    assert [(bucket["key"], bucket["1"]["value"]) for bucket in first] == [("WARN", 13.5), ("FAIL", 12.5), ("OK", 11.5)]


def signed(path, body):
    """aws-es-kibana's headers: SigV4 for `es` over the host without its port and the date, no hash of the body, the connection closed."""
    request = AWSRequest("POST", f"http://127.0.0.1{path}", data=body)
    SigV4Auth(Credentials("test", "test"), "es", "us-west-2").add_auth(request)
    return {"Host": "127.0.0.1", "Connection": "close", "X-Amz-Date": request.headers["X-Amz-Date"], "Authorization": request.headers["Authorization"]}


@pytest.mark.parametrize("which", ["door", "domain"])
def test_signed_and_unsigned_requests_are_taken_alike(ports, which):
    port, document = getattr(ports, which), json.dumps({"SENSOR_ID": 1, "STATUS": "OK", "EVENT_TIMESTAMP": "2018-01-01 00:00:00.000"})
    path = f"/{INDEX}/{TYPE}?" + urllib.parse.urlencode({"refresh": "true"})
    for headers in ({}, signed(path, document)):
        for chunked in (True, False):
            status, made = ports.ask("POST", path, document, port, headers, chunked)
            assert (status, made["result"]) == (201, "created"), made
            assert ports.ask("DELETE", f"/{INDEX}/{TYPE}/{made['_id']}", port=port, headers=headers)[0] == 200
