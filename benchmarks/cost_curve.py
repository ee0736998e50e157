"""What one pair of words costs as the vocabulary grows: naive softmax and negative sampling.

    python benchmarks/cost_curve.py [--largest 1e6] [--dimension 100] [--negatives 5]

Three things are timed, in turns:

naive softmax       `naive_softmax`: loss and both gradients, all V scores
negative sampling   `negative_sampling` as it stands: K+1 scores, but a gradient with V rows
K+1 rows            the method itself: `negative_sampling` on the K+1 rows that take part

The last column is what a trainer pays, who moves only the rows that take part. The negatives
are drawn beforehand: with an alias table that costs the same for every vocabulary.

A slope says what power of V a cost grows with, 1 for proportional and 0 for not at all. It
is that of the least-squares line through the logarithms, from --fit-from words on: below,
the fixed cost of a call hides how the work grows.
"""

import argparse
import itertools
import os
import time

# One thread: where two share the work, they wait for each other as soon as a core is busy.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from w2v import naive_softmax, negative_sampling

ROUND = 0.02  # seconds that a round of one of the three lasts, at least


def on_the_rows_that_take_part(center_vector, outside_word, outside, negatives):
    """`negative_sampling`, with gradients for the K+1 rows and nothing for the others."""
    rows = outside[np.concatenate([[outside_word], negatives])]
    return negative_sampling(center_vector, 0, rows, np.arange(1, len(rows)))


def seconds_per_call(function):
    """Average over as many calls, each with other words, as fill a round."""
    count = 0
    start = time.perf_counter()
    while (elapsed := time.perf_counter() - start) < ROUND:
        function()
        count += 1
    return elapsed / count


def timed(words, dimension, negatives):
    """What is timed at one vocabulary, by name: functions without arguments."""
    rng = np.random.default_rng(0)
    outside = rng.normal(scale=dimension**-0.5, size=(words, dimension))
    drawn = rng.integers(words, size=(1000, negatives + 1))
    pairs = itertools.cycle(zip(rng.normal(size=(1000, dimension)), drawn, strict=True))

    def whole():
        vector, (outside_word, *_) = next(pairs)
        return naive_softmax(vector, outside_word, outside)

    def sampled():
        vector, (outside_word, *drawn_words) = next(pairs)
        return negative_sampling(vector, outside_word, outside, drawn_words)

    def rows():
        vector, (outside_word, *drawn_words) = next(pairs)
        return on_the_rows_that_take_part(vector, outside_word, outside, drawn_words)

    return {"naive softmax": whole, "negative sampling": sampled, "K+1 rows": rows}


def slope(sizes, costs):
    """Slope of the line through the logarithms."""
    return np.polyfit(np.log(sizes), np.log(costs), 1)[0]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--smallest", type=float, default=1e3, help="words (default: 1e3)")
    parser.add_argument(
        "--largest",
        type=float,
        default=1e6,
        help="words (default: 1e6, which takes 3 GB of memory at 100 dimensions)",
    )
    parser.add_argument("--fit-from", type=float, default=1e4, help="words (default: 1e4)")
    parser.add_argument("--dimension", type=int, default=100)
    parser.add_argument("--negatives", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=9)
    arguments = parser.parse_args()

    steps = round(2 * np.log10(arguments.largest / arguments.smallest)) + 1
    sizes = np.geomspace(arguments.smallest, arguments.largest, steps).round().astype(int)
    print(f"d = {arguments.dimension}, K = {arguments.negatives}, float64, one thread;", end=" ")
    print(f"microseconds for one pair, medians of {arguments.rounds}")
    names = ("naive softmax", "negative sampling", "K+1 rows")
    print(f"{'V':>9}  {names[0]:>13}  {names[1]:>17}  {names[2]:>8}  softmax / K+1 rows")
    table = []
    for words in sizes:
        functions = timed(words, arguments.dimension, arguments.negatives)
        rounds = [
            [seconds_per_call(functions[name]) for name in names]
            for _ in range(1 + arguments.rounds)
        ]
        whole, sampled, rows = 1e6 * np.median(rounds[1:], axis=0)  # the first was to warm up
        table.append((whole, sampled, rows))
        print(f"{words:>9}  {whole:>13.1f}  {sampled:>17.1f}  {rows:>8.1f}  {whole / rows:>18.1f}")
    fitted = sizes >= arguments.fit_from
    if fitted.sum() < 2:
        parser.error("a slope needs two sizes: let --fit-from be smaller or --largest larger")
    slopes = [slope(sizes[fitted], costs) for costs in np.array(table)[fitted].T]
    print(f"{'slope':>9}  {slopes[0]:>13.2f}  {slopes[1]:>17.2f}  {slopes[2]:>8.2f}", end="  ")
    print(f"(from V = {sizes[fitted][0]} on)")


if __name__ == "__main__":
    main()
