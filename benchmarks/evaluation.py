"""Word vectors judged by w2v and by gensim, on every test set of a folder.

    python benchmarks/evaluation.py VECTORS.npz FOLDER [--restrict 30000]

The figures must agree: a difference is an error of one of the two, or of rounding.
"""

import argparse
import tempfile
import time
from pathlib import Path

from common import print_table
from gensim.models import KeyedVectors

import w2v
from w2v.evaluate import read_analogies, read_pairs


class Multiplying(KeyedVectors):
    """Gensim's evaluation with products: it calls `most_similar`, whatever one asks it for."""

    def most_similar(self, *args, **options):  # noqa: D102
        return self.most_similar_cosmul(*args, **options)


def keyed(vectors, kind=KeyedVectors, words=None):
    """The first words of the vectors, as gensim has them."""
    result = kind(vectors.center.shape[1], dtype=vectors.center.dtype)
    result.add_vectors(vectors.words[:words], vectors.center[:words])
    return result


def test_sets(folder):
    """Name, reader and path of each file that is a test set."""
    for path in sorted(folder.iterdir()):
        for kind, reader in (("pairs", read_pairs), ("analogies", read_analogies)):
            try:
                reader(path)
            except (ValueError, OSError):
                continue
            yield path, kind
            break
        else:
            print(f"{path.name} is left out: it holds neither pairs with scores nor analogies")


def timed(function, *args, **options):
    start = time.perf_counter()
    return function(*args, **options), time.perf_counter() - start


def judge_pairs(vectors, path):
    """A row of the table: Spearman's correlation."""
    ours, seconds = timed(w2v.similarity, vectors, path)
    with tempfile.TemporaryDirectory() as folder:
        # In gensim's one layout.
        rewritten = Path(folder) / "pairs.tsv"
        rewritten.write_text("".join("\t".join(map(str, pair)) + "\n" for pair in read_pairs(path)))
        (_, theirs, _), their_seconds = timed(keyed(vectors).evaluate_word_pairs, str(rewritten))
    covered = f"{ours.pairs}/{ours.total}"
    return [(path.name, covered, ours.correlation, theirs.statistic, seconds, their_seconds)]


def judge_analogies(vectors, path, restrict, method):
    """A row of the table for each section, and one for them all: the share of right answers."""
    ours, seconds = timed(w2v.analogies, vectors, path, restrict, method)
    judge = keyed(vectors, Multiplying if method == "multiply" else KeyedVectors, restrict)
    (_, sections), their_seconds = timed(
        judge.evaluate_word_analogies, str(path), restrict_vocab=restrict
    )
    *sections, total = sections
    rows = []
    for section in sections:
        name = section["section"]
        theirs = len(section["correct"]), len(section["correct"]) + len(section["incorrect"])
        if theirs[1]:
            correct, asked = ours.sections[name]
            rows.append((f"  {name}", asked, correct / asked, theirs[0] / theirs[1], None, None))
    theirs = len(total["correct"]) / (len(total["correct"]) + len(total["incorrect"]))
    covered = f"{ours.asked}/{ours.total}"
    total = (f"{path.name}, {method}", covered, ours.accuracy, theirs, seconds, their_seconds)
    return [total, *rows]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("vectors", help="a file of word vectors, as `WordVectors.save` writes it")
    parser.add_argument("folder", type=Path, help="with the test sets")
    parser.add_argument(
        "--restrict", type=int, default=30_000, help="words that analogies are made of"
    )
    arguments = parser.parse_args()

    vectors = w2v.WordVectors.load(arguments.vectors)
    rows = []
    for path, kind in test_sets(arguments.folder):
        if kind == "pairs":
            rows += judge_pairs(vectors, path)
        else:
            for method in ("add", "multiply"):
                rows += judge_analogies(vectors, path, arguments.restrict, method)
    print_table(
        ["test set", "asked", "w2v", "gensim", "difference", "seconds", "gensim's"],
        [
            (
                name,
                asked,
                f"{ours:.6f}",
                f"{theirs:.6f}",
                f"{ours - theirs:+.1e}",
                *("" if value is None else f"{value:.2f}" for value in seconds),
            )
            for name, asked, ours, theirs, *seconds in rows
        ],
    )


if __name__ == "__main__":
    main()
