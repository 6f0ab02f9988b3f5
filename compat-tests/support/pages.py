"""Pages of the documentation, taken apart and run: every fenced block of code is run, written to a file, parsed, or says why not.

The form, for those who write pages (before a block, on a line of its own; a blank line may stand between):

    ```sh                       run by bash; must exit with 0
    ```console                  lines "$ command" are run; the lines below are what it prints, and are compared
    ```python                   run by Python with boto3
    ```toml, ```json            must parse
    ```text, ```mermaid         are not code
    <!-- file: NAME -->         the block below, of any language, is written to this file of the page's folder
    <!-- skip: REASON -->       the block below is not run; the page's source says why
    <!-- server: FLAGS -->      the flags of the server that runs beside the page, or `none` when the page starts its own

A page's blocks run in order, in one bash, in a temporary folder with links to compat-tests, docs and tests. `millpond` and `aws` are on the
path, credentials and AWS_ENDPOINT_URL are set, and localhost:4566 is the page's server whatever its port. In shown output `…` stands for any text, alone on a line for any lines; ids
and times of the present day are compared by their form only. A page that names $ELASTICSEARCH_HOME finds an unpacked Elasticsearch 5.6.16 there.
"""
import json
import os
import pathlib
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass, field

from support.millpond import BINARY, ROOT, Millpond, free_port, wait_until
from support.servers import distribution

PATIENCE_SECONDS = 300
LINKS = ("compat-tests", "docs", "tests")
FENCE = re.compile(r"^( *)```([\w-]*)[^\n]*\n(.*?)^\1```[ ]*$", re.M | re.S)
COMMENT = re.compile(r"<!--\s*(file|skip|server):\s*(.*?)\s*-->", re.S)
PORT = re.compile(r"\b(localhost|127\.0\.0\.1):4566\b")
NOT_CODE = {"text", "mermaid"}
RUN = {"sh", "console", "python"}
# The form of what differs from run to run. Times of virtual data lie in the past and are compared as they are.
MASKS = [
    (re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b"), "<uuid>"),
    (re.compile(r"\b\d{49,60}\b"), "<sequence number>"),
    (re.compile(r"\b20(?:2[6-9]|[3-9]\d)-\d\d-\d\d(?:[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)?"), "<time>"),
    (re.compile(r"\b1[789]\d{8}(?:\.\d+)?\b"), "<time>"),
    (re.compile(r"\b1[789]\d{11}\b"), "<time>"),
    (re.compile(r"\b(127\.0\.0\.1|localhost):\d{2,5}\b"), r"localhost:<port>"),
    (re.compile(r"[A-Za-z0-9+/_-]{60,}={0,2}"), "<token>"),
]


@dataclass
class Block:
    """A fenced block and what is said of it."""
    line: int
    language: str
    text: str
    file: str = ""
    skip: str = ""


@dataclass
class Step:
    """A piece of a page that bash runs; `shown` is what it prints, where the page says so."""
    line: int
    code: str
    shown: str | None = None


@dataclass
class Page:
    """A page: its blocks, the flags of its server (None: none runs), and what is wrong with its form."""
    name: str
    blocks: list
    server: list | None
    wrong: list = field(default_factory=list)

    @classmethod
    def read(cls, path):
        return cls.parse(os.path.relpath(path, ROOT), pathlib.Path(path).read_text())

    @classmethod
    def parse(cls, name, text):
        page, end, said = cls(name, [], []), 0, {}
        for fence in FENCE.finditer(text):
            said = {}
            for comment in COMMENT.finditer(text, end, fence.start()):
                if comment[1] == "server":
                    page.server = None if comment[2] == "none" else shlex.split(comment[2])
                elif not text[comment.end():fence.start()].strip():
                    said[comment[1]] = comment[2]
                else:
                    page.wrong.append(f"{name}: <!-- {comment[1]}: {comment[2]} --> stands before no block")
            body = re.sub(rf"^{fence[1]}", "", fence[3], flags=re.M)
            page.blocks.append(Block(text.count("\n", 0, fence.start()) + 1, fence[2], body, **said))
            end = fence.end()
        page.wrong += [wrong for block in page.blocks if (wrong := _wrong(name, block))]
        return page

    @property
    def runs(self):
        return any(block.language in RUN and not block.skip and not block.file for block in self.blocks)

    def steps(self):
        for block in self.blocks:
            if block.skip:
                continue
            if block.file:
                yield Step(block.line, f"mkdir -p {shlex.quote(os.path.dirname(block.file) or '.')}; cat > {shlex.quote(block.file)} <<'END-OF-FILE'\n{block.text}END-OF-FILE")
            elif block.language == "sh":
                yield Step(block.line, block.text)
            elif block.language == "python":
                yield Step(block.line, f"python - <<'END-OF-FILE'\n{block.text}END-OF-FILE")
            elif block.language == "console":
                yield from _commands(block)

    def run(self):
        """Runs the page; what is wrong with it, as sentences."""
        if not self.runs:
            return []
        port = free_port()
        with tempfile.TemporaryDirectory(prefix="page-") as folder:
            os.chmod(folder, 0o755)  # a supervised Elasticsearch runs as nobody where the tests run as root
            if self.server is None:
                return self._run(pathlib.Path(folder), port)
            with Millpond(*self.server, port=port):
                return self._run(pathlib.Path(folder), port)

    def _run(self, top, port):
        work, out, bin_ = top / "work", top / "out", top / "bin"
        for each in (work, out, bin_):
            each.mkdir()
        for link in LINKS:
            (work / link).symlink_to(ROOT / link)
        (bin_ / "millpond").symlink_to(BINARY)
        steps = list(self.steps())
        script = PORT.sub(rf"\g<1>:{port}", _script(steps, out))
        (top / "page.sh").write_text(script)
        env = _environment(top, bin_, port)
        if "$ELASTICSEARCH_HOME" in script:
            env["ELASTICSEARCH_HOME"] = str(distribution("elasticsearch", "5.6.16"))
        process = subprocess.Popen(["bash", str(top / "page.sh")], cwd=work, env=env, start_new_session=True,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            return [f"{self.name}: does not end within {PATIENCE_SECONDS} s"]
        finally:
            _end(process)
        return [wrong for n, step in enumerate(steps) if (wrong := self._check(step, out / str(n)))][:3]

    def _check(self, step, out):
        place = f"{self.name}:{step.line}: {step.code.strip().splitlines()[0]}"
        status = pathlib.Path(f"{out}.status")
        if not out.exists():
            return f"{place}\n  was not reached"
        printed = out.read_text()
        if not status.exists() or (step.shown is None and status.read_text().strip() != "0"):
            return f"{place}\n  failed ({status.read_text().strip() if status.exists() else 'ended the page'}); it printed:\n{printed}"
        if step.shown is not None and not matches(step.shown, printed):
            return f"{place}\n  prints something else; shown:\n{step.shown}\n  printed:\n{printed}"
        return None


def _wrong(name, block):
    """What is wrong with a block's form."""
    place = f"{name}:{block.line}"
    if block.skip or block.file or block.language in NOT_CODE | RUN:
        return f"{place}: a console block without a command" if block.language == "console" and not block.skip and "$ " not in block.text else None
    if block.language in ("toml", "json"):
        try:
            (tomllib.loads if block.language == "toml" else json.loads)(block.text)
            return None
        except ValueError as e:
            return f"{place}: no {block.language}: {e}"
    return f"{place}: a block of {block.language or 'no language'} is run by nothing: give it a language, <!-- file: … --> or <!-- skip: reason -->"


def _commands(block):
    """The commands of a console block, each with the lines below it; a line that ends in a backslash goes on."""
    lines, at = block.text.splitlines(), 0
    while at < len(lines):
        if not lines[at].startswith("$ "):
            at += 1
            continue
        begin, code = at, [lines[at][2:]]
        while code[-1].endswith("\\") and at + 1 < len(lines):
            at += 1
            code.append(lines[at].removeprefix("> "))
        at += 1
        shown = []
        while at < len(lines) and not lines[at].startswith("$ "):
            shown.append(lines[at])
            at += 1
        yield Step(block.line + 1 + begin, "\n".join(code), "\n".join(shown) if any(map(str.strip, shown)) else None)


def _script(steps, out):
    """All steps in one bash, so that `cd` and `export` last; the first failure ends the page."""
    parts = []
    for n, step in enumerate(steps):
        to = shlex.quote(f"{out}/{n}")
        strict = "set +e" if step.shown is not None else "set -e"
        parts.append(f"{strict}\n{{\n{step.code.rstrip()}\n}} >{to} 2>&1\necho $? >{to}.status\n")
    return "".join(parts)


def _environment(top, bin_, port):
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "MILLPOND_"))}
    path = os.pathsep.join([str(bin_), str(pathlib.Path(sys.executable).parent), os.environ["PATH"]])
    return {**keep, "PATH": path, "HOME": str(top), "AWS_ENDPOINT_URL": f"http://localhost:{port}", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1", "AWS_REGION": "us-east-1", "AWS_PAGER": "", "AWS_EC2_METADATA_DISABLED": "true", "MILLPOND_LISTEN": f"127.0.0.1:{port}"}


def _end(process):
    """Ends what the page has left running."""
    try:
        os.killpg(process.pid, signal.SIGTERM)
        wait_until(lambda: not _alive(process.pid), 15, "the page's processes end")
    except (ProcessLookupError, AssertionError):
        pass
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def _alive(group):
    try:
        os.killpg(group, 0)
        return True
    except ProcessLookupError:
        return False


def matches(shown, printed):
    """Whether a program prints what a page shows."""
    pattern = []
    for line in masked(shown).strip("\n").splitlines():
        pattern.append(r"(?:.*\n)*?" if line.strip() == "…" else ".*".join(re.escape(part) for part in line.rstrip().split("…")) + r"[ \t]*\n")
    text = masked(printed).strip("\n") + "\n"
    return re.fullmatch("".join(pattern), text) is not None


def masked(text):
    for form, mask in MASKS:
        text = form.sub(mask, text)
    return text
