"""What the book displays is what is proved: its LaTeX is read, and compared with the claims."""

import importlib
import sys
from types import SimpleNamespace

import pytest
from building import ROOT, build, small_book
from test_displayed_equations import DISPLAYED, number_of

from w2v.proof.ledger import equation, equations
from w2v.reader.claims import CONTINUED, MENDED, mismatches


@pytest.mark.parametrize(("page", "label", "latex"), DISPLAYED, ids=[d[1] for d in DISPLAYED])
def test_what_is_displayed_is_read_as_what_is_proved(page, label, latex):
    assert mismatches(number_of(label), latex) == []


def test_all_equations_are_read():
    assert {number_of(label) for _, label, _ in DISPLAYED} == {e.number for e in equations()}


@pytest.mark.parametrize(
    ("number", "old", "new"),
    [
        ("1", "1 & ", "2 & "),
        ("1", "0 & ", "1 & "),
        ("2", r"w \neq o", r"w \neq c"),
        ("3", "-1", "1"),
        ("5", r"= -\sum", r"= \sum"),
        ("5", r"\log \hat y_o", r"\log y_o"),
        ("8", "u_o", "u_w"),
        ("11", r"\left[ ", r"\left[ -"),
        ("14", r"\mid c)", r"\mid c)^2"),
        ("15", "= -", "= "),
        ("17", r"\hat{\boldsymbol y}", r"\boldsymbol y"),
        ("18", "U (", r"U^\top ("),
        ("20", r"= -\boldsymbol v_c", r"= \boldsymbol v_c"),
        ("22", r"\partial \boldsymbol u_o", r"\partial \boldsymbol u_x"),
        ("26", r"(\hat y_w - 1)", r"(\hat y_w + 1)"),
        ("27", r"\boldsymbol 0", r"\boldsymbol v_c"),
        ("29", r"+ \cdots\}", r"+ \cdots + 1 \} 2"),
        ("36", r"\boldsymbol y^\top", r"\boldsymbol y"),
        (
            "38",
            r"\boldsymbol u_w^\top \boldsymbol v_c}{\partial U}",
            r"\boldsymbol u_x^\top"
            r" \boldsymbol v_c}{\partial U}",
        ),
        ("39", r"\hat y_x", r"\hat y_w"),
        ("43", r"\hat y_o - 1", r"\hat y_o"),
        ("44", "1 - ", "1 + "),
        ("46", "1 - ", "2 - "),
        ("47", r"1 - \sigma(", r"1 - \sigma(-"),
        ("48", "(1 - ", "(2 - "),
        ("51", "{c=1}", "{s=1}"),
        ("52", "- 0", "- 1"),
        ("53", r"\partial \sigma(", r"\partial ("),
        ("54", "u_c}", "u_o}"),
        ("60", "u_m", "u_o"),
        ("61", "(1 - ", "-(1 - "),
        ("61*", "n_x", "2 n_x"),
        ("62", r", j \ne 0", ""),
        ("63", "m}, U)}", "m}, U)^2}"),
        ("64", r"\boldsymbol v_w", r"\boldsymbol v_c"),
        ("62*", "2m", "m"),
        ("63*", r"- \boldsymbol n", r"+ \boldsymbol n"),
    ],
)
def test_another_reading_is_seen(number, old, new):
    latex = equation(number).latex
    assert old in latex
    assert mismatches(number, latex.replace(old, new, 1))


@pytest.mark.parametrize("number", [each.number for each in equations()])
def test_a_factor_on_either_side_is_seen(number):
    # Without it a side that is compared with nothing would stay unseen.
    claim = equation(number)
    left, *rights = claim.full_latex.split(" = ")
    for place in range(len(rights)):
        changed = [*rights[:place], f"2 ({rights[place]})", *rights[place + 1 :]]
        if r"\begin" not in rights[place] and number != "27" and number != "64":
            assert mismatches(number, " = ".join([left, *changed]))
    if r"\cdots" not in left:
        assert mismatches(number, " = ".join([f"2 ({left})", *rights]))


def test_what_cannot_be_read_as_printed_is_listed_and_no_more():
    assert list(MENDED) == [each.number for each in equations() if each.verdict == "malformed"]
    assert list(CONTINUED) == ["46"]
    assert equation("47").head.endswith(r"\cdots")


def test_a_number_without_a_claim_is_an_error():
    with pytest.raises(KeyError, match="65"):
        mismatches("65", "x = x")


def page(sign):
    latex = equation("49").latex
    assert latex.startswith("= -")
    return f"# A page\n\n$$\n= {sign}{latex.removeprefix('= -')} .\n$$ (eq-49)\n"


def test_a_changed_sign_stops_the_build(tmp_path):
    source = small_book(tmp_path / "source", page("-"))
    sound = build(tmp_path / "built", source)
    assert sound.returncode == 0, sound.stdout[-2000:] + sound.stderr[-2000:]
    small_book(source, page("+"))
    broken = build(tmp_path / "built", source)
    said = broken.stdout + broken.stderr
    assert broken.returncode != 0
    assert "page.md" in said
    assert "equation (49)" in said
    assert "the right side is read as" in said
    # And once more, from what is remembered.
    again = build(tmp_path / "built", source)
    assert again.returncode != 0
    assert "equation (49)" in again.stdout + again.stderr


def test_a_number_without_a_claim_stops_the_build(tmp_path):
    source = small_book(tmp_path / "source", "# A page\n\n$$\nx = x\n$$ (eq-99)\n")
    broken = build(tmp_path / "built", source)
    assert broken.returncode != 0
    assert "there is no claim of this number" in broken.stdout + broken.stderr


def test_without_the_reader_the_build_says_so(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "book" / "_ext")
    readings = importlib.import_module("w2v_book.readings")
    monkeypatch.setitem(sys.modules, "w2v.reader.claims", None)
    said = []
    monkeypatch.setattr(
        readings.logger, "warning", lambda text, *more, **place: said.append(text % more)
    )
    displayed = {"page": {"readings": [("16", "u_o = U y", 3)]}}
    readings._compare(SimpleNamespace(doctreedir=tmp_path), SimpleNamespace(metadata=displayed))
    assert len(said) == 1
    assert "the displayed equations were not read" in said[0]
    assert "w2v[check]" in said[0]
