"""How many times larger training makes a difference of 1e-12 in one entry.

    python benchmarks/sensitivity.py [TEXT] [--words 400000]

A run that enlarges it a little prints the same figures on every processor. A run that
enlarges it a billion times does not, since rounding errors are such differences.
"""

import argparse
import importlib
from unittest import mock

import numpy as np
from common import beginning

import w2v
from w2v.encode import encode_text

DIFFERENCE = 1e-12

trainer = importlib.import_module("w2v.train")  # `w2v.train` is the function


def one_entry_moved():
    """Let random centre vectors start with one entry moved by `DIFFERENCE`."""
    make = trainer.initial_tables

    def moved(words, settings):
        center, outside = make(words, settings)
        center[5, 0] += DIFFERENCE
        return center, outside

    return mock.patch.object(trainer, "initial_tables", moved)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("text", nargs="?", help="a text file, one sentence a line")
    parser.add_argument("--words", type=int, default=400_000)
    arguments = parser.parse_args()

    corpus = w2v.Corpus(arguments.text) if arguments.text else w2v.documentation_corpus()
    text = beginning(encode_text(corpus), arguments.words)
    for learning_rate in (0.025, 0.05):
        for row_limit in (1.0, 1e9):
            settings = w2v.Settings(
                epochs=1, learning_rate=learning_rate, row_limit=row_limit, dtype="float64"
            )
            one = trainer.fit(text, settings, progress=False)
            with one_entry_moved():
                other = trainer.fit(text, settings, progress=False)
            factor = np.abs(one[0] - other[0]).max() / DIFFERENCE
            print(
                f"learning rate {learning_rate:<6} row limit {row_limit:<12g} "
                f"enlarged {factor:.1e} times, loss {one[2].epoch_loss[0]:.4f}"
            )


if __name__ == "__main__":
    main()
