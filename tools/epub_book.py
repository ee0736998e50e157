"""Write the book as an EPUB: its built pages, joined, with their formulas as MathML.

python tools/epub_book.py                     the pages of _build/html, as _build/w2v.epub
"""

import argparse
import html
import mimetypes
import re
import sys
import uuid
import zipfile
from pathlib import Path

import yaml
from chromium import NoChromiumError, launch
from joined_book import LANGUAGE, ROOT, BookError, joined
from playwright.sync_api import Error
from print_book import PrintError, add_mathematics, show

SCRIPT = Path(__file__).with_suffix(".js")
STYLE = """\
pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: 0.75em; }
.eqno { float: right; }
figure { margin: 1em 0; break-inside: avoid; }
img, svg { max-width: 100%; height: auto; }
.admonition { border-left: 0.2em solid; padding-left: 0.8em; margin: 1em 0; }
.admonition-title { font-weight: bold; }
.cell_output { margin-left: 1em; }
td, th { padding: 0.2em 0.5em; text-align: left; vertical-align: top; }
"""
CONTAINER = """\
<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="book.opf" media-type="application/oebps-package+xml"/>
</rootfiles></container>
"""
PAGE = """\
<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" \
lang="{language}" xml:lang="{language}">
<head><title>{title}</title><link rel="stylesheet" type="text/css" href="book.css"/>{styles}</head>
<body>{body}</body>
</html>
"""
PACKAGE = """\
<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="book" \
xml:lang="{language}">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="book">urn:uuid:{identifier}</dc:identifier>
<dc:title>{title}</dc:title>
<dc:creator>{author}</dc:creator>
<dc:language>{language}</dc:language>
<meta property="dcterms:modified">{year}-01-01T00:00:00Z</meta>
</metadata>
<manifest>
{manifest}
</manifest>
<spine>
{spine}
</spine>
</package>
"""


def epub_files(browser, built):
    """Make the files of the EPUB.

    Parameters
    ----------
    browser : playwright.sync_api.Browser
    built : Path
        The folder ``_build/html``.

    Returns
    -------
    dict of str to bytes
        Contents by name, in the order in which they are packed; the same pages and the same
        browser give the same bytes.

    Raises
    ------
    FileNotFoundError, BookError, PrintError
        As in `print_book.print_book`.
    """
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    book = joined(built)
    for number in book.select(".book-page"):  # pages are made by whoever reads
        number.decompose()
    for link in book.select(".book-solution-link a"):
        link.string = "Solution"
    styles = {
        section["id"]: "".join(_strict_style(style.extract()) for style in section.select("style"))
        for section in book.select("#contents, .book-chapter, #solutions")
    }
    add_mathematics(book, built, startup={"typeset": False})
    sections = _typeset(browser, book, built)
    homes = {
        place: f"{name}.xhtml"
        for name, _, body in sections
        for place in re.findall(r'\bid="([^"]+)"', body)
    }
    for part in book.select(".book-part"):  # a part begins with its first chapter
        homes[part["id"]] = f"{part.select_one('.book-chapter')['id']}.xhtml"
    files = {"mimetype": b"application/epub+zip", "META-INF/container.xml": CONTAINER}
    for name, title, body in sections:
        files[f"{name}.xhtml"] = PAGE.format(
            language=LANGUAGE,
            title=html.escape(title),
            styles=styles[name],
            body=_relinked(body, homes),
        )
    files["book.css"] = (built / "_static" / "pygments.css").read_text(encoding="utf-8") + STYLE
    for image in sorted({image["src"] for image in book.select("img")}):
        files[image] = (built / image).read_bytes()
        if image.endswith(".svg"):
            files[image] = _strict_drawing(files[image].decode())
    files["book.opf"] = _package(files, config)
    return {
        name: content.encode() if isinstance(content, str) else content
        for name, content in files.items()
    }


def _typeset(browser, book, built):
    """Return the name, the title and the XHTML of the contents and each chapter."""
    with browser.new_page() as page:
        show(page, book, built)
        page.add_script_tag(path=SCRIPT)
        try:
            sections = page.evaluate("chapters()")
        except Error as error:
            raise PrintError(str(error).splitlines()[0]) from None
    (_, title, contents), *chapters = sections
    contents = contents.replace("<nav ", '<nav epub:type="toc" ', 1)
    return [("contents", title, contents), *chapters]


def _strict_style(style):
    """Return a drawing's style for the head, where EPUB wants it, without :has, as it wants it."""
    rules = re.sub(r"[^{}]*:has\([^{}]*\{[^{}]*\}", "", style.string)
    return f"<style>{html.escape(rules, quote=False)}</style>"


def _strict_drawing(svg):
    """Leave out what Matplotlib writes and an EPUB may not have: a DTD, paths of nothing."""
    svg = re.sub(r"<!DOCTYPE.*?>", "", svg, flags=re.DOTALL)
    return re.sub(r"<path(?![^>]*\sd=)", '<path d=""', svg)


def _relinked(body, homes):
    """Let links lead to the file in which their place is."""
    return re.sub(r'\bhref="#([^"]+)"', lambda link: f'href="{_address(link[1], homes)}"', body)


def _address(place, homes):
    """A part or a chapter is a file's beginning."""
    home = homes[place]
    return home if place.startswith("part-") else f"{home}#{place}"


def _package(files, config):
    """Write what the EPUB is, what is in it and in which order it is read."""
    items = [name for name in files if name != "mimetype" and not name.startswith("META-INF")]
    pages = [name for name in files if name.endswith(".xhtml")]
    return PACKAGE.format(
        language=LANGUAGE,
        title=html.escape(config["title"]),
        author=html.escape(config["author"]),
        year=config["copyright"],
        identifier=uuid.uuid5(uuid.NAMESPACE_OID, config["title"]),
        manifest="\n".join(_item(name, files[name]) for name in items),
        spine="\n".join(f'<itemref idref="{_identifier(name)}"/>' for name in pages),
    )


def _item(name, content):
    properties = []
    if name == "contents.xhtml":
        properties.append("nav")
    if name.endswith(".xhtml"):
        properties += [
            kind for kind, tag in (("mathml", "<math"), ("svg", "<svg")) if tag in content
        ]
    kind = "application/xhtml+xml" if name.endswith(".xhtml") else mimetypes.guess_type(name)[0]
    extra = f' properties="{" ".join(properties)}"' if properties else ""
    return f'<item id="{_identifier(name)}" href="{name}" media-type="{kind}"{extra}/>'


def _identifier(name):
    return "file-" + re.sub(r"\W", "-", name)


def pack(files, path):
    """Write an EPUB: the kind of file first and not compressed, and no time of writing."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)


def main():
    """Write the EPUB and say where it is."""
    parser = argparse.ArgumentParser(description="Write the built book as an EPUB.")
    parser.add_argument("--built", type=Path, default=ROOT / "_build" / "html")
    parser.add_argument("--output", type=Path, default=ROOT / "_build" / "w2v.epub")
    arguments = parser.parse_args()
    try:
        with launch() as browser:
            files = epub_files(browser, arguments.built)
    except (BookError, FileNotFoundError, NoChromiumError, PrintError) as error:
        sys.exit(f"epub_book.py: {error}")
    pack(files, arguments.output)
    print(f"The book is ready: {arguments.output}, {arguments.output.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
