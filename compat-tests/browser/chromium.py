"""A headless Chromium as a Python object, the folder of a page that it opens, and a small server for pages that Millpond does not serve."""
import functools
import hashlib
import http.server
import json
import os
import pathlib
import shutil
import subprocess
import threading

from support import folders
from support.servers import CACHE

HERE = pathlib.Path(__file__).resolve().parent
INSTALL_SECONDS = 900

# What has to be on PATH, by Debian's package.
TOOLS = {"chromium": "chromium", "node": "nodejs", "npm": "npm", "certutil": "libnss3-tools"}

# Pages of the generator's kind name these hosts: the npm package that has the same file, and where in it.
LIBRARIES = {
    "code.jquery.com/jquery-3.1.1.min.js": "jquery/dist/jquery.min.js",
    "code.jquery.com/ui/1.12.1/jquery-ui.js": "jquery-ui-dist/jquery-ui.js",
    "maxcdn.bootstrapcdn.com/font-awesome/4.7.0": "font-awesome",
    "maxcdn.bootstrapcdn.com/bootstrap/3.3.7": "bootstrap/dist",
    "cdnjs.cloudflare.com/ajax/libs/popper.js/1.14.3": "popper.js/dist",
    "cdnjs.cloudflare.com/ajax/libs/moment.js/2.17.1": "moment/min",
    "cdnjs.cloudflare.com/ajax/libs/pako/1.0.6": "pako/dist",
    "sdk.amazonaws.com/js/aws-sdk-2.6.6.min.js": "aws-sdk/dist/aws-sdk.min.js",
}
COGNITO = ["aws-cognito-sdk.min.js", "amazon-cognito-identity.min.js"]


def missing_tools():
    """Installs what is missing where that can be done; otherwise a sentence that says what to install."""
    missing = [package for tool, package in TOOLS.items() if not shutil.which(tool)]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        for command in (["apt-get", "update", "-q"], ["apt-get", "install", "-qy", "--no-install-recommends", *missing]):
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=INSTALL_SECONDS)
        missing = [package for tool, package in TOOLS.items() if not shutil.which(tool)]
    return missing and f"a browser is needed; install {', '.join(missing)} (Debian: apt-get install {' '.join(missing)})"


def packages():
    """The folder with the driver and its npm packages, in the cache; installed again when the lock file changes."""
    lock = (HERE / "package-lock.json").read_bytes()
    home = CACHE / f"browser-{hashlib.sha256(lock).hexdigest()[:12]}"
    if not (home / ".installed").exists():
        home.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, home)
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=home, check=True, timeout=INSTALL_SECONDS)
        (home / ".installed").touch()
    shutil.copy(HERE / "drive.mjs", home)
    return home


def page_folder(source, target):
    """A copy of a page's folder with the libraries that it loads from elsewhere, as `--kdg` wants them: cdn/HOST/PATH."""
    modules = packages() / "node_modules"
    shutil.copytree(source, target)
    for path, module in LIBRARIES.items():
        place = target / "cdn" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (modules / module).is_dir() else shutil.copy)(modules / module, place)
    for name in COGNITO:
        if not (target / "js" / name).exists():
            shutil.copy(modules / "amazon-cognito-identity-js/dist" / name, target / "js")
    return target


class Pages:
    """`with Pages(folder) as pages: pages.url` serves a page as any web server does. With an endpoint, a script sets it, as a person would do by hand."""

    def __init__(self, folder, endpoint=None):
        self.folder, self.endpoint = folder, endpoint

    def __enter__(self):
        for page in self.folder.glob("*.html"):
            page.write_text(self._edited(page.read_text()))
        handler = functools.partial(Quiet, directory=str(self.folder))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.host = f"127.0.0.1:{self.server.server_port}"
        self.url = f"http://{self.host}/producer.html"
        return self

    def _edited(self, text):
        for path in LIBRARIES:
            host = path.split("/")[0]
            text = text.replace(f'"https://{host}/', f'"cdn/{host}/')
        if self.endpoint:
            script = f'<script>AWS.config.endpoint = AWSCognito.config.endpoint = "{self.endpoint}";</script>\n    '
            text = text.replace('<script src="js/producer.js"', script + '<script src="js/producer.js"')
        return text

    def __exit__(self, *_):
        self.server.shutdown()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class Chromium:
    """A browser with a profile of its own: `with Chromium() as browser: browser("open", url=…)`. What is not on this machine is not found."""

    def __init__(self, *flags, authority=None):
        self.home = folders.make("chromium-")
        self.flags = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", *flags]
        if os.geteuid() == 0:
            self.flags.append("--no-sandbox")
        if authority:
            self._trust(authority)

    def _trust(self, pem):
        """Lets the browser trust an authority, as a person does by `certutil` or in the settings."""
        store = self.home / ".pki/nssdb"
        store.mkdir(parents=True)
        file = self.home / "ca.pem"
        file.write_bytes(pem)
        database = f"sql:{store}"
        subprocess.run(["certutil", "-N", "-d", database, "--empty-password"], check=True)
        subprocess.run(["certutil", "-A", "-d", database, "-n", "millpond", "-t", "C,,", "-i", str(file)], check=True)

    def __enter__(self):
        given = {"executable": shutil.which("chromium"), "profile": str(self.home / "profile"), "flags": self.flags}
        env = {**os.environ, "HOME": str(self.home)}
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
            env.pop(name, None)
        self.log = open(self.home / "driver.log", "w+b")
        self.process = subprocess.Popen(["node", "drive.mjs", json.dumps(given)], cwd=packages(), env=env, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=self.log, text=True)
        return self

    def __call__(self, name, **given):
        self.process.stdin.write(json.dumps({"name": name, **given}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            self.log.seek(0)
            raise AssertionError(f"the browser ended:\n{self.log.read().decode()[-4000:]}")
        answer = json.loads(line)
        assert "error" not in answer, f"{name}: {answer['error']}"
        return answer

    def __exit__(self, *_):
        self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()
        shutil.rmtree(self.home, ignore_errors=True)
