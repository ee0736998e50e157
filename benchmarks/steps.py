"""The speed of the five steps from one pair's gradient to the banded product.

    python benchmarks/steps.py [CORPUS] [--rounds 3] [--picture [FILE]] [--json FILE]

CORPUS is a file with one document a line; left out, the documentation corpus. The steps are
those of the chapter "Make it fast", here as programs that train:

1 pairs     `w2v.negative_sampling` for each pair, on the K + 1 rows that take part
2 windows   the pairs of a window at once: products of a matrix and a vector
3 batches   `w2v.train` with the method "minibatch": `batch_size` windows at once
4 blocks    16 centre words at once: three products of matrices, in new arrays each time
5 banded    `w2v.train`: `batch_size` / 16 blocks at once, in buffers that are allocated once
gensim      with one worker, if it is installed

All run in one thread, one after the other in each round, on one text with one set of
settings. The slow ones read only its beginning. What is counted are words of the text that
are in the vocabulary, before subsampling, per second of training; medians are compared.
"""

import argparse
import statistics
import tempfile
import time
from importlib import util
from pathlib import Path

import numpy as np
from common import beginning, describe_blas, machine, print_machine, print_table, spread, write_json
from speed import Stopwatch, train_gensim, write_text
from threadpoolctl import threadpool_limits

import w2v
from w2v.banded import BLOCK, SHARED, cut_blocks, noise_table, pair_weights
from w2v.encode import encode_text
from w2v.minibatch import batches
from w2v.scatter import ROUTE
from w2v.train import fit, initial_tables

PICTURE = Path(__file__).resolve().parents[1] / "book" / "_static" / "speed_steps.svg"
NAMES = {
    "1 pairs": "1  pair by pair",
    "2 windows": "2  window by window",
    "3 batches": "3  batches of windows",
    "4 blocks": "4  block by block",
    "5 banded": "5  many blocks at once",
    "gensim": "gensim",
}


# --- the steps as trainers ---------------------------------------------------------------------


class Reader:
    """A text as the slow steps read it: subsampled, with a table to draw negatives from."""

    def __init__(self, text, settings):
        self.settings, self.rng = settings, np.random.default_rng(settings.seed)
        self.center, self.outside = initial_tables(len(text.vocabulary), settings)
        keep = np.append(text.vocabulary.keep_probability(settings.subsample), 1)
        self.tokens = text.tokens[self.rng.random(len(text.tokens)) < keep[text.tokens]]
        self.noise = noise_table(text.vocabulary.noise(settings.noise_power))

    def windows(self):
        """Center word, words of the window and negatives, window by window."""
        is_word = self.tokens >= 0
        tokens, documents = self.tokens[is_word], np.cumsum(~is_word)[is_word]
        window, size = self.settings.window, self.settings.batch_size
        for batch in batches(tokens, documents, window, size, self.rng):
            shape = (*batch.context_words.shape, self.settings.negatives)
            drawn = self.noise[self.rng.integers(len(self.noise), size=shape)]  # (B, 2m, K)
            for center, words, inside, negatives in zip(*batch, drawn, strict=True):
                yield center, words[inside], negatives[inside]

    def blocks(self):
        """Words, documents and negatives, block by block; documents only if there are two."""
        blocks = cut_blocks(self.tokens, self.settings.window)
        for number in self.rng.permutation(len(blocks.words)):
            negatives = self.noise[self.rng.integers(len(self.noise), size=SHARED)]
            documents = blocks.documents[number] if blocks.crossing[number] else None
            yield blocks.words[number], documents, negatives


def pairs(text, settings):
    reader = Reader(text, settings)
    center, outside = reader.center, reader.outside
    rate = np.float32(settings.learning_rate)
    others = np.arange(1, settings.negatives + 1)
    for word, outside_words, negatives in reader.windows():
        for outside_word, drawn in zip(outside_words, negatives, strict=True):
            rows = np.append(drawn, outside_word)[::-1]
            _, by_center, by_outside = w2v.negative_sampling(center[word], 0, outside[rows], others)
            center[word] -= rate * by_center
            np.subtract.at(outside, rows, rate * by_outside)


def windows(text, settings):
    reader = Reader(text, settings)
    center, outside = reader.center, reader.outside
    rate = np.float32(settings.learning_rate)
    for word, outside_words, negatives in reader.windows():
        if not len(outside_words):
            continue
        rows = np.append(outside_words, negatives[0])  # the pairs share the first one's
        counts = [len(outside_words), settings.negatives]
        label = np.repeat(np.float32([1, 0]), counts)
        weight = np.repeat(np.float32([1, counts[0]]), counts)
        vectors = outside[rows]
        residual = weight * (w2v.sigmoid(vectors @ center[word]) - label)
        step = rate * residual
        np.subtract.at(outside, rows, np.outer(step, center[word]))
        center[word] -= step @ vectors


def blocks(text, settings):
    reader = Reader(text, settings)
    center, outside = reader.center, reader.outside
    window, rate = settings.window, np.float32(settings.learning_rate)
    places = pair_weights(window).astype(np.float32)  # (b, c)
    label = np.repeat(np.float32([1, 0]), [places.shape[1], SHARED])

    def all_weights(near):
        drawn = np.float32(settings.negatives / SHARED) * near.sum(axis=1, keepdims=True)
        return np.hstack([near, np.repeat(drawn, SHARED, axis=1)])  # (b, c + N)

    uncut = all_weights(places)
    for words, documents, negatives in reader.blocks():
        centers = words[window : window + BLOCK]
        weight = uncut
        if documents is not None:
            same = documents[window : window + BLOCK, None] == documents
            weight = all_weights(places * same)
        rows = np.append(words, negatives)
        V, U = center[centers], outside[rows]
        G = rate * weight * (w2v.sigmoid(V @ U.T) - label)
        np.subtract.at(center, centers, G @ U)
        np.subtract.at(outside, rows, G.T @ V)


def minibatch(text, settings):
    fit(text, w2v.Settings(**{**vars(settings), "method": "minibatch"}), progress=False)


def banded(text, settings):
    fit(text, settings, progress=False)


STEPS = {
    "1 pairs": pairs,
    "2 windows": windows,
    "3 batches": minibatch,
    "4 blocks": blocks,
    "5 banded": banded,
}


# --- measuring ---------------------------------------------------------------------------------


def words_per_second(name, text, file, settings):
    """Train once, on the beginning of the text or on all of it."""
    if name == "gensim":
        watch = Stopwatch()
        _, words, _ = train_gensim({"train": str(file)}, settings, 1, watch)
        return words / watch.seconds["training"]
    start = time.perf_counter()
    STEPS[name](text, settings)
    return text.words / (time.perf_counter() - start)


def measured(corpus, settings, limits, rounds):
    """Speeds of all programs, round by round, and what the text is."""
    names = [*STEPS, "gensim"] if util.find_spec("gensim") else [*STEPS]
    results = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as folder, threadpool_limits(1):
        file, _ = write_text(corpus, Path(folder), 0)
        with encode_text(file, settings.min_count, progress=False) as text:
            facts = f"{text.words:,} words, vocabulary {len(text.vocabulary):,}"
            parts = {
                name: beginning(text, limits[name])
                if limits.get(name, text.words) < text.words
                else text
                for name in names
            }
            for number in range(rounds):
                for name in names:
                    speed = words_per_second(name, parts[name], file, settings)
                    results[name].append(speed)
                    print(f"round {number + 1}: {name} {speed:,.0f} words/s", flush=True)
    return results, facts


def print_report(results, facts, settings):
    middle = {name: statistics.median(speeds) for name, speeds in results.items()}
    rows, before = [], None
    for name, speeds in results.items():
        row = [name, spread(speeds, "{:,.0f}"), f"{middle[name] / middle['1 pairs']:,.1f}"]
        row.append("-" if before is None or name == "gensim" else f"{middle[name] / before:.1f}")
        row.append(f"{middle[name] / middle['gensim']:.2f}" if "gensim" in middle else "-")
        rows.append(row)
        before = middle[name]
    print()
    print_table(["", "words/s", "/ step 1", "/ step before", "/ gensim"], rows)
    print(f"\nMedian (range). {facts}; {settings}")
    if "gensim" not in middle:
        print("gensim is not installed.")
    info = machine()
    print_machine(info)
    print(*map(describe_blas, info["blas"]), sep="\n")
    print(f"All in one thread. Rows are added by {ROUTE}.")


def draw(path, results):
    """Write the picture of the chapter; the same numbers give the same bytes."""
    import matplotlib

    matplotlib.use("Agg")
    from w2v import plot

    figure = plot.speeds(
        {NAMES[name]: statistics.median(speeds) for name, speeds in results.items()},
        x="words of the text a second, one thread",
        peers=["gensim"],
    )
    Path(path).write_text(figure.svg(), encoding="utf-8", newline="\n")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", nargs="?", help="a text file, one document a line")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pair-words", type=int, default=3_000, help="that step 1 reads")
    parser.add_argument("--window-words", type=int, default=20_000, help="that step 2 reads")
    parser.add_argument("--batch-words", type=int, default=200_000, help="that steps 3, 4 read")
    parser.add_argument(
        "--picture", nargs="?", type=Path, const=PICTURE, metavar="FILE", help="draw the speeds"
    )
    parser.add_argument("--json", metavar="FILE", help="write the results of all rounds")
    arguments = parser.parse_args()
    if arguments.rounds < 1:
        parser.error("--rounds must be at least 1")

    corpus = w2v.Corpus(arguments.corpus) if arguments.corpus else w2v.documentation_corpus()
    settings = w2v.Settings(epochs=1)
    limits = {
        "1 pairs": arguments.pair_words,
        "2 windows": arguments.window_words,
        "3 batches": arguments.batch_words,
        "4 blocks": arguments.batch_words,
    }
    results, facts = measured(corpus, settings, limits, arguments.rounds)
    print_report(results, facts, settings)
    if arguments.json:
        write_json(arguments.json, {"text": facts, "settings": vars(settings), "runs": results})
    if arguments.picture:
        draw(arguments.picture, results)
        print(f"drawn: {arguments.picture}")


if __name__ == "__main__":
    main()
