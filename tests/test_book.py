"""The book builds without a warning, and its pages keep what they promise."""

import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from building import build, build_the_book, small_book

ROOT = Path(__file__).resolve().parents[1]
CHAPTERS = sorted(path.stem for path in (ROOT / "book").glob("[a-j]_*.ipynb"))


def addresses(css):
    """What a style sheet, or a style within a page, asks the browser to load."""
    found = re.findall(r"""url\(\s*["']?([^"')]+)|@import\s+["']([^"']+)""", css)
    return [first or second for first, second in found]


def outside(loads):
    """Those of the addresses that lead to another server."""
    return [address for address in loads if re.match(r"(https?:)?//", address.strip())]


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
        for name in ("src", "poster", "data", "background"):
            if attributes.get(name):
                self.loads.append(attributes[name])
        for candidate in (attributes.get("srcset") or "").split(","):
            self.loads += candidate.split()[:1]
        if tag in ("image", "use", "feimage"):  # of a drawing
            self.loads += [attributes.get(name) for name in ("href", "xlink:href")]
            self.loads = [each for each in self.loads if each and not each.startswith("#")]
        if tag == "link" and attributes["rel"] not in ("next", "prev", "index", "search"):
            self.loads.append(attributes["href"])
        self.loads += addresses(attributes.get("style") or "")
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"])
        if tag == "img":
            self.images.append(attributes)


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    return build_the_book(tmp_path_factory.mktemp("book"))


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


def test_no_page_asks_anybody_for_anything(built):
    everything = [
        Page(path) for path in sorted(built.rglob("*.html")) if "_static" not in path.parts
    ]
    assert {"genindex.html", "search.html", "api.html"} <= {page.path.name for page in everything}
    for page in everything:
        assert not outside(page.loads), page.path.name
        assert not outside(addresses("".join(re.findall(r"<style.*?</style>", page.html, re.S))))
        for address in page.loads:
            if not address.startswith("data:"):
                file = (page.path.parent / address.split("?")[0]).resolve()
                assert file.is_file(), f"{page.path.name} misses {address}"
        scripts = "".join(re.findall(r"<script.*?</script>", page.html, re.S))
        assert not re.search(r"""["'`](https?:)?//(?!www\.w3\.org)\w""", scripts), page.path.name
    styles = [*built.rglob("*.css"), *built.rglob("*.svg")]
    assert styles
    for style in styles:
        assert not outside(addresses(style.read_text(encoding="utf-8"))), style.name


def test_no_page_holds_a_character_that_nobody_typed(pages):
    # "\b" in a text that is not raw is a backspace, and \boldsymbol a word without its b.
    for page in pages.values():
        assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", page.html), page.path.name


@pytest.mark.parametrize(
    "fault",
    [
        '<script src="https://cdn.example.org/x.js"></script>',
        '<link rel="stylesheet" href="//cdn.example.org/x.css">',
        '<link rel="preconnect" href="https://fonts.example.org">',
        '<img alt="A" src="http://example.org/x.png">',
        '<img alt="A" srcset="https://example.org/x.png 2x">',
        '<p style="background: url(https://example.org/x.png)">text</p>',
        '<video poster="https://example.org/x.png"></video>',
        '<object data="https://example.org/x.svg"></object>',
        '<img alt="A" src="x.png" srcset="x.png 1x, https://example.org/x.png 2x">',
        '<svg><image href="https://example.org/x.png"/></svg>',
        '<svg><use xlink:href="https://example.org/x.svg#a"/></svg>',
        '<iframe src="//example.org/video"></iframe>',
        '<link rel="modulepreload" href="https://example.org/x.js">',
    ],
)
def test_a_request_to_elsewhere_would_be_found(tmp_path, fault):
    (tmp_path / "page.html").write_text(f"<html><body>{fault}</body></html>")
    assert outside(Page(tmp_path / "page.html").loads)


@pytest.mark.parametrize(
    "css", ["@import 'https://example.org/x.css';", 'p {background: url( "//example.org/x.png" )}']
)
def test_a_request_of_a_style_sheet_to_elsewhere_would_be_found(css):
    assert outside(addresses(css))


def test_the_site_and_its_pages_are_small(built, pages):
    megabytes = sum(file.stat().st_size for file in built.rglob("*") if file.is_file()) / 1e6
    assert megabytes < 40
    for page in pages.values():
        # Its text, pictures, styles and scripts, but not MathJax, which comes once for all pages.
        files = {(page.path.parent / address.split("?")[0]).resolve() for address in page.loads}
        files = {page.path, *(file for file in files if file.is_file())}
        own = sum(file.stat().st_size for file in files if "mathjax" not in file.parts)
        assert own / 1e6 < 3, page.path.name


def test_only_icons_that_are_shown_are_loaded(built):
    script = (built / "_static" / "scripts" / "fontawesome.js").read_text(encoding="utf-8")
    assert "magnifying-glass" in script
    assert len(script) < 200_000


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("![A picture that is not there, in some words](missing.png)", "missing.png"),
        ("As in {eq}`eq-99`.", "eq-99"),
        ("A link to {doc}`nowhere`.", "nowhere"),
    ],
)
def test_a_fault_of_a_page_stops_the_build(tmp_path, fault, words):
    text = "# A page\n\n$$\n\\boldsymbol u_o = U \\boldsymbol y\n$$ (eq-16)\n\nAs in {eq}`eq-16`.\n"
    source = small_book(tmp_path / "source", text)
    sound = build(tmp_path / "sound", source)
    assert sound.returncode == 0, sound.stdout[-2000:] + sound.stderr[-2000:]
    small_book(source, f"{text}\n{fault}\n")
    broken = build(tmp_path / "broken", source)
    assert broken.returncode != 0
    assert words in broken.stdout + broken.stderr


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


def test_every_picture_says_in_words_what_it_shows(pages):
    for page in pages.values():
        for image in page.images:
            assert (image.get("alt") or "").strip(), f"{page.path.name}: {image.get('src')}"


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
