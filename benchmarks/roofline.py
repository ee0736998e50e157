"""What takes the time of a banded step, and how near that is to what the machine can do.

    python benchmarks/roofline.py [CORPUS] [--words 2e6] [--vocabulary 7e4]

First the machine's own limits, in one thread: products of big matrices (float32), copies,
and rows gathered at random from a table as large as the vectors'. Then one step of
`w2v.banded`, operation by operation, on batches of the text; the program checks that these
operations move the vectors exactly as `BandedStep.step` does. Bytes count as moved when
they are read or written: a gathered row twice, a row that is added to a table three times.
Much of that stays in caches, so that a share of the bandwidth may exceed 1.

Then the ways of adding rows to a table, and what measuring the loss takes in a run.
Without CORPUS, a file with one document a line, the text is made up, with Zipf's
distribution of words. All is done --rounds times, in turns; each round is the sum over the
same batches.
"""

import argparse
import statistics
import time
from collections import defaultdict
from unittest import mock

import numpy as np
from common import (
    beginning,
    describe_blas,
    machine,
    print_machine,
    print_table,
    spread,
    write_json,
    zipf_text,
)
from threadpoolctl import threadpool_limits

from w2v import Settings
from w2v.banded import SHARED, BandedLearner, _length, noise_table
from w2v.encode import encode_text
from w2v.scatter import ROUTE, add_rows, add_rows_by_sorting, add_rows_in_place
from w2v.train import fit, initial_tables

MATRIX = 1536  # rows of the big matrices
COPIED = 1 << 27  # bytes
RATE = 0.025


def seconds(function, *arguments):
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


# --- the machine's limits ----------------------------------------------------------------------


def limits(rows, dimension, rounds):
    """Best GFLOP/s of a product, and GB/s of copying and of gathering rows."""
    rng = np.random.default_rng(0)
    matrix = rng.random((MATRIX, MATRIX), dtype=np.float32)
    product = np.empty_like(matrix)
    source, target = np.ones((2, COPIED // 4), np.float32)
    table = np.ones((rows, dimension), np.float32)
    places = rng.integers(rows, size=(64, 1024))
    gathered = np.empty((1024, dimension), np.float32)

    def gather():
        for some in places:
            np.take(table, some, axis=0, out=gathered, mode="clip")

    work = {
        "product": (lambda: np.matmul(matrix, matrix, out=product), 2 * MATRIX**3),
        "copy": (lambda: np.copyto(target, source), 2 * COPIED),
        "gather": (gather, 2 * places.size * 4 * dimension),
    }
    found = defaultdict(list)
    for _ in range(rounds + 1):
        for name, (function, amount) in work.items():
            found[name].append(amount / seconds(function) / 1e9)
    return {name: figures[1:] for name, figures in found.items()}  # the first was to warm up


# --- one step, operation by operation ----------------------------------------------------------


class Laps:
    """Seconds of each operation; an operation ends when its name is called."""

    def __init__(self):
        self.seconds = defaultdict(float)
        self.last = time.perf_counter()

    def __call__(self, name):
        """The operation of this name ends here."""
        now = time.perf_counter()
        self.seconds[name] += now - self.last
        self.last = time.perf_counter()


def step_in_parts(step, words, negatives, rate, documents, lap):
    """What `BandedStep.step` does without measuring, with a lap after each operation."""
    c, m, b = step.context, step.window, step.block
    V, U, G = step.V, step.U, step.G
    lap("outside")
    step.words[:, :c], step.words[:, c:] = words, negatives
    step.center_words[:] = words[:, m : m + b]
    lap("indices")
    np.take(step.center, step.center_words, axis=0, out=V, mode="clip")
    lap("gather centre rows")
    np.take(step.outside, step.words, axis=0, out=U, mode="clip")
    lap("gather outside rows")
    some = slice(max(1, len(words) // 4))
    step.lengths = _length(V[some]), _length(U[some])
    lap("length of steps")
    np.matmul(V, U.transpose(0, 2, 1), out=G)
    lap("product: scores")
    inside = None if documents is None else step._inside(documents)
    lap("borders of documents")
    G *= G.dtype.type(0.5)
    lap("scaling")
    np.tanh(G, out=G)
    lap("tanh")
    G *= step.slope
    G += step.offset
    lap("scaling")
    step.place_curvature = step.uncut
    if inside is not None:
        G *= inside
        inside *= step.weight
        inside /= 4
        step.place_curvature = inside.sum(axis=2).ravel(), inside.sum(axis=1).ravel()
    lap("borders of documents")
    np.matmul(G, U, out=step.center_gradient)
    lap("product: centre gradient")
    np.matmul(G.transpose(0, 2, 1), V, out=U)
    lap("product: outside gradient")
    for table, rows, gradient, curvature, others, name in zip(
        (step.center, step.outside),
        (step.center_words, step.words),
        (step.center_gradient, U),
        step.place_curvature,
        reversed(step.lengths),
        ("scatter centre rows", "scatter outside rows"),
        strict=True,
    ):
        rows = rows.reshape(-1)
        np.add.at(step.curvature, rows, curvature)
        steps = np.take(step.curvature, rows, mode="clip")
        step.curvature[rows] = 0
        steps *= table.dtype.type(rate * others / step.row_limit)
        np.maximum(steps, 1, out=steps)
        np.divide(table.dtype.type(-rate), steps, out=steps)
        lap("length of steps")
        add_rows(table, rows, steps, gradient.reshape(len(rows), -1))
        lap(name)


class Bench:
    """A learner in the middle of its work: tables that have been trained, and batches."""

    def __init__(self, text, settings):
        self.text, self.settings = text, settings
        self.tables = initial_tables(len(text.vocabulary), settings)
        keep = text.vocabulary.keep_probability(settings.subsample)
        keep = np.append(keep, 1).astype(np.float32)
        noise = noise_table(text.vocabulary.noise(settings.noise_power))
        self.learner = BandedLearner(*self.tables, keep, noise, settings, len(text.tokens))
        self.step = self.learner.step
        self.piece = np.array(text.tokens[: self.learner.piece_length(len(text.tokens), 1)])
        self.learn()  # scores of 0 would be unlike all others
        self.batches = []

        def keep_batch(*batch):
            self.batches.append(batch[:4])
            return 0.0, 0.0

        self.learn(keep_batch)

    def learn(self, step=None):
        """Read the piece once, with another step if one is given."""
        with mock.patch.object(self.step, "step", step or self.step.step):
            for _ in self.learner.learn(self.piece, np.random.default_rng(0), lambda share: RATE):
                pass

    def check(self):
        """Whether the operations in parts are still those of the package."""
        before = [table.copy() for table in self.tables]
        for batch in self.batches[:50]:
            self.step.step(*batch)
        expected = [table.copy() for table in self.tables]
        for table, start in zip(self.tables, before, strict=True):
            table[:] = start
        for batch in self.batches[:50]:
            step_in_parts(self.step, *batch, lambda name: None)
        if not all(map(np.array_equal, self.tables, expected)):
            raise SystemExit("`step_in_parts` is not what `BandedStep.step` does: update it")

    def round(self):
        """Seconds of each operation over all batches, of all in one, and of what is around."""
        lap = Laps()
        for batch in self.batches:
            step_in_parts(self.step, *batch, lap)
        del lap.seconds["outside"]
        parts = dict(lap.seconds)

        def whole():
            for batch in self.batches:
                self.step.step(*batch)

        some = self.batches[:: max(1, len(self.batches) // 200)]

        def loss():
            for *_, documents in some:
                inside = None if documents is None else self.step._inside(documents)
                lap("inside")
                self.step._loss(inside)
                lap("loss")

        around = seconds(self.learn, lambda *batch: (0.0, 0.0))
        whole = seconds(whole)
        lap.last = time.perf_counter()
        loss()
        return {
            "parts": parts,
            "step": whole,
            "around": around,
            "loss of a step": lap.seconds["loss"] / len(some),
        }


def work(step):
    """Floating-point operations and bytes of an operation in one step."""
    n, b, d = step.V.shape
    columns = step.words.shape[1]
    product, row = 2 * n * b * columns * d, 4 * d
    flops = dict.fromkeys(
        ("product: scores", "product: centre gradient", "product: outside gradient"), product
    )
    moved = {
        "gather centre rows": 2 * n * b * row,
        "gather outside rows": 2 * n * columns * row,
        "scatter centre rows": 3 * n * b * row,
        "scatter outside rows": 3 * n * columns * row,
    }
    return flops, moved


def print_step(bench, rounds, peak):
    count = len(bench.batches)
    centres = count * bench.step.center_words.size
    flops, moved = work(bench.step)
    rows = []
    for name in rounds[0]["parts"]:
        taken = [one["parts"][name] for one in rounds]
        shares = [one["parts"][name] / sum(one["parts"].values()) for one in rounds]
        row = [name, spread([1e9 * t / centres for t in taken], "{:.0f}"), spread(shares, "{:.1%}")]
        for amount, limit in ((flops, "product"), (moved, "gather")):
            if name in amount:
                rates = [amount[name] * count / t / 1e9 for t in taken]
                best = statistics.median(peak[limit])
                row += [spread(rates, "{:.1f}"), f"{statistics.median(rates) / best:.2f}"]
            else:
                row += ["", ""]
        rows.append(row)
    print_table(["", "ns a centre", "share", "GFLOP/s", "/ peak", "GB/s", "/ gather"], rows)
    print()
    parts = [sum(one["parts"].values()) for one in rounds]
    whole = [one["step"] for one in rounds]
    products = [sum(one["parts"][name] for name in flops) for one in rounds]
    at_peak = sum(flops.values()) * count / 1e9 / statistics.median(peak["product"])
    # Each row is read once and written once, all else could stay in caches.
    rows_bytes = (
        2 * 4 * bench.step.V.shape[2] * (bench.step.center_words.size + bench.step.words.size)
    )
    at_copy = rows_bytes * count / 1e9 / statistics.median(peak["copy"])
    limit = at_peak + at_copy
    rows = [
        ["sum of the parts", spread([1e9 * t / centres for t in parts], "{:.0f}")],
        ["`BandedStep.step`", spread([1e9 * t / centres for t in whole], "{:.0f}")],
        [
            "reading: subsample, cut, shuffle, draw",
            spread([1e9 * one["around"] / centres for one in rounds], "{:.0f}"),
        ],
        ["limit: products at the peak", f"{1e9 * at_peak / centres:.0f}"],
        ["limit: rows, at the speed of copying", f"{1e9 * at_copy / centres:.0f}"],
    ]
    print_table(["ns a centre word", ""], rows)
    speed = [sum(flops.values()) * count / t / 1e9 for t in whole]
    share = statistics.median(products) / statistics.median(parts)
    of_peak = statistics.median(speed) / statistics.median(peak["product"])
    print(
        f"The products are {share:.0%} of it. With all else, the step does "
        f"{spread(speed, '{:.1f}')} GFLOP/s,\n{of_peak:.0%} of the peak, and takes "
        f"{statistics.median(whole) / limit:.1f} times as long as both limits together."
    )


# --- adding rows -------------------------------------------------------------------------------


def add_rows_flat(table, rows, factors, updates):
    """NumPy's own means, which visits entry by entry."""
    width = table.shape[1]
    places = (rows[:, None] * width + np.arange(width)).reshape(-1)
    np.add.at(table.reshape(-1), places, (factors[:, None] * updates).reshape(-1))


def routes(bench, rounds):
    """Seconds for the outside rows of some batches by each route."""
    step = bench.step
    table = np.zeros_like(step.outside)
    factors = np.full(step.words.size, np.float32(-RATE))
    updates = np.ones((step.words.size, table.shape[1]), np.float32)
    rows = [np.concatenate(batch[:2], axis=1).astype(np.int64).ravel() for batch in bench.batches]
    found = defaultdict(list)
    for _ in range(rounds):
        for route in (add_rows_in_place, add_rows_by_sorting, add_rows_flat):
            if route is add_rows_in_place and route.__name__ != ROUTE:
                continue  # SciPy has no such kernel any more
            start = time.perf_counter()
            for some in rows[:200]:
                route(table, some, factors, updates)
            found[route.__name__].append((time.perf_counter() - start) / len(rows[:200]))
    return dict(found)


def print_routes(found, size, chosen):
    fastest = found[chosen]
    rows = [
        [
            name + (" (chosen)" if name == chosen else ""),
            spread([1e9 * t / size for t in taken], "{:.0f}"),
            spread([t / other for t, other in zip(taken, fastest, strict=True)], "{:.2f}"),
        ]
        for name, taken in found.items()
    ]
    print_table(["adding outside rows", "ns a row", "ratio"], rows)


# --- measuring the loss ------------------------------------------------------------------------


def with_and_without_loss(text, settings):
    """Processor seconds of a run as it is, and of one that measures at its first step only."""
    make = BandedLearner.__init__

    def rarely(learner, *arguments):
        make(learner, *arguments)
        learner.measure_every = 1 << 60

    def run():
        start = time.process_time()
        fit(text, settings, progress=False)
        return time.process_time() - start

    with mock.patch.object(BandedLearner, "__init__", rarely):
        without = [run()]
    with_loss = [run(), run()]  # between the two others: the machine may get slower or faster
    with mock.patch.object(BandedLearner, "__init__", rarely):
        without.append(run())
    return sum(with_loss), sum(without)


def print_loss(bench, rounds, runs):
    every = bench.learner.measure_every
    shares = [
        one["loss of a step"] / (one["loss of a step"] + every * one["step"] / len(bench.batches))
        for one in rounds
    ]
    extra = [one / other - 1 for one, other in runs]
    rows = [
        ["share of the steps' time, by the time of a measurement", spread(shares, "{:.1%}")],
        ["processor time of a run with, over one without", spread(extra, "{:+.1%}")],
    ]
    print_table([f"measuring the loss, one step in {every}", "aim: below 2%"], rows)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", nargs="?", help="a text file, one document a line")
    parser.add_argument("--words", type=float, default=2e6, help="of the text (default: 2e6)")
    parser.add_argument("--vocabulary", type=float, default=7e4, help="of a text that is made up")
    parser.add_argument("--dimension", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", metavar="FILE", help="write all results")
    arguments = parser.parse_args()

    words, vocabulary = round(arguments.words), round(arguments.vocabulary)
    if arguments.corpus:
        text = beginning(encode_text(arguments.corpus), words)
    else:
        text = zipf_text(words, vocabulary)
    settings = Settings(dimension=arguments.dimension, epochs=1, learning_rate=RATE)
    with threadpool_limits(1, user_api="blas"):
        facts = machine()
        peak = limits(len(text.vocabulary), settings.dimension, arguments.rounds)
        bench = Bench(text, settings)
        bench.check()
        rounds = [bench.round() for _ in range(arguments.rounds)]
        found = routes(bench, arguments.rounds)
        runs = [with_and_without_loss(text, settings) for _ in range(arguments.rounds)]

    n, b, d = bench.step.V.shape
    print(f"{text.words:,} words, V = {len(text.vocabulary):,}, d = {d}; {len(bench.batches):,}")
    print(f"steps of {n} blocks with {b} centre words, {bench.step.words.shape[1]} outside rows,")
    print(f"{SHARED} of them negatives. Medians (ranges) of {arguments.rounds} rounds.\n")
    units = {"product": "GFLOP/s", "copy": "GB/s", "gather": "GB/s"}
    print_table(
        ["limits, one thread", ""],
        [[name, f"{spread(peak[name], '{:.1f}')} {unit}"] for name, unit in units.items()],
    )
    print()
    print_step(bench, rounds, peak)
    print()
    print_routes(found, bench.step.words.size, ROUTE)
    print()
    print_loss(bench, rounds, runs)
    print()
    print_machine(facts)
    print("\n".join(map(describe_blas, facts["blas"])))
    if arguments.json:
        results = {"limits": peak, "rounds": rounds, "routes": found, "loss": runs}
        write_json(arguments.json, {"options": vars(arguments), "machine": facts, **results})


if __name__ == "__main__":
    main()
