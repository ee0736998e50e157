"""How fast w2v is, and how good its vectors are, beside gensim and a loop over pairs.

    python benchmarks/speed.py [CORPUS] [--evaluation FOLDER] [--json FILE] [--plot FILE]

CORPUS is a file with one document a line; left out, the documentation corpus. Its words
are written to a temporary file, which all contenders read:

w2v-N       `w2v.train` with N workers
minibatch   the same with the method "minibatch", on the first --minibatch-words only
gensim-N    gensim with N workers and the same settings, reading with `corpus_file`
loop        a loop over pairs, as courses write it, on the first --loop-words only

Each run has a process of its own, and the contenders take turns, in an order that changes
from round to round, so that a busy minute hits all of them alike. "Training" starts when
the words have been counted; "whole job" is everything from the text file to vectors in
memory. (gensim reads the file again in each epoch, as part of its training.) Imports and
the evaluation are not timed. All words/s are words of the text that are in the vocabulary,
before subsampling. "/ gensim" compares with as many workers of gensim, round by round;
minibatch and loop, with one.
"""

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from array import array
from importlib import import_module, util
from pathlib import Path

import numpy as np
from common import (
    beginning,
    describe_blas,
    machine,
    numbers,
    print_machine,
    print_table,
    spread,
    write_json,
)

import w2v
from w2v.encode import encode_text
from w2v.evaluate import analogies, held_out_loss, similarity
from w2v.train import fit

CONTENDERS = "w2v-1,w2v-2,gensim-1,gensim-2,minibatch,loop"
LONGEST = 10_000  # words of a document: gensim cuts longer ones
RESTRICT = 30_000  # most frequent words, of which the analogies are made
QUALITIES = {
    "WordSim-353": "wordsim",
    "SimLex-999": "simlex",
    "analogies": "questions",
    "held-out loss": None,
}


# --- the text ----------------------------------------------------------------------------------


def write_text(corpus, folder, share):
    """Write the documents to train on, and the last `share` of them, which are held out."""
    train, held_out = folder / "train.txt", folder / "held_out.txt"
    starts = array("q")
    with open(train, "w+b") as file:
        for document in corpus:
            for start in range(0, len(document), LONGEST):
                starts.append(file.tell())
                file.write(" ".join(document[start : start + LONGEST]).encode() + b"\n")
        if not share:
            return train, None
        count = max(1, round(share * len(starts)))
        if count >= len(starts):
            sys.exit(f"the text has {len(starts)} lines: too few to hold {share:.0%} of them out")
        file.seek(starts[-count])
        held_out.write_bytes(file.read())
        file.truncate(starts[-count])
    return train, held_out


def evaluation_files(folder):
    """Test sets of a folder, by what their names contain."""
    found = {}
    for path in sorted(Path(folder).iterdir()) if folder else ():
        for name, part in QUALITIES.items():
            if part and part in path.name.lower():
                found.setdefault(name, str(path))
    return found


# --- one run, in a process of its own ----------------------------------------------------------


class Stopwatch:
    """Wall and processor seconds of the stages of a run."""

    def __init__(self):
        self.seconds, self.cpu = {}, {}
        self.now = time.perf_counter(), time.process_time()

    def lap(self, stage):
        """The stage ends here."""
        now = time.perf_counter(), time.process_time()
        self.seconds[stage], self.cpu[stage] = np.subtract(now, self.now).tolist()
        self.now = now


def run(job):
    """Train one contender; return all that was measured."""
    start = time.perf_counter()
    program, _, workers = job["contender"].partition("-")
    method = "minibatch" if program == "minibatch" else "banded"
    settings = w2v.Settings(**job["settings"], method=method)
    train = {"w2v": train_w2v, "gensim": train_gensim}.get(program, train_part)
    load(program)
    facts, imports, memory = machine(), time.perf_counter() - start, peak_memory()
    watch = Stopwatch()
    vectors, words, size = train(job, settings, int(workers or 1), watch)
    result = {
        "seconds": {"imports": imports, **watch.seconds},
        "cpu_seconds": watch.cpu,
        "words": words,
        "vocabulary": size,
        "words_per_second": words / watch.seconds["training"],
        "peak_bytes": peak_memory(),
        "bytes_after_imports": memory,
        "machine": facts,
    }
    if vectors is not None:
        whole = watch.seconds["reading"] + watch.seconds["training"]
        result["words_per_second_whole"] = words / whole
        result["quality"] = quality(vectors, job)
    return result


def load(program):
    """Import what a run would otherwise import while its clock runs."""
    for module in ("threadpoolctl", "tqdm", "w2v.banded", "w2v.minibatch"):
        import_module(module)
    if program == "gensim":
        import_module("gensim.models.word2vec")


def peak_memory():
    """Most memory that this process has used so far, in bytes; None where it is not known."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024)


def train_w2v(job, settings, workers, watch):
    with encode_text(job["train"], settings.min_count, progress=False) as text:
        watch.lap("reading")
        vocabulary = text.vocabulary
        tables = fit(text, settings, progress=False, workers=workers)
        vectors = w2v.WordVectors(vocabulary.words, *tables[:2], vocabulary.counts, tables[2])
        watch.lap("training")
        return vectors, settings.epochs * text.words, len(vocabulary)


def train_gensim(job, settings, workers, watch):
    from gensim.models import Word2Vec

    model = Word2Vec(
        sg=1,
        hs=0,
        vector_size=settings.dimension,
        window=settings.window,
        negative=settings.negatives,
        ns_exponent=settings.noise_power,
        sample=settings.subsample,
        min_count=settings.min_count,
        alpha=settings.learning_rate,
        min_alpha=settings.final_learning_rate,
        epochs=settings.epochs,
        seed=settings.seed,
        workers=workers,
    )
    model.build_vocab(corpus_file=job["train"])
    watch.lap("reading")
    model.train(
        corpus_file=job["train"],
        total_examples=model.corpus_count,
        total_words=model.corpus_total_words,
        epochs=model.epochs,
    )
    watch.lap("training")
    words = model.wv.index_to_key
    counts = np.array([model.wv.get_vecattr(word, "count") for word in words])
    # Words of one count in alphabetical order, as ours: analogies take the first so many.
    order = sorted(range(len(words)), key=lambda i: (-counts[i], words[i]))
    vectors = w2v.WordVectors(
        [words[i] for i in order], model.wv.vectors[order], model.syn1neg[order], counts[order]
    )
    return vectors, settings.epochs * int(counts.sum()), len(words)


def train_part(job, settings, workers, watch):
    """The contenders that are too slow for all of the text: same tables, fewer words."""
    loop = job["contender"] == "loop"
    with encode_text(job["train"], settings.min_count, progress=False) as text:
        part = beginning(text, job["loop_words" if loop else "minibatch_words"])
        watch.lap("reading")
        if loop:
            loop_over_pairs(part.tokens[part.tokens >= 0], part.vocabulary, settings)
        else:
            fit(part, settings, progress=False)
        watch.lap("training")
        # The loop makes one pass, whatever the number of epochs.
        return None, part.words * (1 if loop else settings.epochs), len(part.vocabulary)


def loop_over_pairs(tokens, vocabulary, settings):
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


def quality(vectors, job):
    """The four measures, or None for those that the text is too small for."""
    settings, files = job["settings"], job["evaluation"]
    measures = {
        name: lambda name=name: similarity(vectors, files[name]).correlation
        for name in ("WordSim-353", "SimLex-999")
        if name in files
    }
    if "analogies" in files:
        measures["analogies"] = lambda: analogies(vectors, files["analogies"], RESTRICT).accuracy
    if job["held_out"]:
        names = {name: settings[name] for name in ("window", "negatives")}
        measures["held-out loss"] = lambda: held_out_loss(vectors, job["held_out"], **names)
    results = {}
    for name, measure in measures.items():
        try:
            results[name] = measure()
        except ValueError as error:  # for instance, not one of the questions can be asked
            print(f"{job['contender']}: no {name}: {error}", file=sys.stderr)
    return results


# --- all runs ----------------------------------------------------------------------------------


def rounds(jobs, count, seeds, cores):
    """Run all contenders `count` times; yield the results."""
    for number in range(count):
        turn = number % len(jobs)
        for job in jobs[turn:] + jobs[:turn]:
            job["settings"]["seed"] = seeds[number % len(seeds)]
            with pinned(cores[: workers_of(job["contender"])]):
                process = subprocess.run(
                    [sys.executable, __file__, "--run", json.dumps(job)],
                    stdout=subprocess.PIPE,
                    text=True,
                )
            if process.returncode:
                sys.exit(f"{job['contender']} failed")
            result = json.loads(process.stdout.splitlines()[-1])
            result = {"round": number + 1, "contender": job["contender"], **result}
            print(
                f"round {result['round']}: {result['contender']} "
                f"{result['words_per_second']:,.0f} words/s",
                file=sys.stderr,
            )
            yield result


def workers_of(contender):
    return int(contender.partition("-")[2] or 1)


@contextlib.contextmanager
def pinned(cores):
    """Let processes that are started here run on some cores only."""
    if not cores or not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


# --- the report --------------------------------------------------------------------------------


def of(runs, contender, name):
    """A figure of a contender in each round."""
    return [run.get(name) for run in runs if run["contender"] == contender]


def ratios(runs, contender, peer, name):
    """The same divided by the peer's in the same round."""
    pairs = zip(of(runs, contender, name), of(runs, peer, name), strict=False)
    return [one / other for one, other in pairs if one and other]


def print_report(runs, settings):
    contenders = list(dict.fromkeys(run["contender"] for run in runs))
    sizes = {(run["vocabulary"], run["words"]) for run in runs if "quality" in run}
    for vocabulary, words in sorted(sizes):  # one line, unless the contenders do not agree
        print(f"{vocabulary:,} words in the vocabulary, {words:,} words to train on")
    print()
    print_speed(runs, contenders)
    print()
    print_quality(runs, contenders)
    print_memory(runs, contenders, settings)
    print()
    print("Median (range) over the rounds. " + ", ".join(f"{k} {v}" for k, v in settings.items()))
    print("gensim's workers each lower the learning rate by their own share of the text only:")
    print("with N of them it falls 1/N of the way in an epoch, where ours falls all the way.")
    print_machines(runs, contenders)


def print_speed(runs, contenders):
    rows = []
    for contender in contenders:
        peer = f"gensim-{workers_of(contender)}"
        row = [contender]
        for name in ("words_per_second", "words_per_second_whole"):
            row.append(spread(of(runs, contender, name), "{:,.0f}"))
            row.append(spread(ratios(runs, contender, peer, name), "{:.2f}"))
        row.insert(3, spread(ratios(runs, contender, "loop", "words_per_second"), "{:.0f}"))
        cpu = [sum(run.values()) for run in of(runs, contender, "cpu_seconds")]
        rows.append([*row, spread(cpu, "{:.1f}")])
    print_table(
        [
            "contender",
            "training, words/s",
            "/ gensim",
            "/ loop",
            "whole job, words/s",
            "/ gensim",
            "CPU s",
        ],
        rows,
    )


def print_quality(runs, contenders):
    measured = {name for run in runs for name in run.get("quality", ())}
    names = [name for name in QUALITIES if name in measured]
    rows = []
    for contender in contenders:
        results = [result for result in of(runs, contender, "quality") if result]
        if results:
            figures = [[result.get(name) for result in results] for name in names]
            rows.append([contender, *(spread(figure, "{:.4f}") for figure in figures)])
    if rows:
        print_table(["contender", *names], rows)
        print()


def print_memory(runs, contenders, settings):
    """Peak memory, and what it is beside the least that such a trainer needs."""
    if runs[0]["peak_bytes"] is None:
        print("This system does not tell the peak memory.")
        return
    rows = []
    for contender in contenders:
        own = [run for run in runs if run["contender"] == contender]
        peaks = [run["peak_bytes"] / 1e6 for run in own]
        above = [(run["peak_bytes"] - run["bytes_after_imports"]) / 1e6 for run in own]
        if "quality" in own[0]:
            needed = 8 * own[0]["vocabulary"] * settings["dimension"]  # two tables of float32
            needed = (needed + 4 * own[0]["words"] / settings["epochs"]) / 1e6
            times = [spread([needed], "{:.0f}"), spread([a / needed for a in above], "{:.2f}")]
        else:
            times = ["-", "-"]
        rows.append([contender, spread(peaks, "{:.0f}"), spread(above, "{:.0f}"), *times])
    print_table(
        [
            "contender",
            "peak memory, MB",
            "without imports",
            "weights + 4 bytes a token",
            "without imports / this",
        ],
        rows,
    )


def print_machines(runs, contenders):
    print_machine(runs[0]["machine"])
    users = {}
    for contender in contenders:
        for library in of(runs, contender, "machine")[0]["blas"]:
            users.setdefault(describe_blas(library), []).append(contender)
    for library, names in users.items():
        print(f"{library} in {', '.join(names)}")
    print("(threads before training: w2v sets 1 while it trains)")


def plot(path, runs):
    """Bars for the medians of words/s, with ranges."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    contenders = list(dict.fromkeys(run["contender"] for run in runs))
    panels = {"training": "words_per_second", "whole job": "words_per_second_whole"}
    height = 1.2 + 0.4 * len(contenders)
    figure, axes = plt.subplots(1, 2, figsize=(9, height), sharey=True, layout="constrained")
    for axis, (title, name) in zip(axes, panels.items(), strict=True):
        for place, contender in enumerate(contenders):
            speeds = [speed for speed in of(runs, contender, name) if speed]
            if not speeds:
                continue
            middle = statistics.median(speeds)
            whiskers = [[middle - min(speeds)], [max(speeds) - middle]]
            color = "tab:blue" if contender.startswith("w2v") else "tab:gray"
            axis.barh(place, middle, color=color, xerr=whiskers, capsize=3)
            axis.annotate(
                f"{middle:,.0f}",
                (max(speeds), place),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
            )
        axis.set(title=title, xlabel="words/s (median and range)")
        axis.set_yticks(range(len(contenders)), contenders)
        axis.xaxis.set_major_formatter("{x:,.0f}")
        axis.xaxis.set_major_locator(plt.MaxNLocator(4))
        axis.spines[["top", "right"]].set_visible(False)
        axis.margins(x=0.25)
        axis.set_xlim(left=0)
    axes[0].invert_yaxis()
    figure.savefig(path, dpi=150)


# --- the command -------------------------------------------------------------------------------


def parsed():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", nargs="?", help="a text file, one document a line")
    parser.add_argument("--contenders", default=CONTENDERS, metavar="NAME,...")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seeds", type=numbers, default="1,2,3", help="of the rounds, in turns")
    parser.add_argument("--cores", type=numbers, default=[], help="one for each worker: 0,1")
    parser.add_argument("--held-out", type=float, default=0.01, metavar="SHARE")
    parser.add_argument("--evaluation", metavar="FOLDER", help="where the test sets are")
    parser.add_argument("--minibatch-words", type=int, default=200_000, metavar="WORDS")
    parser.add_argument("--loop-words", type=int, default=3_000, metavar="WORDS")
    parser.add_argument("--json", metavar="FILE", help="write the results of all runs")
    parser.add_argument("--plot", metavar="FILE", help="draw words/s")
    settings = parser.add_argument_group("settings of all contenders")
    settings.add_argument("--epochs", type=int, default=1)
    settings.add_argument("--learning-rate", type=float, default=0.05)
    settings.add_argument("--dimension", type=int, default=100)
    settings.add_argument("--window", type=int, default=5)
    settings.add_argument("--negatives", type=int, default=5)
    settings.add_argument("--min-count", type=int, default=5)
    settings.add_argument("--subsample", type=float, default=1e-3)
    arguments = parser.parse_args()
    arguments.contenders = arguments.contenders.split(",")
    for name in arguments.contenders:
        program, _, workers = name.partition("-")
        counted = program in ("w2v", "gensim") and workers.isdecimal() and int(workers) > 0
        if not counted and name not in ("minibatch", "loop"):
            parser.error(f"{name!r} is no contender: take w2v-N, gensim-N, minibatch or loop")
    if arguments.rounds < 1 or not 0 <= arguments.held_out < 1:
        parser.error("--rounds must be at least 1, and --held-out at least 0 and less than 1")
    return arguments


def installed(contenders):
    """The contenders without those that are not there, which are named."""
    absent = [name for name in contenders if name.startswith("gensim")]
    if not absent or util.find_spec("gensim"):
        return contenders
    print(
        f"gensim is not installed (pip install gensim): without {', '.join(absent)}",
        file=sys.stderr,
    )
    return [name for name in contenders if name not in absent]


def main():
    arguments = parsed()
    contenders = installed(arguments.contenders)
    if not contenders:
        sys.exit("there is nobody left to run")
    names = ("dimension", "window", "negatives", "epochs", "learning_rate", "min_count")
    settings = {name: getattr(arguments, name) for name in (*names, "subsample")}
    corpus = w2v.Corpus(arguments.corpus) if arguments.corpus else w2v.documentation_corpus()
    with tempfile.TemporaryDirectory() as folder:
        train, held_out = write_text(corpus, Path(folder), arguments.held_out)
        common = {
            "train": str(train),
            "held_out": held_out and str(held_out),
            "evaluation": evaluation_files(arguments.evaluation),
            "minibatch_words": arguments.minibatch_words,
            "loop_words": arguments.loop_words,
        }
        jobs = [
            {"contender": contender, "settings": dict(settings), **common}
            for contender in contenders
        ]
        runs = list(rounds(jobs, arguments.rounds, arguments.seeds, arguments.cores))
    if arguments.json:
        write_json(arguments.json, {"options": vars(arguments), "runs": runs})
    if arguments.plot:
        plot(arguments.plot, runs)
    print_report(runs, settings)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        print(json.dumps(run(json.loads(sys.argv[2]))))
    else:
        main()
