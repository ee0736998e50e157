"""Exercises of the page on one's own text: right in other clothes, wrong with a helping word."""

import numpy as np
import pytest

from w2v.check import verdict

# --- command -------------------------------------------------------------------------------------

REST = "--column text --tokenizer unicode --dimension 50 --min-count 3"


# --- min-count -----------------------------------------------------------------------------------


def largest_min_count(counts, share):
    counts = np.sort(counts)[::-1]
    enough = np.cumsum(counts) >= share * counts.sum()
    return counts[enough.argmax()]


def by_trying(counts, share):
    best = 1
    for threshold in range(1, max(counts) + 1):
        if sum(c for c in counts if c >= threshold) >= share * sum(counts):
            best = threshold
    return float(best)


def by_words(counts, share):
    thresholds = range(1, counts.max() + 1)
    return max(t for t in thresholds if (counts >= t).mean() >= share)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("command", f"w2v train reviews.csv -o v.txt.gz {REST}"),
        (
            "command",
            "$ w2v train --output=out/v.vec.gz --min-count=3 --dimension=50 --tokenizer=unicode "
            "'reviews.csv' --column=text --workers 2 -q",
        ),
        ("min-count", largest_min_count),
        ("min-count", by_trying),
    ],
)
def test_a_right_answer_is_right(name, answer):
    found = verdict(name, answer)
    assert found.status == "right", found.message


@pytest.mark.parametrize(
    ("name", "answer", "message"),
    [
        ("command", f"w2v learn reviews.csv -o v.txt.gz {REST}", "begins with `w2v train`"),
        ("command", "", "begins with `w2v train`"),
        ("command", "w2v train 'reviews.csv", "a shell would not understand"),
        ("command", f"w2v train review.csv -o v.txt.gz {REST}", "the command reads review.csv"),
        ("command", f"w2v train -o v.txt.gz {REST}", "reads nothing"),
        ("command", f"w2v train reviews.csv -o v.txt.gz {REST[14:]}", "which column"),
        (
            "command",
            "w2v train reviews.csv -o v.txt.gz --column text --dimension 50 --min-count 3",
            "becomes d, j, ferm",
        ),
        (
            "command",
            f"w2v train reviews.csv -o v.txt.gz {REST.replace('unicode', 'spaces')}",
            "becomes «, Déjà",
        ),
        ("command", f"w2v train reviews.csv -o v.txt.gz {REST[:-2]}", "requires an argument"),
        ("command", f"w2v train reviews.csv -o v.txt.gz {REST} --epoch five", "No such option"),
        ("command", f"w2v train reviews.csv -o v.txt.gz {REST} --help", "shows the help"),
        (
            "command",
            f"w2v train reviews.csv -o v.txt.gz {REST.replace('50', '5')}",
            "--dimension should be 50, but is 5",
        ),
        (
            "command",
            f"w2v train reviews.csv -o v.txt.gz {REST.replace(' 3', ' 4')}",
            "--min-count should be 3",
        ),
        ("command", f"w2v train reviews.csv {REST}", "which only NumPy reads"),
        ("command", f"w2v train reviews.csv -o v.txt {REST}", "packed with gzip"),
        ("command", f"w2v train reviews.csv -o v.npz {REST}", "one of word2vec's"),
        ("command", 3, "a text in quotes"),
        ("min-count", by_words, "for that share of the words"),
        ("min-count", lambda *world: largest_min_count(*world) + 1, "exactly `min_count` times"),
        ("min-count", lambda counts, share: 1, "can be 3, which keeps 90%"),
        ("min-count", lambda counts, share: share, "should be a whole number"),
    ],
)
def test_a_wrong_answer_is_told_what_is_wrong(name, answer, message, capsys):
    found = verdict(name, answer)
    assert found.status == "wrong"
    assert message.lower() in found.message.lower()


@pytest.mark.parametrize(
    ("name", "answer"), [("command", ...), ("min-count", lambda counts, share: None)]
)
def test_no_answer_is_missing(name, answer):
    assert verdict(name, answer).status == "missing"
