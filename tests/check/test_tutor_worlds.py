"""What the tutor takes for right is what the book proves, in every world that it uses."""

import numpy as np
import pytest

import w2v
from w2v.check.tutor.mistakes import mistakes_of
from w2v.check.tutor.worlds import EXTREME, GIVEN_PAIR, ORDINARY, small_worlds, truth
from w2v.proof import C, J_negative, J_softmax, U, evaluate, grad, over, u, v
from w2v.proof.word2vec import V, c, context, m


def every(part, small=12):
    return [*ORDINARY[part], *EXTREME[part], *list(small_worlds(part))[:small]]


def values(world):
    return {"U": world.U.T, "v": world.v, "o": world.o}


def as_floats(result):
    return np.asarray(result, dtype=object).astype(float)


def assert_truth(part, world, loss, center, outside):
    found = truth(part, world)
    for name, proved in (("loss", loss), ("center", center), ("outside", outside)):
        right = as_floats(proved)
        assert found[name].shape == right.shape
        scale = max(1, np.abs(right).max())
        assert np.abs(found[name] - right).max() <= 1e-12 * scale


@pytest.mark.parametrize("number", range(len(every("b"))))
def test_softmax_worlds_have_the_proved_gradients(number):
    world = every("b")[number]
    digits = 900 if np.abs(world.U).max() > 99 else 30
    proved = [evaluate(x, digits, **values(world)) for x in (J_softmax, grad(J_softmax, v))]
    table = evaluate(grad(J_softmax, U), digits, **values(world)).T
    assert_truth("b", world, *proved, table)


@pytest.mark.parametrize("number", range(len(every("e"))))
def test_sampling_worlds_have_the_proved_gradients(number):
    world = every("e")[number]
    digits = 900 if np.abs(world.U).max() > 99 else 30
    given = values(world) | {"negatives": list(world.negatives)}
    proved = [evaluate(x, digits, **given) for x in (J_negative, grad(J_negative, v))]
    assert_truth("e", world, *proved, evaluate(grad(J_negative, U), digits, **given).T)


def window_loss():
    from sympy import exp, log

    def pair(word):
        vector = C[:, c]
        return -(u(word).T @ vector) + log(over(V, lambda x: exp(u(x).T @ vector)))

    return over(m, lambda j: pair(context(j)), start=-m) + over(
        m, lambda j: pair(context(j)), start=1
    )


@pytest.mark.parametrize("number", [0, 1])
def test_windows_have_the_proved_gradients(number):
    world = ORDINARY["f"][number]
    words, J = world.context, window_loss()
    half = len(words) // 2
    places = [j for j in range(-half, half + 1) if j]
    given = {"U": world.U.T, "C": world.C.T, "c": world.c}
    given["context"] = dict(zip(places, words, strict=True))
    found = truth("f", world)
    np.testing.assert_allclose(found["loss"], evaluate(J, **given), rtol=1e-12)
    for name, table in (("center", C), ("outside", U)):
        proved = np.asarray(evaluate(grad(J, table), **given)).T
        np.testing.assert_allclose(found[name], proved, rtol=1e-9, atol=1e-12)


def test_the_package_agrees():
    for world in every("b", small=40):
        found = w2v.naive_softmax(world.v, world.o, world.U)
        for value, right in zip(found, truth("d", world).values(), strict=True):
            np.testing.assert_allclose(value, right, rtol=1e-12, atol=1e-12)
    for world in every("e", small=40):
        found = w2v.negative_sampling(world.v, world.o, world.U, world.negatives)
        for value, right in zip(found, truth("e", world).values(), strict=True):
            np.testing.assert_allclose(value, right, rtol=1e-12, atol=1e-12)
    for world in every("f", small=40):
        found = w2v.skip_gram(world.c, world.context, world.C, world.U)
        for value, right in zip(found, truth("f", world).values(), strict=True):
            np.testing.assert_allclose(value, right, rtol=1e-12, atol=1e-12)


def test_worlds_can_tell_rows_from_columns_and_hold_what_is_special():
    for part in "bcdef":
        assert all(len(set(world.U.shape)) == 2 for world in ORDINARY[part])
        assert all(min(world.U.shape) > 1 for world in ORDINARY[part])
    drawn = [world.negatives for world in ORDINARY["e"]]
    assert any(len(set(words)) < len(words) for words in drawn)
    assert any(world.o in world.negatives for world in ORDINARY["e"])
    windows = ORDINARY["f"]
    assert any(len(set(world.context)) < len(world.context) for world in windows)
    assert any(world.c in world.context for world in windows)
    assert GIVEN_PAIR.drawn_for


def results(mistake, worlds):
    with np.errstate(all="ignore"):
        return [mistake.results(world) for world in worlds]


def same(one, other):
    return np.shape(one) == np.shape(other) and np.allclose(
        one, other, rtol=1e-4, atol=1e-4, equal_nan=True
    )


#: Of these the first result is that of the second, too; the others tell them apart.
ALIKE = {
    frozenset({"wrong-axis", "y-for-y-hat"}),  # both take y_hat_o for 1
    frozenset({"score-of-outside-word", "outside-word-for-all"}),
    frozenset({"score-of-last-negative", "last-negative-for-all"}),
    frozenset({"repeats-dropped", "repeats-lost"}),
    frozenset({"outside-word-skipped", "outside-word-overwritten"}),
    frozenset({"center-of-outside-word", "center-of-outside-word-own-row"}),
    frozenset({"roles-exchanged", "roles-exchanged-own-row"}),
    frozenset({"own-row-only", "only-the-word-seen"}),
}


@pytest.mark.parametrize("part", ["a", "b", "d", "e", "f", "sigmoid"])
def test_the_worlds_tell_all_mistakes_apart(part):
    worlds = ORDINARY[part]
    spoilt = {mistake: results(mistake, worlds) for mistake in mistakes_of(part)}
    for mistake, found in spoilt.items():
        for name in found[0]:
            if not any(np.isfinite(one[name]).any() for one in found):
                continue
            right = [truth(part, world)[name] for world in worlds]
            unseen = mistake.name in ("outside-word-not-redrawn", "given-loss-unused")
            agrees = all(same(one[name], r) for one, r in zip(found, right, strict=True))
            assert agrees == unseen, (mistake.name, name)
            for other, others in spoilt.items():
                if other.name == mistake.name or name not in others[0] or unseen:
                    continue
                if frozenset({mistake.name, other.name}) in ALIKE:
                    continue
                pairs = zip(found, others, strict=True)
                assert not all(same(a[name], b[name]) for a, b in pairs), (mistake.name, other.name)


def test_there_are_many_mistakes_and_they_read_well():
    names = {(part, each.name) for part in "abcdef" for each in mistakes_of(part)}
    assert len({name for _, name in names}) >= 100
    for part in "abcdef":
        for mistake in mistakes_of(part):
            assert mistake.says.endswith(".")
            assert not mistake.says[0].isupper()


@pytest.mark.parametrize("part", ["a", "b", "d", "e", "f", "sigmoid"])
def test_every_mistake_leads_to_an_equation_and_a_section_of_the_book(part):
    import re
    from pathlib import Path

    import nbformat

    book = Path(__file__).resolve().parents[2] / "book"
    for mistake in mistakes_of(part):
        page, label = mistake.link.split(".html#equation-")
        source = "\n".join(
            cell.source
            for cell in nbformat.read(book / f"{page}.ipynb", as_version=4).cells
            if cell.cell_type == "markdown"
        )
        assert f"({label})" in source, mistake.link
        section = re.search("“(.*)”", mistake.place)[1]
        assert re.search(rf"^## {re.escape(section)}", source, re.MULTILINE), section
