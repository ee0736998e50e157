"""Words a second of the trainer, beside a loop over pairs as courses write it.

    python benchmarks/training.py [TEXT] [--rounds 3]

TEXT is a file with one sentence a line; left out, the documentation corpus. Both sides
train on the same text with the same settings, in turns; the medians are compared.
"""

import argparse
import itertools
import os
import statistics
import time

import numpy as np

import w2v
from w2v.train import Settings, fit

PEER_WORDS = 3_000  # the loop is slow: a few thousand words tell its speed


def loop_over_pairs(tokens, documents, vocabulary, settings):
    """One pair at a time, one gradient at a time, straight from `negative_sampling`'s formulas."""
    rng = np.random.default_rng(settings.seed)
    shape = (len(vocabulary), settings.dimension)
    center = ((rng.random(shape) - 0.5) / settings.dimension).astype(settings.dtype)
    outside = np.zeros(shape, settings.dtype)
    keep = vocabulary.keep_probability(settings.subsample)
    noise = np.cumsum(vocabulary.noise(settings.noise_power))
    tokens = tokens[rng.random(len(tokens)) < keep[tokens]]
    rate = np.float32(settings.learning_rate)
    for position, word in enumerate(tokens):
        radius = rng.integers(1, settings.window + 1)
        for outside_word in w2v.context(tokens, position, radius):
            drawn = np.searchsorted(noise, rng.random(settings.negatives) * noise[-1])
            vector = center[word]
            gradient = np.zeros_like(vector)
            for target, label in [(outside_word, 1), *((negative, 0) for negative in drawn)]:
                residual = w2v.sigmoid(outside[target] @ vector) - label
                gradient += residual * outside[target]
                outside[target] -= rate * residual * vector
            center[word] -= rate * gradient


def words_per_second(train, tokens, *arguments):
    start = time.perf_counter()
    train(tokens, *arguments)
    return len(tokens) / (time.perf_counter() - start)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("text", nargs="?", help="a text file, one sentence a line")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()

    corpus = w2v.Corpus(arguments.text) if arguments.text else w2v.documentation_corpus()
    settings = Settings(epochs=1)
    vocabulary = w2v.Vocabulary.build(corpus, settings.min_count)
    tokens, documents = vocabulary.encode(itertools.islice(corpus, 50_000))
    print(f"{len(tokens):,} words, vocabulary {len(vocabulary):,}, {settings}")
    print(f"OPENBLAS_CORETYPE={os.environ.get('OPENBLAS_CORETYPE', '(not set)')}")

    def trainer(tokens, documents):
        return fit(tokens, documents, vocabulary, settings, progress=False)

    def peer(tokens, documents):
        return loop_over_pairs(tokens, documents, vocabulary, settings)

    speeds = {"trainer": [], "loop over pairs": []}
    for round_number in range(arguments.rounds):
        speeds["trainer"].append(words_per_second(trainer, tokens, documents))
        part = slice(0, PEER_WORDS)
        speeds["loop over pairs"].append(words_per_second(peer, tokens[part], documents[part]))
        print(
            f"round {round_number + 1}:",
            ", ".join(f"{name} {speed[-1]:,.0f} words/s" for name, speed in speeds.items()),
        )
    medians = {name: statistics.median(speed) for name, speed in speeds.items()}
    print(f"ratio of the medians: {medians['trainer'] / medians['loop over pairs']:.0f}")


if __name__ == "__main__":
    main()
