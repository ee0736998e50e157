"""The whole book as one PDF, and a page that a reader prints."""

import io
import os
import re
import shutil
import subprocess
import sys
from collections import Counter

import pypdf
import pytest
from building import ROOT

A4 = (595, 842)  # points
PRINTED = [str(number) for number in range(1, 65)] + ["61*", "62*", "63*"]


class Printed:
    """A PDF, taken apart."""

    def __init__(self, content):
        self.pdf = pypdf.PdfReader(io.BytesIO(content))
        self.pages = [self._texts(page) for page in self.pdf.pages]  # (x, y, text) each
        self.places = {
            name.removeprefix("/"): self.pdf.get_destination_page_number(place)
            for name, place in self.pdf.named_destinations.items()
        }
        self.outline = list(self._outline(self.pdf.outline))  # (title, page, y) each

    def _texts(self, page):
        found = []

        def visit(text, matrix, text_matrix, font, size):
            if text.strip():
                x, y = text_matrix[4:]
                a, b, c, d, e, f = matrix
                found.append((x * a + y * c + e, x * b + y * d + f, text.strip()))

        page.extract_text(visitor_text=visit)
        return found

    def _outline(self, entries):
        for entry in entries:
            if isinstance(entry, list):
                yield from self._outline(entry)
            else:
                page = self.pdf.get_destination_page_number(entry)
                yield plain(entry.title), page, float(entry.top)

    def links(self, page):
        """Yield the links of a page: (rectangle, what it links to)."""
        for reference in self.pdf.pages[page].get("/Annots", ()):
            annotation = reference.get_object()
            if annotation["/Subtype"] == "/Link":
                target = annotation.get("/Dest") or annotation["/A"].get("/URI")
                yield [float(side) for side in annotation["/Rect"]], target

    def elements(self):
        """Yield the elements of the structure that programs for the ear read."""
        waiting = [self.pdf.root_object["/StructTreeRoot"]["/K"]]
        while waiting:
            node = waiting.pop().get_object()
            if isinstance(node, pypdf.generic.ArrayObject):
                waiting.extend(node)
            elif isinstance(node, pypdf.generic.DictionaryObject):
                yield node
                if "/K" in node:
                    waiting.append(node["/K"])


def plain(title):
    """Leave of a title what is neither space nor formula."""
    return re.sub(r"\s|\\\(.*?\\\)", "", title)


@pytest.fixture(scope="module")
def book(site):
    """The joined document."""
    from joined_book import joined

    return joined(site)


@pytest.fixture(scope="module")
def printed(chromium, site):
    from print_book import print_book

    return Printed(print_book(chromium, site))


def chapters(book):
    """The chapters' first headings, in order."""
    return [section.find(re.compile("^h[12]$")) for section in book.select(".book-chapter")]


def chapter_pages(book, printed):
    """On which pages each chapter is, by the chapter's name."""
    names = [section["id"] for section in book.select(".book-chapter")]
    starts = [printed.places[name] for name in names]
    ends = [*starts[1:], printed.places["solutions"]]
    return {name: range(*pages) for name, *pages in zip(names, starts, ends, strict=True)}


def test_every_equation_has_its_number_once_where_the_web_has_it(book, printed):
    on_the_web = [
        (section["id"], number.get_text())
        for section in book.select(".book-chapter")
        for number in section.select(".eqno")
    ]
    assert sorted(number for _, number in on_the_web) == sorted(f"({n})" for n in PRINTED)
    on_paper = []
    for chapter, pages in chapter_pages(book, printed).items():
        for page in pages:
            boxes = [box for box, _ in printed.links(page)]
            numbers = [
                (-y, text)
                for x, y, text in printed.pages[page]
                if re.fullmatch(r"\(\d+\*?\)", text)
                and x > 0.8 * A4[0]
                and not any(a - 1 <= x <= c and b - 1 <= y <= d for a, b, c, d in boxes)
            ]
            on_paper.extend((chapter, text) for _, text in sorted(numbers))
    assert on_paper == on_the_web


def test_every_link_leads_somewhere(book, printed):
    inside, outside = Counter(), set()
    for page in range(len(printed.pages)):
        for _, target in printed.links(page):
            if target.startswith("/"):
                inside[target.removeprefix("/")] += 1
            else:
                outside.add(target)
    assert set(inside) <= set(printed.places)
    links = {link["href"] for link in book.select("body a[href]")}
    assert set(inside) == {link[1:] for link in links if link.startswith("#")}
    outer = {link for link in links if not link.startswith("#")}
    assert {link.rstrip("/") for link in outside} == {link.rstrip("/") for link in outer}
    assert all(re.match(r"https?://(?!book\.invalid)", link) for link in outside)


def test_the_outline_has_every_chapter_and_section(book, printed):
    headings = [plain(heading.get_text()) for heading in book.select(":is(h1, h2, h3, h4, h5, h6)")]
    titles = [title for title, _, _ in printed.outline]
    assert len(titles) == len(headings)
    for title, heading in zip(titles, headings, strict=True):
        assert title.startswith(heading[:10]) or heading in title
    pages = [page for _, page, _ in printed.outline]
    assert pages == sorted(pages)


def test_every_chapter_starts_a_page(book, printed):
    pages = chapter_pages(book, printed).values()
    for heading, numbers in zip(chapters(book), pages, strict=True):
        title = plain(heading.get_text())
        texts = printed.pages[numbers.start]
        below = [(-y, x, text) for x, y, text in texts if y < A4[1] - 50]  # the running head
        page = "".join(plain(text) for _, _, text in sorted(below))
        assert page.startswith(title)
        assert max(y for _, y, _ in texts if y < A4[1] - 50) > A4[1] - 110


def test_the_page_is_a4_and_no_text_leaves_it(printed):
    for number, page in enumerate(printed.pdf.pages):
        assert (round(page.mediabox.width), round(page.mediabox.height)) == A4
        for x, y, text in printed.pages[number]:
            assert 60 < x < A4[0] - 60, (number, text)
            assert 20 < y < A4[1] - 20, (number, text)


def test_every_image_and_formula_is_there_and_has_words(book, printed):
    figures = [element for element in printed.elements() if element.get("/S") == "/Figure"]
    assert all(figure.get("/Alt") for figure in figures)
    found = Counter(figure["/Alt"] for figure in figures)
    images = Counter(image["alt"] for image in book.select("img"))
    assert images
    assert images <= found
    formulas = len(book.select(".math"))
    drawings = len(book.select("svg[role=img]"))
    assert sum(found.values()) == sum(images.values()) + formulas + drawings


def test_the_fonts_are_in_the_file(printed):
    fonts = [
        font.get_object()
        for page in printed.pdf.pages
        for font in page["/Resources"].get("/Font", {}).values()
    ]
    # Those of type 3 are drawings.
    embedded = [font for font in fonts if font["/Subtype"] != "/Type3"]
    assert embedded
    for font in embedded:
        descendant = font.get("/DescendantFonts", [font])[0].get_object()
        files = {"/FontFile", "/FontFile2", "/FontFile3"}
        assert files & set(descendant["/FontDescriptor"]), font["/BaseFont"]


def test_title_author_and_language_but_no_date(printed):
    assert dict(printed.pdf.metadata) == {
        "/Title": "word2vec, every equation proved",
        "/Author": "The w2v authors",
    }
    assert printed.pdf.root_object["/Lang"] == "en-GB"


def test_the_numbers_of_pages_are_right(book, printed):
    texts = [" ".join(text for _, _, text in page) for page in printed.pages]
    contents = re.sub(r"\s", "", " ".join(texts[1 : printed.places["intro"]]))
    for heading, page in zip(chapters(book), chapter_pages(book, printed).values(), strict=True):
        assert f"{plain(heading.get_text())}{page.start + 1}" in contents
    said = [
        int(number) - 1 for page in texts for number in re.findall(r"Solution: page\s+(\d+)", page)
    ]
    solutions = [printed.places[link["href"][1:]] for link in book.select(".book-solution-link a")]
    assert len(solutions) >= 14
    assert said == solutions


def test_solutions_are_at_the_end_with_their_programs(book):
    assert not book.select(".book-chapter .solution, .book-chapter .tag_hide-cell")
    end = book.select_one("#solutions")
    assert len(end.select(".solution")) == len(book.select(".exercise"))
    assert len(end.select(".tag_hide-cell")) >= 10
    for solution in end.select(".solution"):
        exercise = book.find(id=solution.select_one("a")["href"][1:])
        assert exercise.select_one(".book-solution-link a")["href"] == f"#{solution['id']}"


CONFIG = "title: A small book\nauthor: Nobody\n"
TOC = """\
root: book/intro
parts:
  - caption: The part
    chapters:
      - file: book/one
      - file: book/two
"""
PAGE = """\
<html><head>
<link rel="stylesheet" media="print" href="../_static/print.css"/>
<script>window.MathJax = {{"options": {{}}}}</script>
<script defer="defer" src="../_static/mathjax/tex-svg-full.js"></script>
</head><body><article><section id="top"><h1>{title}<a class="headerlink" href="#top">#</a></h1>
{body}</section></article></body></html>
"""
BODIES = {
    "intro": '<p>See <a href="two.html">two</a> and <a href="../genindex.html">all</a>.</p>',
    "one": '<h2 id="x">X</h2><p>See <a href="two.html#x">X of two</a>.</p>',
    "two": '<h2 id="x">Y</h2><div class="math" id="e"><span class="eqno">(7)</span>\\[a\\]</div>',
}


@pytest.fixture
def small(site, tmp_path, monkeypatch):
    """A function that writes a book of three pages, some of them another, and names its folder."""
    import joined_book

    monkeypatch.setattr(joined_book, "ROOT", tmp_path)
    (tmp_path / "_config.yml").write_text(CONFIG)
    (tmp_path / "_toc.yml").write_text(TOC)
    built = tmp_path / "html"
    (built / "book").mkdir(parents=True)
    (built / "_static" / "mathjax").mkdir(parents=True)
    for name in ("print.css", "mathjax/tex-svg-full.js"):
        shutil.copy(site / "_static" / name, built / "_static" / name)

    def write(**bodies):
        for name, body in (BODIES | bodies).items():
            page = PAGE.format(title=name.title(), body=body)
            (built / "book" / f"{name}.html").write_text(page, encoding="utf-8")
        return built

    return write


def test_two_printings_are_the_same_bytes(chromium, small):
    from print_book import print_book

    built = small()
    assert print_book(chromium, built) == print_book(chromium, built)


def test_american_paper(chromium, small):
    from print_book import print_book

    sizes = {
        tuple(round(float(side)) for side in page.mediabox[2:])
        for page in Printed(print_book(chromium, small(), "Letter")).pdf.pages
    }
    assert sizes == {(612, 791)}


def test_places_of_one_name_on_two_pages_stay_apart(small):
    from joined_book import joined

    book = joined(small())
    ids = [element["id"] for element in book.select("[id]")]
    assert len(ids) == len(set(ids))
    links = {link.get_text(): link.get("href") for link in book.select(".book-chapter a")}
    assert links == {"two": "#two", "all": None, "X of two": "#two--x"}


def test_ids_in_drawings_stay_together(small):
    from joined_book import joined

    drawing = '<svg><clipPath id="c"></clipPath><g clip-path="url(#c)"><use href="#c"/></g></svg>'
    book = joined(small(one=drawing, two=drawing))
    for name in ("one", "two"):
        svg = book.select_one(f"#{name} svg")
        assert svg.clippath["id"] == f"{name}--c"
        assert svg.g["clip-path"] == f"url(#{name}--c)"
        assert svg.use["href"] == f"#{name}--c"


def test_what_is_folded_on_the_screen_is_open_on_paper(small):
    from joined_book import joined

    folded = '<details class="hide"><summary>Show</summary><pre>x</pre></details>'
    own = "<details><summary>More</summary><p>y</p></details>"
    one = joined(small(one=folded + own)).select_one("#one")
    assert [details["open"] for details in one.select("details")] == [""]
    assert list(one.stripped_strings) == ["One", "x", "More", "y"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('<a href="two.html#none">dead</a>', "book/intro.html.*two.html#none.*not there"),
        ('<a href="#top-">dead</a>', "book/intro.html.*#top-.*not there"),
        ('<div class="solution" id="s">?</div>', "book/intro.html.*name its exercise"),
        (r"\(a^b^c\)", r"intro: not TeX: a\^b\^c"),
        (r"\(\nosuch\)", r"intro: not TeX: \\nosuch"),
        ('<img alt="" src="../_static/gone.png"/>', "not in the book: .*gone.png"),
        ('<img alt="" src="https://example.org/x.png"/>', "not in the book: https://example"),
        ('<p style="width: 2000px">wide</p>', "intro: <p> is too wide: wide"),
        ('<p style="overflow: hidden; white-space: nowrap">' + "w " * 999, "too wide: w w"),
    ],
)
def test_what_is_wrong_is_said(chromium, small, body, words):
    from joined_book import BookError
    from print_book import PrintError, print_book

    with pytest.raises((BookError, PrintError), match=f"(?s){words}"):
        print_book(chromium, small(intro=body))


def test_a_page_that_was_not_built(small):
    from joined_book import joined

    built = small()
    (built / "book" / "two.html").unlink()
    with pytest.raises(FileNotFoundError, match=r"two\.html has not been built.*make book"):
        joined(built)


def test_wide_things_are_made_to_fit(chromium, small):
    from print_book import print_book

    columns = "<td>wide_wide_wide</td>" * 20
    bodies = {
        "one": f"<pre>{'x' * 105}</pre><pre>{'y' * 500}</pre><table><tr>{columns}</tr></table>",
        "two": r'<div class="math">\[' + "a + " * 90 + r"b\]</div>",
    }
    printed = Printed(print_book(chromium, small(**bodies)))
    texts = [text for page in printed.pages for _, _, text in page]
    assert "x" * 105 in texts
    assert not any("y" * 250 in text for text in texts)
    assert sum(text.count("y") for text in texts if set(text) == {"y"}) == 500
    assert sum(text.count("wide_wide_wide") for text in texts) == 20
    for page in printed.pages:
        assert all(60 < x < A4[0] - 60 for x, _, _ in page)


def test_without_a_browser_it_says_what_to_install(site):
    result = subprocess.run(
        [sys.executable, ROOT / "tools" / "print_book.py", "--built", site],
        env=os.environ | {"W2V_CHROMIUM": "/nowhere/chromium"},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert "Install one" in result.stderr
    assert "/nowhere/chromium" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_page_that_a_reader_prints(reader, theme):
    tab = reader(theme=theme).open("book/b_center_vector.html")
    read = "document.documentElement.dataset.theme"
    before = tab.evaluate(read)
    tab.emulate_media(media="print")
    tab.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    try:
        assert tab.evaluate(read) == "light"
        for selector in (".bd-sidebar-primary", ".prev-next-footer", ".copybtn", ".toggle-button"):
            assert tab.locator(selector).first.is_hidden(), selector
        assert tab.locator("h2").first.is_visible()
        colours = tab.evaluate(
            "[...document.querySelectorAll('article p, article pre')]"
            ".map((e) => getComputedStyle(e).color)"
        )
        dark = [sum(map(int, re.findall(r"\d+", colour)[:3])) < 300 for colour in colours]
        assert all(dark)
    finally:
        tab.evaluate("window.dispatchEvent(new Event('afterprint'))")
        tab.emulate_media(media="screen")
    assert tab.evaluate(read) == before
