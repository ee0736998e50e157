"""The whole book as an EPUB."""

import io
import posixpath
import re
import zipfile
from urllib.parse import unquote, urldefrag
from xml.etree import ElementTree

import pytest

HTML = "{http://www.w3.org/1999/xhtml}"
MATHML = "{http://www.w3.org/1998/Math/MathML}"
OPF = "{http://www.idpf.org/2007/opf}"


@pytest.fixture(scope="module")
def book(site):
    """The joined document."""
    from joined_book import joined

    return joined(site)


@pytest.fixture(scope="module")
def files(chromium, site):
    from epub_book import epub_files

    return epub_files(chromium, site)


@pytest.fixture(scope="module")
def package(files):
    return ElementTree.fromstring(files["book.opf"])


@pytest.fixture(scope="module")
def pages(files, package):
    """The pages in the order in which they are read, parsed as strictly as XML is."""
    names = {item.get("id"): item.get("href") for item in package.iter(f"{OPF}item")}
    order = [names[item.get("idref")] for item in package.iter(f"{OPF}itemref")]
    return {name: ElementTree.fromstring(files[name]) for name in order}


def test_the_kind_of_file_comes_first_and_nothing_has_a_date(files, tmp_path):
    from epub_book import pack

    path = tmp_path / "book.epub"
    pack(files, path)
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        assert archive.read("mimetype") == b"application/epub+zip"
    assert (entries[0].filename, entries[0].compress_type) == ("mimetype", zipfile.ZIP_STORED)
    assert {entry.date_time[0] for entry in entries} == {1980}
    assert path.read_bytes()[30:58] == b"mimetypeapplication/epub+zip"


def test_every_file_is_listed_once(files, package):
    listed = [item.get("href") for item in package.iter(f"{OPF}item")]
    assert sorted([*listed, "book.opf", "mimetype", "META-INF/container.xml"]) == sorted(files)


def test_the_chapters_are_read_in_order(book, pages):
    chapters = [f"{section['id']}.xhtml" for section in book.select(".book-chapter")]
    assert list(pages) == ["contents.xhtml", *chapters, "solutions.xhtml"]


def test_what_a_page_holds_is_said_of_it(files, package):
    for item in package.iter(f"{OPF}item"):
        if item.get("href").endswith(".xhtml"):
            said = set(item.get("properties", "").split())
            content = files[item.get("href")].decode()
            assert ("mathml" in said) == ("<math" in content)
            assert ("svg" in said) == ("<svg" in content)
            assert ("nav" in said) == (item.get("href") == "contents.xhtml")


def test_every_equation_has_its_number_and_its_formula(book, pages):
    numbers = [
        "".join(number.itertext())
        for page in pages.values()
        for number in page.iter(f"{HTML}span")
        if number.get("class") == "eqno"
    ]
    assert numbers == [number.get_text() for number in book.select(".eqno")]
    formulas = [formula for page in pages.values() for formula in page.iter(f"{MATHML}math")]
    assert len(formulas) == len(book.select(".math"))
    assert all(formula.get("alttext") for formula in formulas)
    for page in pages.values():
        assert not list(page.iter(f"{MATHML}merror"))
        assert not re.search(r"\\[(\[]", "".join(page.find(f"{HTML}head/{HTML}title").itertext()))


def test_bold_letters_have_codes_of_their_own(pages):
    texts = {e.text for page in pages.values() for e in page.iter() if e.tag.startswith(MATHML)}
    italic = "\N{MATHEMATICAL BOLD ITALIC SMALL V}\N{MATHEMATICAL BOLD ITALIC SMALL U}"
    assert {*italic, "\N{MATHEMATICAL BOLD DIGIT ZERO}", "U"} <= texts
    for page in pages.values():
        assert not [e for e in page.iter() if (e.get("mathvariant") or "").startswith("bold")]
        for formula in page.iter(f"{MATHML}math"):
            if formula.get("alttext") == r"\boldsymbol v_c":
                assert "".join(formula.itertext()).split() == [italic[0], "c"]


def test_every_link_and_image_leads_somewhere(files, pages):
    ids = {name: {e.get("id") for e in page.iter() if e.get("id")} for name, page in pages.items()}
    assert all(ids.values())
    checked = 0
    for name, page in pages.items():
        for element in page.iter():
            source = element.get("src") or (element.tag == f"{HTML}link" and element.get("href"))
            if source and not source.startswith("data:"):
                assert posixpath.normpath(source) in files
            target = element.tag == f"{HTML}a" and element.get("href")
            if target and not target.startswith(("http:", "https:")):
                file, place = urldefrag(target)
                assert not place or unquote(place) in ids[file or name], (name, target)
                checked += 1
    assert checked > 500


def test_drawings_are_strict_and_ask_for_nothing(files):
    drawings = [content.decode() for name, content in files.items() if name.endswith(".svg")]
    assert drawings
    for drawing in drawings:
        assert "<!DOCTYPE" not in drawing
        paths = ElementTree.fromstring(drawing).iter("{http://www.w3.org/2000/svg}path")
        assert all("d" in path.attrib for path in paths)


def test_what_belongs_to_a_screen_or_to_paper_is_not_there(files):
    for name, content in files.items():
        if name.endswith(".xhtml"):
            text = content.decode()
            assert not re.search(r"<script|<button|headerlink|Solution: page|book-page", text), name
            assert "<style" not in text.split("<body>")[1], name  # EPUB wants it in the head


def test_two_writings_are_the_same_bytes(chromium, site, files):
    from epub_book import epub_files, pack

    first, second = io.BytesIO(), io.BytesIO()
    pack(files, first)
    pack(epub_files(chromium, site), second)
    assert first.getvalue() == second.getvalue()
