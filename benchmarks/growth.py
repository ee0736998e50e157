"""How the time for a word grows with the dimension, the negatives, the vocabulary and the text.

    python benchmarks/growth.py [CORPUS] [--vary dimension,negatives,vocabulary,length]

One of the four varies, the others stay as they are. Without CORPUS, a file with one
document a line, the text is made up, with Zipf's distribution of words. The vocabulary of
a real text varies through `min_count`, so that its sizes are only near those asked for.

"Around" is the time before the first step and after the last: for tables of vectors, and for
the table that negatives are drawn from. "ns a centre" is the rest of a run over its centre
words, those that subsampling leaves: of a small vocabulary it leaves fewer. The slope is
the power that this time grows with, 0 for not at all and 1 for in proportion; it is that
of the least-squares line through the logarithms of a round. One worker, one epoch.
"""

import argparse
import statistics
import time
from unittest import mock

import numpy as np
from common import (
    beginning,
    describe_blas,
    machine,
    numbers,
    print_machine,
    print_table,
    slope,
    spread,
    write_json,
    zipf_text,
)

from w2v import Settings
from w2v.banded import BandedLearner
from w2v.encode import encode_text
from w2v.train import fit

SETTINGS = ("dimension", "negatives")  # the other two belong to the text


class Texts:
    """Texts of any length and vocabulary, from a corpus or made up, each made once."""

    def __init__(self, corpus):
        self.corpus = corpus
        self.made = {}

    def get(self, words, vocabulary):
        """An encoded text of so many words, of a vocabulary of so many, or fewer."""
        key = words, vocabulary
        if key not in self.made:
            whole = zipf_text(*key) if self.corpus is None else self._of_corpus(vocabulary)
            self.made[key] = beginning(whole, words)
        return self.made[key]

    def _of_corpus(self, vocabulary):
        counts = self._counted(1).vocabulary.counts
        # That of the rarest word which still belongs to a vocabulary of this size.
        return self._counted(int(counts[min(vocabulary, len(counts)) - 1]))

    def _counted(self, min_count):
        if min_count not in self.made:
            self.made[min_count] = encode_text(self.corpus, min_count)
        return self.made[min_count]


def timed_fit(text, settings):
    """Seconds of reading and learning, and of the rest of a run."""
    learn = BandedLearner.learn
    moments = [time.perf_counter()]

    def noted(*arguments):
        moments.append(time.perf_counter())
        yield from learn(*arguments)
        moments.append(time.perf_counter())

    with mock.patch.object(BandedLearner, "learn", noted):
        fit(text, settings, progress=False)
    start, first, *_, last = moments
    return last - first, first - start + time.perf_counter() - last


def centres(text, settings):
    """Words that subsampling leaves, on average: the centre words."""
    keep = text.vocabulary.keep_probability(settings.subsample)
    return keep[text.tokens[text.tokens >= 0]].sum()


def measured(text, settings):
    """Words/s in all, nanoseconds of learning for each centre word, and what is around it."""
    learning, around = timed_fit(text, settings)
    return {
        "size": {
            "dimension": settings.dimension,
            "negatives": settings.negatives,
            "vocabulary": len(text.vocabulary),
            "length": text.words,
        },
        "words/s": text.words / (learning + around),
        "around, ms": 1e3 * around,
        "ns a centre": 1e9 * learning / centres(text, settings),
    }


def sweep(name, sizes, base, texts, rounds):
    """Measure all sizes, round by round, after one round to warm up; print and return it all."""
    runs = []
    for number in range(rounds + 1):
        for size in sizes:
            chosen = base | {name: size}
            settings = Settings(epochs=1, **{name: chosen[name] for name in SETTINGS})
            run = measured(texts.get(chosen["length"], chosen["vocabulary"]), settings)
            runs.append({"varies": name, "round": number, **run})
    runs = [run for run in runs if run["round"]]
    print_sweep(name, runs)
    return runs


def print_sweep(name, runs):
    by_size, by_round = {}, {}
    for run in runs:
        by_size.setdefault(run["size"][name], []).append(run)
        by_round.setdefault(run["round"], []).append(run)
    figures = {"words/s": "{:,.0f}", "around, ms": "{:,.0f}", "ns a centre": "{:,.0f}"}
    rows = [
        [f"{size:,}", *(spread([run[f] for run in group], p) for f, p in figures.items())]
        for size, group in sorted(by_size.items())
    ]
    first = statistics.median(run["ns a centre"] for run in by_size[min(by_size)])
    for row, (_, group) in zip(rows, sorted(by_size.items()), strict=True):
        row.append(f"{statistics.median(run['ns a centre'] for run in group) / first:.2f}")
    print_table([name, *figures, "ratio"], rows)
    if len(by_size) > 1:
        slopes = [
            slope([run["size"][name] for run in group], [run["ns a centre"] for run in group])
            for group in by_round.values()
        ]
        print(f"slope of ns a centre: {spread(slopes, '{:.2f}')}")
    print(flush=True)


def plot(path, runs):
    """Medians and ranges of the time for a centre word against each size, both logarithmic."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    names = list(dict.fromkeys(run["varies"] for run in runs))
    figure, axes = plt.subplots(
        1, len(names), figsize=(3 * len(names), 3), sharey=True, squeeze=False, layout="constrained"
    )
    for axis, name in zip(axes[0], names, strict=True):
        costs = {}
        for run in runs:
            if run["varies"] == name:
                costs.setdefault(run["size"][name], []).append(run["ns a centre"])
        middle = np.array([statistics.median(some) for some in costs.values()])
        low, high = ([end(some) for some in costs.values()] for end in (min, max))
        axis.errorbar(list(costs), middle, yerr=[middle - low, high - middle], fmt="o-", capsize=3)
        axis.set(xlabel=name, xscale="log", yscale="log")
        axis.set_xticks(list(costs), [f"{size:g}" for size in costs])
        axis.xaxis.minorticks_off()
    axes[0, 0].set_ylabel("ns a centre")
    figure.savefig(path, dpi=150)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", nargs="?", help="a text file, one document a line")
    sizes = {
        "dimension": "25,50,100,200,400",
        "negatives": "1,5,20",
        "vocabulary": "1e3,1e4,1e5,1e6",
        "length": "1e5,4e5,16e5",
    }
    for name, values in sizes.items():
        parser.add_argument(f"--{name}", type=integers, default=values, metavar="N,...")
    parser.add_argument("--vary", default=",".join(sizes), metavar="NAME,...")
    parser.add_argument("--base", type=integers, default="100,5,2e4,4e5", help="of all four")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", metavar="FILE", help="write all results")
    parser.add_argument("--plot", metavar="FILE", help="draw them")
    arguments = parser.parse_args()
    varied = arguments.vary.split(",")
    if not set(varied) <= set(sizes) or len(arguments.base) != len(sizes):
        parser.error(f"--vary takes some of {', '.join(sizes)}, and --base the four numbers")
    base = dict(zip(sizes, arguments.base, strict=True))
    texts = Texts(arguments.corpus)
    print(", ".join(f"{name} {size:,}" for name, size in base.items()), "unless they vary\n")
    runs = []
    for name in varied:
        runs += sweep(name, getattr(arguments, name), base, texts, arguments.rounds)
    facts = machine()
    print(f'Median (range) of {arguments.rounds} rounds. The method "banded" draws as many')
    print("negatives whatever K is, and only their weight changes.")
    print_machine(facts)
    print("\n".join(map(describe_blas, facts["blas"])))
    if arguments.json:
        write_json(arguments.json, {"options": vars(arguments), "machine": facts, "runs": runs})
    if arguments.plot:
        plot(arguments.plot, runs)


def integers(text):
    """The numbers of an option, which may be written as 1e6."""
    return [round(number) for number in numbers(text, float)]


if __name__ == "__main__":
    main()
