"""How many times larger training makes a difference of 1e-12 in one entry.

    python benchmarks/sensitivity.py [TEXT] [--words 400000]

A run that enlarges it a little prints the same figures on every processor. A run that
enlarges it a billion times does not, since rounding errors are such differences.
"""

import argparse
import contextlib
import unittest.mock

import numpy as np

import w2v
from w2v.train import Settings, fit

DIFFERENCE = 1e-12


@contextlib.contextmanager
def one_entry_moved():
    """Let random centre vectors start with one entry moved by `DIFFERENCE`."""
    make = np.random.default_rng

    class Moved:
        def __init__(self, seed):
            self.rng = make(seed)
            self.first = True

        def random(self, shape):
            values = self.rng.random(shape)
            if self.first:
                values[5, 0] += DIFFERENCE * values.shape[1]  # which `fit` divides by
                self.first = False
            return values

        def __getattr__(self, name):
            return getattr(self.rng, name)

    with unittest.mock.patch("numpy.random.default_rng", Moved):
        yield


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("text", nargs="?", help="a text file, one sentence a line")
    parser.add_argument("--words", type=int, default=400_000)
    arguments = parser.parse_args()

    corpus = w2v.Corpus(arguments.text) if arguments.text else w2v.documentation_corpus()
    vocabulary = w2v.Vocabulary.build(corpus)
    tokens, documents = (part[: arguments.words] for part in vocabulary.encode(corpus))
    for learning_rate in (0.025, 0.05):
        for row_limit in (1.0, 1e9):
            settings = Settings(
                epochs=1, learning_rate=learning_rate, row_limit=row_limit, dtype="float64"
            )
            one = fit(tokens, documents, vocabulary, settings, progress=False)
            with one_entry_moved():
                other = fit(tokens, documents, vocabulary, settings, progress=False)
            factor = np.abs(one[0] - other[0]).max() / DIFFERENCE
            print(
                f"learning rate {learning_rate:<6} row limit {row_limit:<12g} "
                f"enlarged {factor:.1e} times, loss {one[2].epoch_loss[0]:.4f}"
            )


if __name__ == "__main__":
    main()
