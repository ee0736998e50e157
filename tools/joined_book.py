"""Join the built pages into one document: for paper, and for whatever else is read as a whole.

The order and the parts are those of ``_toc.yml``. Every ``id`` gets its page's name in
front, links from page to page become links within the document, and the solutions move
to the end, each linked with its exercise.
"""

import copy
import re
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urljoin, urlsplit

import yaml
from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parents[1]
LANGUAGE = "en-GB"
# They mean something only where pages are clicked.
ON_SCREEN_ONLY = (
    "a.headerlink, a:has(> .viewcode-link), .w2v-player-controls, .toctree-wrapper, "
    "script, noscript, button, details.hide > summary"
)
ID_REFERENCES = ("aria-controls", "aria-describedby", "aria-labelledby", "for", "headers")


class BookError(ValueError):
    """The built pages cannot be joined; the message names the page and the cause."""


def joined(built):
    """Join the pages of a built book.

    Parameters
    ----------
    built : Path
        The folder ``_build/html``.

    Returns
    -------
    bs4.BeautifulSoup
        A document with ``<title>`` and author, whose images are given relative to `built`.
        Each page is a ``section.book-chapter`` whose id is the page's name. An empty
        ``span.book-page`` holds the place of the number of the page of paper on which
        ``data-place`` is.

    Raises
    ------
    FileNotFoundError
        If a page of ``_toc.yml`` has not been built.
    BookError
        If a link leads to a page's place that does not exist, or a solution names no exercise.
    """
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    parts = {
        part["caption"]: [chapter["file"] for chapter in part["chapters"]] for part in toc["parts"]
    }
    names = [toc["root"], *(name for chapters in parts.values() for name in chapters)]
    pages = {name: _Page(built, name) for name in names}
    for page in pages.values():
        page.localise({page.url: page for page in pages.values()})

    solutions = _element("section", _element("h1", "Solutions"), id="solutions")
    for page in pages.values():
        solutions.extend(page.take_solutions())
    body = _element("body", pages[toc["root"]].chapter(level=1), class_="w2v-book")
    for number, (caption, chapters) in enumerate(parts.items(), 1):
        part = _element("section", _element("h1", caption), id=f"part-{number}")
        part["class"] = "book-part"
        part.extend([pages[name].chapter(level=2) for name in chapters])
        body.append(part)
    body.append(solutions)
    body.insert(0, _contents(body))
    body.insert(0, _title_page(config))
    head = _element("head", _element("meta", charset="utf-8"), _element("title", config["title"]))
    head.append(_element("meta", name="author", content=config["author"]))
    book = BeautifulSoup("<!DOCTYPE html>", "html.parser")
    book.append(_element("html", head, body, lang=LANGUAGE))
    return book


class _Page:
    """One page: its article, and what its places are called in the joined document."""

    def __init__(self, built, name):
        path = built / f"{name}.html"
        if not path.is_file():
            raise FileNotFoundError(f"{path} has not been built: run `make book` first")
        self.url = f"{name}.html"
        self.stem = PurePosixPath(name).name
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        self.article = soup.find("article")
        for element in self.article.select(ON_SCREEN_ONLY):
            element.decompose()
        for details in self.article.select("details"):
            if "hide" in details.get("class", ()):
                details.unwrap()
            else:
                details["open"] = ""
        self.ids = {element["id"] for element in self.article.select("[id]")}

    def place(self, identifier):
        """Return the id in the joined document of a place on this page."""
        return f"{self.stem}--{identifier}" if identifier else self.stem

    def localise(self, pages):
        """Turn ids, links and files' addresses into the joined document's; `pages` by address."""
        for element in self.article.find_all(True):
            if element.get("id"):
                element["id"] = self.place(element["id"])
            for name in ID_REFERENCES:
                if element.get(name):
                    element[name] = " ".join(map(self.place, element[name].split()))
            for name in ("href", "xlink:href"):
                if element.get(name):
                    self._relink(element, name, pages)
            if element.get("src") and not element["src"].startswith("data:"):
                element["src"] = urljoin(self.url, element["src"])
            for name, value in element.attrs.items():
                # In drawings it refers to gradients, clips and markers.
                if isinstance(value, str) and "url(#" in value:
                    element[name] = self._localised(value)
            if element.name == "style":
                element.string = self._localised(element.string)

    def _localised(self, style):
        """Rename the ids that a style speaks of; what else has a # is a colour."""
        return re.sub(
            r"#([\w-]+)",
            lambda match: "#" + (self.place(match[1]) if match[1] in self.ids else match[1]),
            style,
        )

    def _relink(self, element, name, pages):
        """Point a link into the joined document; outside links stay, others become text."""
        target = urlsplit(urljoin(self.url, element[name]))
        if target.scheme:
            return
        page, fragment = pages.get(unquote(target.path)), unquote(target.fragment)
        if page is None:
            del element[name]  # the index, a download, a page of source code: not in the book
        elif fragment and fragment not in page.ids:
            raise BookError(f"{self.url} links to {element[name]!r}, which is not there")
        else:
            element[name] = "#" + page.place(fragment)

    def chapter(self, level):
        """Return the page as a section whose first heading has this level."""
        for heading in self.article.find_all(re.compile("^h[1-6]$")):
            heading.name = f"h{min(int(heading.name[1]) + level - 1, 6)}"
        section = _element("section", *list(self.article.children), id=self.stem)
        section.attrs |= {"class": "book-chapter", "data-page": self.url}
        return section

    def take_solutions(self):
        """Move the solutions out of the page; leave at each exercise where to find it."""
        solutions = self.article.select(".solution")
        if not solutions:
            return []
        heading = _element("a", *_copied(self.article.h1), href=f"#{self.stem}")
        section = _element("section", _element("h2", heading), id=self.place("solutions"))
        for solution in solutions:
            link = solution.select_one(".admonition-title a[href]")
            exercise = link and self.article.find(id=link["href"][1:])
            if not exercise:
                raise BookError(f"{self.url}: a solution does not name its exercise")
            found = _element("a", "Solution: page ", _page_number(solution["id"]))
            found["href"] = f"#{solution['id']}"
            exercise.append(_element("p", found, class_="book-solution-link"))
            section.extend([element.extract() for element in _with_hidden_cells(solution)])
        return [section]


def _with_hidden_cells(solution):
    """List a solution and the hidden cells that follow it: its program."""
    found = [solution]
    for sibling in solution.find_next_siblings():
        if "tag_hide-cell" not in sibling.get("class", ()):
            break
        found.append(sibling)
    return found


def _title_page(config):
    return _element(
        "section",
        _element("p", config["title"], class_="book-title"),
        _element("p", config["author"], class_="book-author"),
        id="title",
    )


def _contents(body):
    """List parts, chapters and their sections."""
    contents = _element("nav", _element("h1", "Contents"), id="contents")
    entries = _element("ol")
    for element in body.find_all("section", recursive=False):
        entries.append(_entry(element, depth=3))
    contents.append(entries)
    return contents


def _entry(section, depth):
    """Return a section's line, with those of the sections in it as far as `depth` levels."""
    heading = section.find(re.compile("^h[1-6]$"))
    link = _element("a", _element("span", *_copied(heading)), _page_number(section["id"]))
    link["href"] = f"#{section['id']}"
    entry = _element("li", link)
    if depth > 1:
        inner = [_entry(child, depth - 1) for child in _subsections(section)]
        if inner:
            entry.append(_element("ol", *inner))
    return entry


def _subsections(section):
    """List the sections directly below; a chapter is wrapped twice."""
    found = section.find_all("section", recursive=False)
    if "book-chapter" in section.get("class", ()):
        return found[0].find_all("section", recursive=False)
    return found


def _copied(heading):
    """Copy what a heading says, without links: the copies are links themselves."""
    heading = copy.copy(heading)
    for link in heading.select("a"):
        link.unwrap()
    return list(heading.children)


def _page_number(place):
    return _element("span", class_="book-page", data_place=place)


def _element(tag, *children, **attributes):
    """Make an element; ``class_`` is class, ``data_place`` is data-place."""
    names = {name: name.rstrip("_").replace("_", "-") for name in attributes}
    element = BeautifulSoup("", "html.parser").new_tag(tag)
    element.attrs = {names[name]: value for name, value in attributes.items()}
    element.extend(children)
    return element
