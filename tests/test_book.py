"""The book builds without a warning, and its pages keep what they promise."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CHAPTERS = sorted(path.stem for path in (ROOT / "book").glob("[a-j]_*.ipynb"))


class Page(HTMLParser):
    """What a page asks the browser to load, and its links."""

    def __init__(self, path):
        super().__init__()
        self.path = path
        self.html = path.read_text(encoding="utf-8")
        self.loads, self.links, self.ids, self.images = [], [], set(), []
        self.feed(self.html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if "id" in attributes:
            self.ids.add(attributes["id"])
        if tag in ("script", "img", "iframe", "source") and "src" in attributes:
            self.loads.append(attributes["src"])
        if tag == "link" and attributes.get("rel") in ("stylesheet", "icon", "preload"):
            self.loads.append(attributes["href"])
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"])
        if tag == "img":
            self.images.append(attributes)


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("book")
    # -W without --all would pass: pages from the cache do not repeat their warnings.
    flags = ["-W", "-n", "--keep-going", "--all", "--path-output", str(folder)]
    # The console script's own function, so that this works wherever scripts are kept.
    command = "from jupyter_book.cli.main import main; main()"
    result = subprocess.run(
        [sys.executable, "-c", command, "build", *flags, str(ROOT)],
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
    return folder / "_build" / "html"


@pytest.fixture(scope="session")
def pages(built):
    return {path.stem: Page(path) for path in sorted((built / "book").glob("*.html"))}


def test_the_first_page_leads_to_the_introduction(built):
    assert "book/intro.html" in (built / "index.html").read_text(encoding="utf-8")


def test_every_source_became_a_page(pages):
    sources = {
        path.stem for path in (ROOT / "book").glob("*.*") if path.suffix in (".md", ".ipynb")
    }
    assert sources == set(pages)


def test_pages_ask_nobody_for_anything(built, pages):
    for page in pages.values():
        for address in page.loads:
            assert not re.match(r"(https?:)?//", address), f"{page.path.name} loads {address}"
            file = (page.path.parent / address.split("?")[0]).resolve()
            assert file.exists(), f"{page.path.name} misses {address}"
        assert "cdn" not in page.html.lower()


def test_links_inside_the_book_arrive(pages):
    for page in pages.values():
        for link in page.links:
            if re.match(r"\w+:", link) or link.startswith("../"):
                continue
            name, _, anchor = link.partition("#")
            target = pages[Path(name).stem] if name else page
            assert not anchor or anchor in target.ids, f"{page.path.name}: {link}"


def test_equations_keep_the_numbers_of_the_source(pages):
    numbers = [
        number
        for name in CHAPTERS
        for number in re.findall(r'class="eqno">\((\d+\*?)\)', pages[name].html)
    ]
    plain = sorted(int(number) for number in numbers if "*" not in number)
    assert plain == list(range(1, 65))
    assert [number for number in numbers if "*" in number] == ["61*", "62*", "63*"]
    # References from elsewhere show the same number.
    for page in pages.values():
        for number, star, shown in re.findall(
            r'href="[^"]*#equation-eq-(\d+)(-star)?">\((\d+\*?)\)', page.html
        ):
            assert number + "*" * bool(star) == shown
    assert '#equation-eq-18">(18)' in pages["h_training"].html


def test_figures_have_alternative_text_and_captions(pages):
    figures = 0
    for name in CHAPTERS:
        page = pages[name]
        for image in page.images:
            if "_images" in image["src"]:
                figures += 1
                assert len(image["alt"]) > 60
        assert page.html.count("<figcaption>") == page.html.count("<figure ")
    assert figures >= 5


def test_solutions_are_hidden(pages):
    for name in CHAPTERS:
        html = pages[name].html
        assert html.count('class="solution dropdown admonition"') >= 1
        assert "tag_hide-cell" in html


def test_the_package_is_documented(pages):
    import w2v

    for name in w2v.__all__:
        module = getattr(w2v, name).__module__
        assert f"{module}.{name}" in pages["api"].ids, f"{name} is missing in api.md"


def test_the_picture_of_the_readme_is_that_of_the_chapter():
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        from readme_picture import PICTURE, picture
    finally:
        sys.path.remove(str(ROOT / "tools"))
    assert PICTURE.read_text(encoding="utf-8") == picture()
