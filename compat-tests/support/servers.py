"""Real Elasticsearch and OpenSearch servers for tests and for the demo, from the zips their makers publish on Maven Central."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile

from support import folders
from support.millpond import free_port, wait_until

# The servers run as nobody where the caller is root, and must be able to read their folder then.
CACHE = pathlib.Path(os.environ.get("MILLPOND_CACHE") or ("/var/cache/millpond" if os.geteuid() == 0 else pathlib.Path.home() / ".cache/millpond"))
COORDINATES = {
    "elasticsearch": "org.elasticsearch.distribution.integ-test-zip:elasticsearch",
    "opensearch": "org.opensearch.distribution.integ-test-zip:opensearch",
}


def distribution(product="elasticsearch", version="5.6.16"):
    """The folder of an unpacked distribution; fetched by Maven at first use."""
    home = CACHE / f"{product}-{version}"
    if not (home / "bin").is_dir():
        _unpack(_fetch(product, version), home)
    return home


def missing_tools():
    """What a person has to install before a server can be had, as a sentence; empty when all is there."""
    lacking = [tool for tool in ("java", "mvn") if not shutil.which(tool)]
    if not lacking:
        return ""
    return ("A real Elasticsearch is needed, and with it Java 17 and Maven; not found: " + ", ".join(lacking)
            + ". Debian: apt-get install openjdk-17-jre-headless maven. Or give a running server: ELASTICSEARCH=http://localhost:9200")


def _fetch(product, version):
    artifact = f"{COORDINATES[product]}:{version}:zip"
    print(f"fetching {artifact} by Maven", file=sys.stderr, flush=True)
    CACHE.mkdir(parents=True, exist_ok=True)
    fetched = subprocess.run(
        ["mvn", "-q", "-B", "dependency:copy", f"-Dartifact={artifact}", f"-DoutputDirectory={CACHE}", "-Dmdep.useBaseVersion=true"],
        stdout=subprocess.PIPE, text=True)
    if fetched.returncode:
        raise SystemExit(f"{fetched.stdout}\nMaven could not fetch {artifact}: see above. Behind a proxy, tell Maven and Java of it "
                         "(~/.m2/settings.xml, the certificates of Java), or give a running server: ELASTICSEARCH=http://localhost:9200")
    return CACHE / f"{product}-{version}.zip"


def _unpack(archive, home):
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder, zipfile.ZipFile(archive) as z:
        z.extractall(folder)
        (top,) = [p for p in pathlib.Path(folder).iterdir() if p.is_dir()]
        for script in (top / "bin").iterdir():
            script.chmod(0o755)
        top.chmod(0o755)
        pathlib.Path(folder).chmod(0o755)
        os.replace(top, home)
    archive.unlink()


class Server:
    """A server process, stopped and started again on the same data: `with Server("opensearch", "2.19.1") as s: s.url`."""

    def __init__(self, product="elasticsearch", version="5.6.16", port=None):
        self.product, self.version, self.port = product, version, port or free_port()
        self.home = distribution(product, version)
        self.folder = folders.make(f"{product}-")
        self.process = None
        self._configure()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def major(self):
        return int(self.version.split(".")[0])

    def _configure(self):
        config = self.folder / "config"
        for name in ("config", "data", "logs", "tmp"):
            (self.folder / name).mkdir()
        shutil.copytree(self.home / "config", config, dirs_exist_ok=True)
        settings = {"cluster.name": "millpond-test", "path.data": self.folder / "data", "path.logs": self.folder / "logs", "http.port": self.port,
                    "network.host": "127.0.0.1", "cluster.routing.allocation.disk.threshold_enabled": "false"}
        old = self.product == "elasticsearch" and self.major < 8
        settings["transport.tcp.port" if old else "transport.port"] = free_port()
        if self.product == "opensearch" or self.major >= 7:
            settings["discovery.type"] = "single-node"
        if self.product == "elasticsearch" and self.version.startswith("7.17"):
            settings["xpack.security.enabled"] = "false"
        (config / f"{self.product}.yml").write_text("".join(f"{k}: {v}\n" for k, v in settings.items()))
        (config / "jvm.options").write_text("\n".join(
            ["-Xms512m", "-Xmx512m", "-XX:+UseSerialGC", "-Djava.awt.headless=true", "-Dfile.encoding=UTF-8", "-Djna.nosys=true",
             "-Dlog4j2.disable.jmx=true", f"-Djava.io.tmpdir={self.folder / 'tmp'}"]) + "\n")
        self.folder.chmod(0o755)
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", "nobody:nogroup", str(self.folder)], check=True)

    def start(self):
        config = self.folder / "config"
        env = {**os.environ}
        command = [str(self.home / "bin" / self.product)]
        if self.product == "elasticsearch" and self.major == 5:
            command.append(f"-Epath.conf={config}")
            env["ES_JVM_OPTIONS"] = str(config / "jvm.options")
        else:
            env["OPENSEARCH_PATH_CONF" if self.product == "opensearch" else "ES_PATH_CONF"] = str(config)
        if os.geteuid() == 0:  # the servers refuse to run as root
            command = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *command]
            env["HOME"] = str(self.folder)
        java = shutil.which("java")
        home = pathlib.Path(java).resolve().parents[1] if java else None
        if home:
            env["JAVA_HOME"] = env["ES_JAVA_HOME"] = env["OPENSEARCH_JAVA_HOME"] = str(home)
        self.out = self.folder / "out.log"
        with open(self.out, "ab") as out:
            self.process = folders.watch(subprocess.Popen(command, env=env, stdout=out, stderr=subprocess.STDOUT, cwd=self.folder))
        wait_until(self._ready, 120, f"{self.product} {self.version} answers; its output: {self.out}", every=0.3)
        return self

    def _ready(self):
        if self.process.poll() is not None:
            raise SystemExit(f"{self.product} {self.version} ended with {self.process.returncode}:\n{self.out.read_text()[-3000:]}")
        return call(self.url, "GET", "/_cluster/health")["status"] in ("green", "yellow")

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def call(url, method, path, body=None):
    """A JSON call; an error answer is returned like any other."""
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(url + path, data=data, method=method, headers={"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as e:
        return json.loads(e.read() or b"{}")
