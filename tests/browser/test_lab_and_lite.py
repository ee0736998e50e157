"""The chapters opened to be run: in JupyterLab, and in JupyterLite without a server."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from building import ROOT

NOTEBOOKS = sorted(path.name for path in (ROOT / "book").glob("*.ipynb"))
CHAPTER = "a_cross_entropy.ipynb"  # short, with warnings, exercises and numbered equations
DRAWN = "b_center_vector.ipynb"  # with figures that are drawings
PATIENCE = 90_000  # milliseconds: JupyterLab is large

# What a reader sees at an equation and at a reference to it; style sheets write the numbers.
NUMBERS = """() => [...document.querySelectorAll('a[aria-label="Link to this Equation"]')]
    .filter(link => getComputedStyle(link).display != "none")
    .map(link => [link.getAttribute("href"), getComputedStyle(link, "::after").content])"""
REFERENCES = """() => [...document.querySelectorAll('a.hover-link[href^="#eq-"]')]
    .map(link => [link.getAttribute("href"), getComputedStyle(link, "::after").content])"""
UNDRAWN = """() => [...document.querySelectorAll(".jp-MarkdownCell .jp-InputArea-editor")]
    .filter(editor => !editor.classList.contains("lm-mod-hidden")).length"""
SHOWN = """() => [...document.querySelectorAll(".jp-OutputArea-output")]
    .filter(output => output.getBoundingClientRect().height > 0)
    .map(output => output.dataset.mimeType)"""


class Visitor:
    """One who comes for the first time, and notes what is asked of other machines."""

    def __init__(self, chromium, address):
        self.chromium, self.address = chromium, address
        self.context = None

    def open(self, path):
        self.leave()
        self.asked = set()
        nowhere = {"server": "http://127.0.0.1:9", "bypass": "127.0.0.1"}
        # So tall that nothing is left out to be drawn later.
        window = {"width": 1280, "height": 16_000}
        self.context = self.chromium.new_context(proxy=nowhere, viewport=window)
        self.context.set_default_timeout(PATIENCE)
        self.context.on("request", self._request)
        tab = self.context.new_page()
        tab.goto(self.address + path)
        return tab

    def open_lab(self, path):
        tab = self.open(path)
        tab.wait_for_selector(".jp-Notebook h1, .jp-MarkdownViewer h1")
        tab.wait_for_selector("#w2v-book", state="attached")
        return tab

    def leave(self):
        if self.context:
            self.context.close()

    def _request(self, request):
        server = urlsplit(self.address).netloc
        if urlsplit(request.url).netloc not in (server, ""):  # "" is data, which nobody is asked
            self.asked.add(request.url)


def notebook(name):
    return json.loads((ROOT / "book" / name).read_text(encoding="utf-8"))["cells"]


def written(name):
    return "".join("".join(cell["source"]) + "\n" for cell in notebook(name))


def labels(name):
    """The labels of equations, in order: ["eq-1", ...]."""
    return re.findall(r"\$\$ \((eq-[\w-]+)\)", written(name))


def number(label):
    return f'"({label.removeprefix("eq-").replace("-star", "*")})"'


def wait_until(tab, script, wanted):
    """Wait for a script to answer what is wanted, since JupyterLab draws piece by piece."""
    end = time.monotonic() + PATIENCE / 1000
    while (found := tab.evaluate(script)) != wanted and time.monotonic() < end:
        tab.wait_for_timeout(250)
    assert found == wanted


def check_chapter(tab):
    """Directives are drawn, and equations have the numbers of the book."""
    wait_until(tab, NUMBERS, [[f"#{label}", number(label)] for label in labels(CHAPTER)])
    here = [
        label
        for label in re.findall(r"\{eq\}`(eq-[\w-]+)`", written(CHAPTER))
        if label in labels(CHAPTER)
    ]
    assert len(here) > 3
    wait_until(tab, REFERENCES, [[f"#{label}", number(label)] for label in here])
    cells = sum(cell["cell_type"] == "markdown" for cell in notebook(CHAPTER))
    wait_until(tab, f"document.querySelectorAll('.jp-MarkdownCell').length >= {cells}", True)
    wait_until(tab, UNDRAWN, 0)
    text = tab.locator(".jp-Notebook").inner_text()
    titles = re.findall(r":::\{admonition\} (.*)", written(CHAPTER))
    assert len(titles) > 1
    for words in (*titles, "Exercise 1", "Solution to Exercise 1"):
        assert words in " ".join(text.split())
    assert not re.search(r"^(:::|```|~~~)", text, re.MULTILINE)


def check_outputs(tab, name, folded):
    """The outputs of the book show before anything is run, drawings too.

    `folded`: whether what the book folds is folded here, too.
    """
    kinds = Counter(
        kind
        for cell in notebook(name)
        for output in cell.get("outputs", ())
        for kind in ("image/svg+xml", "text/latex")
        if kind in output.get("data", ())
        and not (folded and "hide-cell" in cell["metadata"].get("tags", ()))
    )
    assert set(kinds) == {"image/svg+xml", "text/latex"}
    for kind, count in kinds.items():
        wait_until(tab, f"({SHOWN})().filter(kind => kind == '{kind}').length", count)


@pytest.fixture(scope="module")
def lite(chromium, tmp_path_factory):
    """The site's visitor. The site lies in a folder of another, as beside the book."""
    pytest.importorskip("jupyterlite_core", reason="python -m pip install 'w2v[lite]'")
    from build_lite import build
    from serving import served

    folder = tmp_path_factory.mktemp("public")
    build(folder / "book" / "lite")
    with served(folder) as address:
        visitor = Visitor(chromium, address + "book/lite/")
        yield visitor
        visitor.leave()


def test_the_first_page_of_lite_leads_to_the_chapters(lite):
    tab = lite.open("")
    assert tab.locator("a").count() == 1 + len(NOTEBOOKS)
    tab.get_by_text("(a) Recognise the cross-entropy").click()
    tab.wait_for_selector(".jp-Notebook h1")
    assert "(a) Recognise the cross-entropy" in tab.locator(".jp-Notebook h1").first.inner_text()


def test_lite_draws_a_chapter_and_lists_the_others(lite):
    tab = lite.open_lab(f"lab/index.html?path={CHAPTER}")
    check_chapter(tab)
    assert '%pip install -q "w2v[chapters' in tab.locator(".jp-Notebook").inner_text()
    assert set(NOTEBOOKS) <= set(tab.locator(".jp-DirListing-itemText").all_inner_texts())


def test_lite_shows_outputs_and_asks_nobody_but_pyodide(lite):
    from build_lite import PYODIDE_CDN_URL, PYODIDE_MJS

    tab = lite.open_lab(f"lab/index.html?path={DRAWN}")
    check_outputs(tab, DRAWN, folded=True)
    end = time.monotonic() + PATIENCE / 1000
    while not lite.asked and time.monotonic() < end:  # until the kernel starts
        tab.wait_for_timeout(250)
    assert lite.asked == {f"{PYODIDE_CDN_URL}/{PYODIDE_MJS}"}


@pytest.fixture(scope="module")
def lab(chromium, tmp_path_factory):
    """The visitor of a JupyterLab with the options of ``make lab``, and a copy of the book."""
    pytest.importorskip("jupyterlab_myst", reason="python -m pip install 'w2v[lab]'")
    folder = tmp_path_factory.mktemp("lab")
    unneeded = shutil.ignore_patterns("_ext", "__pycache__", ".ipynb_checkpoints")
    shutil.copytree(ROOT / "book", folder / "book", ignore=unneeded)
    names = ("DATA_DIR", "CONFIG_DIR", "RUNTIME_DIR")
    own = {f"JUPYTER_{name}": str(folder / name) for name in names}
    own |= {f"JUPYTERLAB_{name}_DIR": str(folder / name) for name in ("SETTINGS", "WORKSPACES")}
    environment = {**os.environ, **own}
    books = sorted(map(str, (folder / "book").glob("*.ipynb")))
    subprocess.run(
        [sys.executable, "-m", "nbformat.sign", *books],
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", "")
    options = re.search(r"-m jupyterlab (.*) book/intro.md", makefile)[1]
    log = folder / "log"
    with open(log, "w") as output:
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyterlab"),
                *shlex.split(options.replace("$(CURDIR)", str(ROOT))),
                *("--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0"),
                *("--IdentityProvider.token=", "book/intro.md"),
            ],
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        visitor = Visitor(chromium, _address(server, log))
        yield visitor
        visitor.leave()
    finally:
        server.terminate()
        server.wait()


def _address(server, log):
    """What the server's log says, once it has started."""
    end = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < end and server.poll() is None:
        found = re.search(r"(http://127\.0\.0\.1:\d+/)lab", Path(log).read_text())
        if found:
            return found[1]
        time.sleep(0.2)
    pytest.fail(f"JupyterLab did not start:\n{Path(log).read_text()[-2000:]}")


def title(page):
    """The first heading of a page that is not a notebook."""
    return (ROOT / "book" / page).read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")


def test_lab_opens_the_introduction_whose_links_lead_to_chapters(lab):
    tab = lab.open_lab("lab/tree/intro.md?reset")
    assert tab.locator(".jp-MarkdownViewer h1").first.inner_text() == title("intro.md")
    tab.locator(".jp-MarkdownViewer a", has_text="a_cross_entropy").first.click()
    tab.wait_for_selector(".jp-Notebook h1")
    check_chapter(tab)


def test_lab_shows_outputs_and_needs_no_network(lab):
    tab = lab.open_lab(f"lab/tree/{DRAWN}?reset")
    check_outputs(tab, DRAWN, folded=False)
    tab.wait_for_timeout(2000)
    assert lab.asked == set()
