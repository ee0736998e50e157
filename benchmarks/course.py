"""The course's run, beside the same iterations pair by pair.

    python benchmarks/course.py datasetSentences.txt [--loop 200] [--plot FILE.png]

The second calls `w2v.negative_sampling` for each pair, as the homework has it, and adds
up gradients of the size of both tables. It is timed for some iterations; what all of them
would take is calculated from that.
"""

import argparse
import itertools
import time

import numpy as np
from common import machine, print_machine

from w2v import Settings, Vocabulary, negative_sampling
from w2v.course import COURSE_WORDS, WINDOWS, _draw, course_vectors, read_sentences
from w2v.train import initial_tables


def loop(sentences, iterations):
    """Seconds for some iterations, pair by pair."""
    settings = Settings(dimension=10, negatives=10, learning_rate=0.3, subsample=1e-5)
    vocabulary = Vocabulary.build(sentences, min_count=1)
    center, outside = (
        table.astype(np.float64) for table in initial_tables(len(vocabulary), settings)
    )
    drawn = list(itertools.islice(_draw(vocabulary, sentences, settings), iterations))
    start = time.perf_counter()
    for pairs in drawn:
        grad_center, grad_outside = np.zeros(center.shape), np.zeros(outside.shape)
        for center_word, outside_word, negatives in zip(*pairs, strict=True):
            _, of_vector, of_table = negative_sampling(
                center[center_word], outside_word, outside, negatives
            )
            grad_center[center_word] += of_vector / WINDOWS
            grad_outside += of_table / WINDOWS
        center -= settings.learning_rate * grad_center
        outside -= settings.learning_rate * grad_outside
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sentences", help="datasetSentences.txt of the Sentiment Treebank")
    parser.add_argument("--iterations", type=int, default=40_000)
    parser.add_argument("--loop", type=int, default=200, help="iterations pair by pair")
    parser.add_argument("--plot", help="where to draw the course's words")
    arguments = parser.parse_args()

    print_machine(machine())
    start = time.perf_counter()
    vectors = course_vectors(arguments.sentences, arguments.iterations)
    seconds = time.perf_counter() - start
    loss = vectors.history.loss
    print(f"{len(vectors):,} words, {arguments.iterations:,} iterations: {seconds:.1f} s")
    print(
        f"loss of a window: {loss[:100].mean():.2f} in the first 100 iterations, "
        f"{loss[-1000:].mean():.2f} in the last 1000"
    )

    taken = loop(read_sentences(arguments.sentences), arguments.loop)
    whole = taken / arguments.loop * arguments.iterations
    print(
        f"pair by pair: {taken:.1f} s for {arguments.loop} iterations, so {whole / 60:.0f} "
        f"minutes for all (calculated): {whole / seconds:.0f} times as long"
    )
    for word in COURSE_WORDS:
        if word in vectors:
            near = ", ".join(
                f"{other} {cosine:.3f}" for other, cosine in vectors.neighbors(word, 5)
            )
            print(f"{word}: {near}")
    if arguments.plot:
        from w2v.plot import course_words

        course_words(vectors).savefig(arguments.plot)


if __name__ == "__main__":
    main()
