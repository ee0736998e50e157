"""Text from the documentation of packages, and everything that can go wrong."""

import importlib
import random
import shutil
import sys
import tempfile

import pytest

import w2v.documentation
from w2v import Corpus, documentation_corpus, tokenize
from w2v.documentation import prose

# --- prose -------------------------------------------------------------------------------------


def test_prose_drops_examples_up_to_the_next_blank_line():
    text = "Before.\n\n>>> hidden(1)\nhidden\n... hidden\n\nAfter.\n    >>> hidden\n    hidden"
    words = tokenize(prose(text))
    assert words == ["before", "after"]


def test_prose_drops_literal_blocks_and_nothing_after_them():
    text = (
        "Like this::\n\n    hidden = 1\n\n      hidden\n    hidden::\nBetween\n"
        "  deeper::\n\n    hidden\n  back::\n    hidden\nend"
    )
    words = tokenize(prose(text))
    assert words == ["like", "this", "between", "deeper", "back", "end"]


# --- documentation_corpus ----------------------------------------------------------------------


class FakePackage:
    """A package on `sys.path` that is made of text and, if wanted, has a version."""

    def __init__(self, site, name):
        self.site, self.name = site, name
        self.folder = site / name
        self.folder.mkdir(parents=True)
        self.write("__init__.py", "")

    def write(self, file, source):
        path = self.folder / file
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(source if isinstance(source, bytes) else source.encode())
        importlib.invalidate_caches()

    def release(self, version):
        for old in self.site.glob("*.dist-info"):
            shutil.rmtree(old)
        info = self.site / f"{self.name}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {self.name}\nVersion: {version}\n"
        )
        (info / "top_level.txt").write_text(f"{self.name}\n")
        importlib.invalidate_caches()


@pytest.fixture
def package(tmp_path, monkeypatch):
    package = FakePackage(tmp_path / "site", "w2v_test_fake")
    monkeypatch.syspath_prepend(package.site)
    return package


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


def documents(package, cache):
    corpus = documentation_corpus([package.name], cache=cache, progress=False)
    assert isinstance(corpus, Corpus)
    return sorted(" ".join(document) for document in corpus)


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_every_docstring_is_a_document_and_nothing_else_is(package, cache):
    package.write("__init__.py", '"""The Package."""\nNAME = "not a docstring"  # nor a comment\n')
    package.write(
        "inner/deep.py",
        'class A:\n    """A class."""\n\n    def f(self):\n        """A method.\n\n'
        '        With two paragraphs.\n        """\n        "not a docstring"\n\n'
        "async def g():\n    '''An async function.'''\n    def h():\n        'Nested.'\n",
    )
    package.write("notes.txt", "not a module")
    assert documents(package, cache) == [
        "a class",
        "a method with two paragraphs",
        "an async function",
        "nested",
        "the package",
    ]


def test_examples_and_literal_blocks_are_left_out(package, cache):
    package.write(
        "__init__.py",
        '"""Adds.\n\n>>> hidden(1)\nhidden\n\nUse it like::\n\n    hidden = 1\n\nThe end.\n"""\n',
    )
    assert documents(package, cache) == ["adds use it like the end"]


def test_a_repeated_docstring_is_one_document(package, cache):
    package.write("a.py", '"""Same."""\ndef f():\n    """Same."""\n')
    package.write("b.py", '"""Same."""\ndef f():\n    """Other."""\n')
    assert documents(package, cache) == ["other", "same"]


@pytest.mark.parametrize(
    "source",
    [
        b'"""hidden"""\ndef (:\n',
        b'"""hidden"""\nprint "python 2"\n',
        b'"""hidden \xff"""\n',
        b'"""hidden"""\n\x00',
        b'# coding: klingon\n"""hidden"""\n',
    ],
    ids=["syntax", "python 2", "not UTF-8", "null byte", "unknown coding"],
)
def test_a_file_that_does_not_parse_is_skipped(package, cache, source):
    package.write("a.py", source)
    package.write("b.py", '"""Fine."""\n')
    assert documents(package, cache) == ["fine"]


def test_other_peoples_warnings_are_not_shown(package, cache, recwarn):
    package.write("a.py", '"""A bad \\escape."""\n')
    assert documents(package, cache) == ["a bad escape"]
    assert not recwarn


def test_sources_are_read_and_never_imported(package, cache):
    package.write("__init__.py", '"""Safe."""\nraise SystemExit("it was imported")\n')
    package.write("__main__.py", '"""Also safe."""\nraise SystemExit("it was imported")\n')
    assert documents(package, cache) == ["also safe", "safe"]
    assert package.name not in sys.modules


def test_several_packages_make_one_corpus(tmp_path, package, cache):
    other = FakePackage(tmp_path / "site", "w2v_test_other")
    package.write("a.py", '"""One."""\n"""Hidden."""\ndef f():\n    """Shared."""\n')
    other.write("a.py", '"""Two."""\ndef f():\n    """Shared."""\n')
    corpus = documentation_corpus((package.name, other.name), cache=cache, progress=False)
    assert sorted(map(tuple, corpus)) == [("one",), ("shared",), ("two",)]
    assert documents(other, cache) == ["shared", "two"]  # another choice, another file


def test_the_second_call_reads_the_kept_file(package, cache):
    package.write("a.py", '"""Old."""\n')
    assert documents(package, cache) == ["old"]
    before = files(cache)
    times = {path: path.stat().st_mtime_ns for path in cache.iterdir()}
    package.write("a.py", '"""New, but of the same version."""\n')
    assert documents(package, cache) == ["old"]
    assert files(cache) == before
    assert {path: path.stat().st_mtime_ns for path in cache.iterdir()} == times


def test_a_new_version_is_read_anew(package, cache):
    package.release("1.0")
    package.write("a.py", '"""One."""\n')
    assert documents(package, cache) == ["one"]
    package.release("2.0")
    package.write("a.py", '"""Two."""\n')
    assert documents(package, cache) == ["two"]
    package.release("1.0")
    assert documents(package, cache) == ["one"]  # that of version 1.0 was kept


def damage_by_cutting(cache):
    for path in cache.glob("*.txt"):
        path.write_bytes(path.read_bytes()[:10])


def damage_by_emptying(cache):
    for path in cache.glob("*.txt"):
        path.write_bytes(b"")


def damage_by_garbage(cache):
    for path in cache.glob("*.txt"):
        path.write_bytes(random.Random(0).randbytes(path.stat().st_size))


def damage_by_one_letter(cache):
    for path in cache.glob("*.txt"):
        path.write_bytes(path.read_bytes().replace(b"of", b"if"))


def damage_by_removing_the_text(cache):
    for path in cache.glob("*.txt"):
        path.unlink()


def damage_by_removing_the_checksum(cache):
    for path in cache.iterdir():
        if path.suffix != ".txt":
            path.unlink()


def damage_of_the_checksum(cache):
    for path in cache.iterdir():
        if path.suffix != ".txt":
            path.write_bytes(b"\xff\x00garbage")


@pytest.mark.parametrize(
    "damage",
    [
        damage_by_cutting,
        damage_by_emptying,
        damage_by_garbage,
        damage_by_one_letter,
        damage_by_removing_the_text,
        damage_by_removing_the_checksum,
        damage_of_the_checksum,
    ],
)
def test_a_damaged_cache_is_made_anew(package, cache, damage):
    package.write("a.py", '"""The old words of the package."""\n')
    documents(package, cache)
    before = files(cache)
    damage(cache)
    assert files(cache) != before
    package.write("a.py", '"""The new words of the package."""\n')
    assert documents(package, cache) == ["the new words of the package"]
    package.write("a.py", '"""Not looked at."""\n')
    assert documents(package, cache) == ["the new words of the package"]  # and is whole again


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, MemoryError])
def test_an_interrupted_extraction_leaves_nothing_behind(package, cache, monkeypatch, interruption):
    for name in "abc":
        package.write(f"{name}.py", f'"""Text of {name}."""\n')
    seen = []

    def interrupted(text):
        seen.append(text)
        if len(seen) == 2:
            raise interruption
        return tokenize(text)

    with monkeypatch.context() as patch:
        patch.setattr(w2v.documentation, "tokenize", interrupted)
        with pytest.raises(interruption):
            documents(package, cache)
    assert len(seen) == 2
    assert files(cache) == {}
    assert documents(package, cache) == ["text of a", "text of b", "text of c"]


def test_an_interrupted_rebuilding_leaves_nothing_that_is_taken_for_whole(
    package, cache, monkeypatch
):
    package.write("a.py", '"""Old words."""\n')
    documents(package, cache)
    damage_by_one_letter(cache)
    damage_of_the_checksum(cache)
    package.write("a.py", '"""New words."""\n')

    def interrupted(*args, **options):
        raise KeyboardInterrupt

    for owner, name in ((w2v.documentation.os, "replace"), (w2v.documentation.Path, "write_text")):
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, interrupted)
            with pytest.raises(KeyboardInterrupt):
                documents(package, cache)
        assert not list(cache.glob("*.part"))
    assert documents(package, cache) == ["new words"]


def test_the_unfinished_file_stands_beside_the_finished_one(package, cache, monkeypatch, tmp_path):
    """Files cannot be renamed from one file system to another."""
    package.write("a.py", '"""Words."""\n')
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "absent"))
    assert documents(package, cache) == ["words"]


def test_the_cache_folder_may_come_from_the_environment(package, tmp_path, monkeypatch):
    package.write("a.py", '"""Words."""\n')
    monkeypatch.setenv("W2V_CACHE", str(tmp_path / "some" / "where"))
    assert documents(package, None) == ["words"]
    assert files(tmp_path / "some" / "where")


def test_the_cache_argument_goes_before_the_environment(package, cache, tmp_path, monkeypatch):
    package.write("a.py", '"""Words."""\n')
    monkeypatch.setenv("W2V_CACHE", str(tmp_path / "elsewhere"))
    documents(package, str(cache))
    assert files(cache)
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("name", ["w2v_no_such_package", "not a name", "w2v.corpus", ""])
def test_a_missing_package_is_an_error_that_names_it(cache, name):
    with pytest.raises(ModuleNotFoundError, match=repr(name)):
        documentation_corpus([name], cache=cache)


def test_a_module_of_one_file_is_no_package(package, cache):
    (package.site / "w2v_test_module.py").write_text('"""Hidden."""')
    importlib.invalidate_caches()
    with pytest.raises(ModuleNotFoundError, match="'w2v_test_module'"):
        documentation_corpus(["w2v_test_module"], cache=cache)


@pytest.mark.parametrize("packages", [[], ()])
def test_no_packages_are_an_error(cache, packages):
    with pytest.raises(ValueError, match="packages"):
        documentation_corpus(packages, cache=cache)


def test_one_name_in_place_of_a_list_is_refused(cache):
    """It would be taken letter by letter."""
    with pytest.raises((TypeError, ValueError), match="packages"):
        documentation_corpus("numpy", cache=cache)


def test_the_text_is_the_same_for_every_python(tmp_path, monkeypatch):
    """NumPy brings its build tools along only where Python itself has none any more."""
    package = tmp_path / "pretended"
    (package / "distutils" / "command").mkdir(parents=True)
    (package / "__init__.py").write_text('"""Kept words."""')
    (package / "distutils" / "__init__.py").write_text('"""Dropped words."""')
    (package / "distutils" / "command" / "build.py").write_text('"""Dropped, too."""')
    monkeypatch.syspath_prepend(tmp_path)
    corpus = documentation_corpus(["pretended"], cache=tmp_path / "cache", progress=False)
    assert list(corpus) == [["kept", "words"]]
