"""What the benchmarks share: medians with ranges, tables, the machine, and made-up text."""

import json
import os
import platform
import statistics
from importlib import metadata, util
from pathlib import Path

import numpy as np

from w2v import Vocabulary
from w2v.encode import END, EncodedText

DOCUMENT = 1000  # words of a made-up document


# --- figures -----------------------------------------------------------------------------------


def spread(values, pattern="{:.3g}"):
    """Median and range, as text; a dash where nothing was measured."""
    values = [value for value in values if value is not None]
    if not values:
        return "-"
    middle, low, high = map(pattern.format, (statistics.median(values), min(values), max(values)))
    return middle if low == high else f"{middle} ({low} to {high})"


def slope(sizes, costs):
    """The power of the size that a cost grows with: least squares through the logarithms."""
    return np.polyfit(np.log(sizes), np.log(costs), 1)[0].item()


def print_table(header, rows):
    """Columns as wide as they must be, the first to the left and the others to the right."""
    rows = [list(map(str, row)) for row in [header, *rows]]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *others in rows:
        cells = [text.rjust(width) for text, width in zip(others, widths[1:], strict=True)]
        print("  ".join([first.ljust(widths[0]), *cells]).rstrip())


def write_json(path, content):
    Path(path).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def numbers(text, kind=int):
    """The numbers of an option like "1,2,3"."""
    return [kind(part) for part in text.split(",")]


# --- the machine -------------------------------------------------------------------------------


def machine():
    """What speed depends on beside the program: processor, BLAS and versions."""
    from threadpoolctl import threadpool_info

    packages = [name for name in ("numpy", "scipy", "gensim") if util.find_spec(name)]
    return {
        "processor": processor(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "blas": [
            {
                "of": Path(library["filepath"]).parent.name.removesuffix(".libs"),
                "library": f"{library['internal_api']} {library['version']}",
                "kernel": library.get("architecture"),
                "threads": library["num_threads"],
            }
            for library in threadpool_info()
            if library["user_api"] == "blas"
        ],
        "OPENBLAS_CORETYPE": os.environ.get("OPENBLAS_CORETYPE"),
        "versions": {
            "Python": platform.python_version(),
            **{name: metadata.version(name) for name in packages},
        },
    }


def processor():
    """Name of the processor, as far as the system tells it."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def print_machine(facts):
    print(f"processor: {facts['processor']}, {facts['cores']} cores, {facts['system']}")
    print(f"OPENBLAS_CORETYPE: {facts['OPENBLAS_CORETYPE'] or 'not set'}")
    print(", ".join(f"{name} {version}" for name, version in facts["versions"].items()))


def describe_blas(library):
    return (
        f"BLAS of {library['of']}: {library['library']}, kernels for {library['kernel']}, "
        f"threads: {library['threads']}"
    )


# --- made-up text ------------------------------------------------------------------------------


def zipf_text(words, vocabulary, seed=0):
    """Text of which the r-th word has a share proportional to 1 / (r + 2.7).

    The order of its words means nothing, which costs training no time. A word that is
    never drawn counts as drawn once, so that the vocabulary has its full size.
    """
    shares = np.cumsum(1 / (np.arange(vocabulary) + 2.7))
    drawn = np.random.default_rng(seed).random(words) * shares[-1]
    drawn = np.searchsorted(shares, drawn, side="right")
    counts = np.bincount(drawn, minlength=vocabulary)
    order = np.argsort(-counts, kind="stable")
    index = np.empty(vocabulary, np.int32)
    index[order] = np.arange(vocabulary)
    counts = np.maximum(counts[order], 1).tolist()
    names = (f"{number:07d}" for number in range(vocabulary))
    tokens = np.insert(index[drawn], range(DOCUMENT, words, DOCUMENT), END)
    text = EncodedText(Vocabulary(dict(zip(names, counts, strict=True))), np.append(tokens, END))
    text.words = words
    return text


def beginning(text, words):
    """The first words of an encoded text, with the vocabulary of all of it."""
    places = np.flatnonzero(text.tokens[: 2 * words] != END)[:words]
    part = EncodedText(text.vocabulary, np.append(text.tokens[: places[-1] + 1], np.int32(END)))
    part.words = len(places)
    return part
