"""Exercises of chapter (j): right in other clothes, wrong with a sentence that helps."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from w2v.check import verdict

# --- fastest-product -----------------------------------------------------------------------------


def speedup(share, factor):
    return 1 / (1 - share + share / factor)


# --- block-size ----------------------------------------------------------------------------------


def block_costs(b, m, N, d):
    columns, pairs = b + 2 * m + N, b * (m + 1)
    return 6 * d * b * columns / pairs, 8 * d * (b + columns) / pairs, (2 * m + N) / columns


def changed(place, change):
    def costs(*world):
        found = list(block_costs(*world))
        found[place] = change(found[place], *world)
        return found

    return costs


# --- scatter -------------------------------------------------------------------------------------


def scatter(table, rows, updates):
    one_hot = rows == np.arange(len(table))[:, None]
    return table + one_hot @ updates


def scatter_sparse(table, rows, updates):
    ends = np.arange(len(rows) + 1)
    shape = len(rows), len(table)
    return table + csr_array((np.ones(len(rows)), rows, ends), shape=shape).T @ updates


def scatter_in_place(table, rows, updates):
    result = table.copy()
    np.add.at(result, rows, updates)
    return result.tolist()


def scatter_lost(table, rows, updates):
    result = table.copy()
    result[rows] += updates
    return result


# --- border-pairs --------------------------------------------------------------------------------


def near_border(k, m):
    return (m + 1) / 2 + k * (2 * m - k + 1) / (2 * m)


def near_border_summed(k, m):
    weights = [(m - delta + 1) / m for delta in range(1, m + 1)]
    return sum(weights) + sum(weights[:k])


def whole_document(T, m):
    return (m + 1) * (T - (m + 2) / 3)


def whole_document_summed(T, m):
    return sum(2 * (T - delta) * (m - delta + 1) / m for delta in range(1, m + 1))


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("fastest-product", [speedup]),
        ("fastest-product", [lambda s, f: 100 / (100 * (1 - s) + 100 * s / f)]),
        ("block-size", [block_costs]),
        ("block-size", [lambda *world: np.array(block_costs(*world))]),
        ("scatter", [scatter]),
        ("scatter", [scatter_sparse]),
        ("scatter", [scatter_in_place]),
        ("border-pairs", [near_border, whole_document]),
        ("border-pairs", [near_border_summed, whole_document_summed]),
    ],
)
def test_a_right_answer_is_right(name, answers):
    found = verdict(name, *answers)
    assert found.status == "right", found.message


@pytest.mark.parametrize(
    ("name", "answers", "message"),
    [
        ("fastest-product", [lambda s, f: 1 - s + s / f], "the time that is left"),
        ("fastest-product", [lambda s, f: 1 + s * (f - 1)], "Times add up"),
        ("fastest-product", [lambda s, f: f], "take as long as before"),
        ("fastest-product", [lambda s, f: 1 / (s + (1 - s) / f)], "the other parts became faster"),
        ("fastest-product", [lambda s, f: 1.5], "takes 50% of the time becomes 2 times"),
        ("block-size", [changed(0, lambda x, b, m, N, d: x * b * (m + 1))], "the whole block"),
        ("block-size", [changed(0, lambda x, *world: x / 3)], "three products"),
        ("block-size", [changed(1, lambda x, *world: x / 2)], "written back"),
        (
            "block-size",
            [changed(1, lambda x, b, m, N, d: 8 * d * (b + 2 * m + N) / b / (m + 1))],
            "centre vectors are fetched, too",
        ),
        (
            "block-size",
            [changed(2, lambda x, b, m, N, d: (2 * m + 1 + N) / (b + 2 * m + N))],
            "not used, although",
        ),
        ("block-size", [lambda *world: block_costs(*world)[:2]], "Three numbers are asked for"),
        ("scatter", [scatter_lost], "the repeats are lost"),
        ("scatter", [lambda t, r, u: scatter(0 * t, r, u)], "should become"),
        ("scatter", [lambda t, r, u: scatter(t, r, -u)], "subtracted"),
        ("scatter", [lambda t, r, u: scatter(t, r, u)[:, :1]], "should have shape (3, 2)"),
        ("border-pairs", [lambda k, m: m + 1, whole_document], "in the middle"),
        (
            "border-pairs",
            [lambda k, m: near_border(k, m) - (m + 1) / 2, whole_document],
            "on its right, too",
        ),
        ("border-pairs", [lambda k, m: k + m, whole_document], "its radius is random"),
        ("border-pairs", [near_border, lambda T, m: T * (m + 1)], "near both borders have fewer"),
        ("border-pairs", [near_border, lambda T, m: whole_document(T, m) / 2], "both count"),
        ("border-pairs", [near_border, lambda T, m: whole_document(T + 1, m)], "a document of 1"),
    ],
)
def test_a_wrong_answer_is_told_what_is_wrong(name, answers, message):
    found = verdict(name, *answers)
    assert found.status == "wrong"
    assert message in found.message


def test_updates_without_the_table_are_told_apart():
    def forgetful(table, rows, updates):
        return scatter(np.zeros_like(table), rows, updates)

    assert "the table's own numbers are missing" in verdict("scatter", forgetful).message


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("fastest-product", [lambda *world: None]),
        ("block-size", [lambda *world: None]),
        ("scatter", [lambda *world: None]),
        ("border-pairs", [lambda k, m: None, lambda T, m: None]),
        ("border-pairs", [near_border, lambda T, m: None]),
    ],
)
def test_no_answer_is_missing(name, answers):
    assert verdict(name, *answers).status == "missing"
