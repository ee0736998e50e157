"""Print the book as one PDF: its built pages, joined, typeset and printed by a browser.

python tools/print_book.py                    the pages of _build/html, as _build/w2v.pdf
python tools/print_book.py --paper Letter     on American paper
"""

import argparse
import io
import json
import logging
import re
import sys
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pypdf
from bs4 import BeautifulSoup
from chromium import NoChromiumError, launch
from joined_book import LANGUAGE, ROOT, BookError, joined

PAPERS = {"A4": (210, 297), "Letter": (216, 279)}  # width and height: millimetres
MARGIN = 23  # on all sides: millimetres
PIXELS = 96 / 25.4  # of CSS, in a millimetre
ADDRESS = "http://book.invalid/"  # of the joined pages; no network has it
SCRIPT = Path(__file__).with_suffix(".js")


class PrintError(RuntimeError):
    """The book cannot be printed as it should be; the message says what is wrong where."""


def print_book(browser, built, paper="A4"):
    """Print the book.

    Parameters
    ----------
    browser : playwright.sync_api.Browser
    built : Path
        The folder ``_build/html``.
    paper : str, default "A4"
        One of `PAPERS`.

    Returns
    -------
    bytes
        A PDF; the same pages and the same browser give the same bytes.

    Raises
    ------
    FileNotFoundError, BookError
        From `joined_book.joined`.
    PrintError
        If a file is missing, a formula is not understood, or something is wider than the page.
    """
    book = joined(built)
    dress(book, built, paper)
    add_mathematics(book, built)
    # As wide as the text on paper, so that what is measured is what will be printed.
    width, height = (int((side - 2 * MARGIN) * PIXELS) for side in PAPERS[paper])
    with browser.new_page(viewport={"width": width, "height": height}) as page:
        page.emulate_media(media="print")
        show(page, book, built)
        page.add_script_tag(path=SCRIPT)
        problems = page.evaluate("printing.prepare()")
        if problems:
            raise PrintError("the book is not fit to print:\n  " + "\n  ".join(problems))
        printed = print_with_page_numbers(page)
    return without_what_varies(printed, book)


def print_with_page_numbers(page):
    """Print, see on which page everything is, say so in the text, and print again."""
    settings = {"prefer_css_page_size": True, "outline": True, "tagged": True}
    said = {}
    for _ in range(4):  # numbers take room: they may move what they tell of
        printed = page.pdf(**settings)
        places = page_numbers(pypdf.PdfReader(io.BytesIO(printed)))
        if places == said:
            return printed
        page.evaluate("places => printing.fillPageNumbers(places)", places)
        said = places
    raise PrintError("the numbers of the pages do not settle")


def dress(book, built, paper):
    """Give the joined document the styles of the pages, and paper."""
    url, page = first_page(book, built)
    for link in page.select("link[rel~=stylesheet]"):
        link["href"] = urljoin(url, link["href"])
        book.head.append(link)
    style = book.new_tag("style")
    style.string = page_rules(book, paper)
    book.head.append(style)
    book.html.attrs |= {"data-theme": "light", "data-mode": "light"}


def add_mathematics(book, built, **more):
    """Give the joined document the pages' script and settings of MathJax, and more settings."""
    url, page = first_page(book, built)
    for configuration in page.select("script"):
        settings = re.match(
            r"window\.MathJax\s*=\s*(\{.*\})\s*;?\s*$", configuration.string or "", re.DOTALL
        )
        if settings:
            break
    else:
        raise PrintError(f"{url} has no settings of MathJax")
    configuration.string = f"window.MathJax = {json.dumps(json.loads(settings[1]) | more)}"
    script = page.select_one("script[src*=mathjax]")
    script["src"] = urljoin(url, script["src"])
    book.head.extend([configuration, script])


def first_page(book, built):
    """Return the address of the first page, and the page as it was built."""
    url = book.select_one(".book-chapter")["data-page"]
    return url, BeautifulSoup((built / url).read_text(encoding="utf-8"), "html.parser")


def page_rules(book, paper):
    """Write the rules of CSS for the paper: its size, and a running head for each chapter."""
    width, height = PAPERS[paper]
    rules = [
        f"@page {{ size: {width}mm {height}mm; margin: {MARGIN}mm; }}",
        f"@page {{ @top-left {{ content: {json.dumps(book.title.string)}; }} }}",
        "@page { @bottom-center { content: counter(page); } }",
        "@page title { @top-left { content: none; } @bottom-center { content: none; } }",
        "#title { page: title; }",
    ]
    for section in book.select("#contents, .book-chapter, #solutions"):
        heading = section.find(re.compile("^h[12]$")).get_text()
        heading = json.dumps("" if heading == book.title.string else heading, ensure_ascii=False)
        rules.append(f"#{section['id']} {{ page: {section['id']}; }}")
        rules.append(f"@page {section['id']} {{ @top-right {{ content: {heading}; }} }}")
    return "\n".join(rules)


def show(page, book, built):
    """Open the joined document; every file comes from `built`, and nothing from elsewhere."""
    refused = []

    def serve(route):
        address = urlsplit(route.request.url)
        file = built / unquote(address.path).lstrip("/")
        if not route.request.url.startswith(ADDRESS) or not (address.path == "/" or file.is_file()):
            refused.append(route.request.url)
            route.abort()
        elif address.path == "/":
            route.fulfill(body=str(book), content_type="text/html; charset=utf-8")
        else:
            route.fulfill(path=file)

    page.route("**/*", serve)
    page.goto(ADDRESS)
    if refused:
        raise PrintError("the pages ask for what is not in the book: " + ", ".join(refused))


def page_numbers(pdf):
    """Return the number of the page on which each place is to which something links."""
    return {
        unquote(name.removeprefix("/")): pdf.get_destination_page_number(place) + 1
        for name, place in pdf.named_destinations.items()
    }


def without_what_varies(printed, book):
    """Rewrite a PDF with the book's title and author, and without dates and versions."""
    logging.getLogger("pypdf").setLevel(logging.ERROR)  # it remarks that it added objects
    pdf = pypdf.PdfWriter(clone_from=io.BytesIO(printed))
    pdf.metadata = {
        "/Title": book.title.string,
        "/Author": book.select_one("meta[name=author]")["content"],
    }
    pdf.root_object[pypdf.generic.NameObject("/Lang")] = pypdf.generic.TextStringObject(LANGUAGE)
    result = io.BytesIO()
    pdf.write(result)
    return result.getvalue()


def main():
    """Print the built book and say where it is."""
    parser = argparse.ArgumentParser(description="Print the built book as one PDF.")
    parser.add_argument("--paper", choices=PAPERS, default="A4")
    parser.add_argument("--built", type=Path, default=ROOT / "_build" / "html")
    parser.add_argument("--output", type=Path, default=ROOT / "_build" / "w2v.pdf")
    arguments = parser.parse_args()
    try:
        with launch() as browser:
            printed = print_book(browser, arguments.built, arguments.paper)
    except (BookError, FileNotFoundError, NoChromiumError, PrintError) as error:
        sys.exit(f"print_book.py: {error}")
    arguments.output.write_bytes(printed)
    pages = len(pypdf.PdfReader(io.BytesIO(printed)).pages)
    print(f"The book is ready: {arguments.output}, {pages} pages, {len(printed) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
