"""The documentation is true: its code runs, its shown output is what comes out, its links lead somewhere. The form of pages: support/pages.py."""
import re

import pytest
from support.millpond import ROOT
from support.pages import Page, matches

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_the_code_of_a_page_runs_and_prints_what_is_shown(path):
    page = Page.read(path)
    assert not page.wrong, "\n".join(page.wrong)
    wrong = page.run()
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.parametrize("path", [*PAGES, ROOT / "ARCHITECTURE.md", ROOT / "CHANGELOG.md", ROOT / "compat-tests/README.md"], ids=lambda path: path.name)
def test_the_links_of_a_page_lead_to_files_that_exist(path):
    text = re.sub(r"^```.*?^```", "", path.read_text(), flags=re.M | re.S)
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if not re.match(r"[a-z]+:|#", link)]
    missing = [link for link in links if not (path.parent / link.split("#")[0]).exists()]
    assert not missing, f"{path.name} links to {missing}"


def of(text):
    return Page.parse("page.md", "<!-- server: none -->\n" + text)


def test_a_page_that_shows_something_else_is_wrong():
    assert of("```console\n$ echo one\none\n```\n").run() == []
    (wrong,) = of("```console\n$ echo one\ntwo\n```\n").run()
    assert wrong.startswith("page.md:3: echo one\n  prints something else"), wrong
    (wrong,) = of("```sh\nfalse\ntrue\n```\n").run()
    assert "failed" in wrong
    wrong = of("```sh\nexit 3\n```\n\n```sh\ntrue\n```\n").run()
    assert "was not reached" in wrong[1], wrong


def test_blocks_share_a_folder_and_a_shell():
    text = "<!-- file: a/b.txt -->\n```text\nhello\n```\n```sh\nexport X=1\ncd a\n```\n```console\n$ cat b.txt; echo $X\nhello\n1\n```\n```python\nassert open('b.txt').read() == 'hello\\n'\n```\n"
    assert of(text).run() == []


def test_code_that_nothing_runs_is_wrong():
    assert "run by nothing" in of("```java\nint i;\n```\n").wrong[0]
    assert "no toml" in of("```toml\na =\n```\n").wrong[0]
    assert of("<!-- skip: Java is run by compat-tests/sdks -->\n```java\nint i;\n```\n").wrong == []


def test_what_differs_from_run_to_run_is_compared_by_its_form():
    assert matches("id 0b1c2d3e-0000-4000-8000-000000000000 …", "id 11111111-2222-4333-8444-555555555555 at the end\n")
    assert matches("a\n…\nz", "a\nb\nc\nz\n") and matches("a\n…\nz", "a\nz\n")
    assert matches("2026-11-25T04:29:08.847Z", "2031-01-01 00:00:00\n") and not matches("2017-04-05 12:00:00", "2017-04-05 12:00:01\n")
    assert not matches("a", "a\nb\n")
