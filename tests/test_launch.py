"""Buttons that open a chapter elsewhere: all from one setting, and none without it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from sphinx.errors import ConfigError

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "book/_ext"))

from w2v_book import launch  # noqa: E402

ADDRESS = "https://github.com/example/w2v"


def build(folder, address="", lite=""):
    """Build a book of two pages, with these two settings."""
    book = folder / "book"
    book.mkdir(parents=True)
    for name in ("run.md", "a_cross_entropy.ipynb", "references.bib"):
        shutil.copy(ROOT / "book" / name, book)
    for name in ("_ext", "_static"):
        shutil.copytree(ROOT / "book" / name, book / name)
    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    settings["repository"]["url"] = address
    settings["sphinx"]["config"]["w2v_lite"] = lite
    (folder / "_config.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    toc = {"format": "jb-book", "root": "book/run", "chapters": [{"file": "book/a_cross_entropy"}]}
    (folder / "_toc.yml").write_text(yaml.safe_dump(toc), encoding="utf-8")
    command = "from jupyter_book.cli.main import main; main()"
    result = subprocess.run(
        [sys.executable, "-c", command, "build", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    assert result.returncode == 0, result.stdout
    return Pages(folder / "_build" / "html" / "book")


class Pages:
    def __init__(self, folder):
        self.run = (folder / "run.html").read_text(encoding="utf-8")
        self.chapter = (folder / "a_cross_entropy.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def without(tmp_path_factory):
    """As the settings are in the repository."""
    return build(tmp_path_factory.mktemp("without"))


@pytest.fixture(scope="module")
def with_both(tmp_path_factory):
    return build(tmp_path_factory.mktemp("with"), ADDRESS + ".git/", "lite")


@pytest.fixture(scope="module")
def on_gitlab(tmp_path_factory):
    """On a service that Colab cannot read, with the other setting as an address."""
    address = "https://gitlab.com/example/w2v"
    folder = tmp_path_factory.mktemp("gitlab")
    return build(folder, address, "https://example.org/lite/")


def buttons(page):
    """The links at the head of a page, but for those to its own parts and file."""
    head = page[page.index('class="header-article') : page.index("<article")]
    return [link for link in re.findall(r'href="([^#].*?)"', head) if "_sources" not in link]


def test_no_address_is_configured():
    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    assert settings["repository"]["url"] == ""
    assert settings["sphinx"]["config"]["w2v_lite"] == ""


def test_without_an_address_there_is_no_button(without):
    for page in (without.run, without.chapter):
        assert buttons(page) == []
        assert "executablebooks" not in page  # Jupyter Book's own address
        assert "launch-buttons" not in page


def test_without_an_address_the_page_says_how_to_set_it(without):
    assert "does not say where its repository is" in without.run
    assert "git+" not in without.run
    assert "button with the rocket" not in without.run


def test_a_chapter_has_every_button(with_both):
    notebook = "book/a_cross_entropy.ipynb"
    assert buttons(with_both.chapter) == [
        f"https://mybinder.org/v2/gh/example/w2v/main?urlpath=lab/tree/{notebook}",
        f"https://colab.research.google.com/github/example/w2v/blob/main/{notebook}",
        "../lite/lab/index.html?path=a_cross_entropy.ipynb",
        ADDRESS,
        f"{ADDRESS}/blob/main/{notebook}",
    ]


def test_a_page_that_does_not_run_has_only_its_source(with_both):
    assert buttons(with_both.run) == [
        ADDRESS,
        f"{ADDRESS}/blob/main/book/run.md?plain=1",
    ]


def test_the_page_has_the_cell_for_colab(with_both):
    assert f'%pip install "w2v[chapters] @ git+{ADDRESS}"' in with_both.run
    assert "does not say where" not in with_both.run


def test_the_pictures_on_the_buttons_are_there(with_both):
    for name in ("binder", "colab", "jupyterlite"):
        assert re.search(rf'src="\.\./_static/images/logo_{name}\.\w+"', with_both.chapter)


def test_the_buttons_load_nothing_from_elsewhere(with_both):
    for page in (with_both.run, with_both.chapter):
        loads = re.findall(r'<(?:script|img|iframe)[^>]*\ssrc="(.*?)"', page)
        loads += re.findall(r'<link[^>]*\shref="(.*?)"', page)
        assert not [load for load in loads if re.match(r"(https?:)?//", load)]


def test_colab_is_not_offered_what_it_cannot_open(on_gitlab):
    assert "mybinder.org/v2/gl/example%2Fw2v/main" in on_gitlab.chapter
    assert "colab" not in on_gitlab.chapter.lower()
    assert "git+" not in on_gitlab.run


def test_jupyterlite_may_be_anywhere(on_gitlab):
    address = "https://example.org/lite/lab/index.html?path=a_cross_entropy.ipynb"
    assert address in buttons(on_gitlab.chapter)


def test_jupyterlite_needs_no_repository(tmp_path):
    page = build(tmp_path, lite="lite/").chapter
    assert buttons(page) == ["../lite/lab/index.html?path=a_cross_entropy.ipynb"]


@pytest.mark.parametrize(
    "address",
    [
        "github.com/example/w2v",
        "http://github.com/example/w2v",
        "https://example.org/example/w2v",
        "https://github.com/w2v",
        "https://github.com/example/w2v/tree/main",
        "https://github.com/example/w 2v",
    ],
)
def test_an_address_that_would_not_work_is_refused(address):
    config = SimpleNamespace(html_theme_options={"repository_url": address})
    with pytest.raises(ConfigError, match="must look like https://github") as said:
        launch._configure(SimpleNamespace(tags=set()), config)
    assert repr(address) in str(said.value)


def test_binder_gets_the_locked_packages_and_the_settings():
    binder = ROOT / ".binder"
    lines = (binder / "requirements.txt").read_text().split()
    assert lines == ["-r", "../requirements.lock"]
    assert (binder / lines[1]).resolve() == ROOT / "requirements.lock"
    script = binder / "postBuild"
    if sys.platform != "win32":
        assert script.stat().st_mode & 0o111, "git update-index --chmod=+x .binder/postBuild"
    text = script.read_text()
    assert "pip install --no-deps --no-build-isolation" in text
    for path in re.findall(r"tools/lab[\w/.]*", text):
        assert (ROOT / path).exists()
    minor = int(re.fullmatch(r"python-3\.(\d+)\n", (binder / "runtime.txt").read_text())[1])
    assert 11 <= minor <= 14
