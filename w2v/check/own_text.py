"""Exercises of the page `own_text`."""

import shlex
from pathlib import PurePath

import numpy as np

from .judge import Wrong, exercise


@exercise(
    "command",
    chapter="own_text",
    level="warm-up",
    about="Write the command that trains on a table of reviews in French.",
    tests="the command is taken apart as the command line does it, but not run",
)
def _command(command):
    import click  # here, as in the rest of the package: it is not needed before

    from ..cli import w2v

    if not isinstance(command, str):
        raise Wrong('A command is a text in quotes, such as "w2v train ...".')
    try:
        words = shlex.split(command.removeprefix("$"))
    except ValueError as error:
        raise Wrong(f"A shell would not understand {command!r}: {error}.") from None
    if words[:2] != ["w2v", "train"]:
        raise Wrong(f"The command that trains begins with `w2v train`, and not as {command!r}.")
    try:
        found = w2v.commands["train"].make_context("w2v train", words[2:]).params
    except click.exceptions.Exit:
        raise Wrong("This shows the help, and trains nothing.") from None
    except click.ClickException as error:
        raise Wrong(f"The command line says: {error.format_message()}") from None

    if found["corpus"] != ("reviews.csv",):
        given = " ".join(found["corpus"]) or "nothing"
        raise Wrong(f"The text is in reviews.csv, but the command reads {given}.")
    if found["column"] != "text":
        raise Wrong(
            "In a table, the command must say which column has the text: it is named `text`, but "
            f"the command says {found['column'] or 'nothing'}."
        )
    if found["tokenizer"] != "unicode":
        raise Wrong(
            f"With the tokenizer {found['tokenizer']}, « Déjà fermé. » becomes "
            + ("d, j, ferm" if found["tokenizer"] == "ascii" else "«, Déjà, fermé., »")
            + ": accents, capitals and punctuation want another."
        )
    for name, wanted in (("dimension", 50), ("min_count", 3)):
        if found[name] != wanted:
            option = f"--{name.replace('_', '-')}"
            raise Wrong(f"{option} should be {wanted}, but is {found[name]}.")
    output = found["output"]
    if output is None:
        raise Wrong("Without -o the vectors go to reviews.npz, which only NumPy reads.")
    endings = "".join(PurePath(output).suffixes[-2:])
    if endings not in {".txt.gz", ".vec.gz", ".bin.gz"}:
        raise Wrong(
            f"The name {output} should say that the format is one of word2vec's, which gensim "
            "reads, and that it is packed with gzip."
        )


@exercise(
    "min-count",
    chapter="own_text",
    level="core",
    about="Find how rare a word may be if most of the text is to have vectors.",
    tests="five texts of few words, in which every threshold is tried and tokens are counted one "
    "by one",
)
def _min_count(largest_min_count):
    worlds = [
        ([6, 3, 1], 0.9),
        ([6, 3, 1], 0.91),
        ([5, 4, 4, 4, 2, 2, 1], 0.7),
        ([100, 30, 7, 7, 7, 3, 2, 2, 1, 1, 1, 1], 0.95),
        ([2, 2, 2], 0.5),
    ]
    for counts, share in worlds:
        tokens = [word for word, count in enumerate(counts) for _ in range(count)]

        def kept(threshold, counts=counts, tokens=tokens):
            return sum(counts[word] >= threshold for word in tokens) / len(tokens)

        expected = max(t for t in range(1, max(counts) + 1) if kept(t) >= share)
        found = largest_min_count(np.array(counts), share)
        where = f"For the counts {counts} and a share of {share:.0%}"
        if np.ndim(found) or not float(found).is_integer():
            raise Wrong(f"{where}, the answer should be a whole number, but is {found!r}.")
        found = int(found)
        if found == expected:
            continue
        words = max(t for t in range(1, max(counts) + 1) if np.mean(np.array(counts) >= t) >= share)
        hint = ""
        if found == words:
            hint = " Yours is for that share of the words; the share of the text is asked for."
        elif found == expected + 1 and kept(found) < share:
            hint = " A word that occurs exactly `min_count` times keeps its vector."
        raise Wrong(
            f"{where}, `min_count` can be {expected}, which keeps {kept(expected):.0%} of the "
            f"text; yours is {found}, which keeps {kept(found):.0%}.{hint}"
        )
