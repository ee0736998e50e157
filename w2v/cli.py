"""The command line: ``w2v train``, ``w2v ledger`` and ``w2v info``."""

import argparse
import dataclasses
import json
import os
import platform
import sys
from pathlib import Path

from . import __version__
from .settings import Settings
from .train import train


def main(arguments=None):
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        What stands behind ``w2v``; by default what the process was given.

    Returns
    -------
    int
        Exit status: 0 when all is well, 1 when an equation is not settled as recorded, 2
        when the command cannot be carried out, 130 when the user interrupted it.

    Examples
    --------
    >>> main(["ledger", "18"])
    (18) true: proved for every size
    0
    """
    parser = argparse.ArgumentParser(prog="w2v", description="word2vec, every equation proved")
    parser.add_argument("--version", action="version", version=f"w2v {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_train(commands)
    ledger = commands.add_parser(
        "ledger",
        help="prove or refute the numbered equations",
        description="Run the proofs of all numbered equations, or of one, and print the verdicts.",
        epilog="Exit status: 0 if every verdict is as recorded, 1 if not, 2 for a wrong command.",
    )
    ledger.add_argument("number", nargs="?", help="explain one equation, such as 47 or 61*")
    ledger.add_argument("--part", choices=list("abcdef"), help="only one part of the homework")
    ledger.add_argument("--json", action="store_true", help="print JSON for a machine")
    commands.add_parser(
        "info",
        help="tell what this machine computes with",
        description="Print the versions, the BLAS library with its kernels and threads, and the "
        "route by which the trainer adds rows: what speed depends on.",
    )
    parsed = parser.parse_args(arguments)
    if parsed.command == "train":
        return _train(parsed)
    if parsed.command == "info":
        return _info()
    if parsed.number and parsed.part:
        ledger.error("give a number or --part, not both")
    return _ledger(parsed)


_HELP = {
    "dimension": "length of the vectors",
    "window": "largest distance of a pair's words",
    "negatives": "negative words for each pair",
    "epochs": "passes over the text",
    "learning_rate": "step at the start",
    "final_learning_rate": "step at the end",
    "min_count": "rarer words are left out",
    "subsample": "threshold above which frequent words are thinned out; 0 keeps all",
    "noise_power": "negatives are drawn by the word's count to this power",
    "loss": "negative_sampling, or naive_softmax for small vocabularies",
    "method": "banded, or minibatch, which is slow and easy to read",
    "batch_size": "windows of one step",
    "row_limit": "longest step of a word, in units of 1 / curvature",
    "seed": "with one worker, one seed gives one result",
    "dtype": "float32 or float64",
}


def _add_train(commands):
    parser = commands.add_parser(
        "train",
        help="learn vectors from a text file",
        description="Learn word vectors from a text file with one sentence a line, and write them.",
        epilog="Exit status: 0 if the vectors were written, 2 if not, 130 if interrupted.",
    )
    parser.add_argument("corpus", help="a text file, UTF-8")
    parser.add_argument(
        "-o", "--output", help="where to write; by default beside the text, ending in .npz"
    )
    parser.add_argument(
        "--workers", type=int, default=1, help="threads; only 1 is reproducible (default: 1)"
    )
    for field in dataclasses.fields(Settings):
        parser.add_argument(
            "--" + field.name.replace("_", "-"),
            type=field.type,
            default=field.default,
            help=f"{_HELP[field.name]} (default: {field.default})",
        )


def _train(parsed):
    names = [field.name for field in dataclasses.fields(Settings)]
    output = Path(parsed.output or Path(parsed.corpus).with_suffix(".npz"))
    try:
        settings = Settings(**{name: getattr(parsed, name) for name in names})
        _check_output(output)
        vectors = train(parsed.corpus, settings, workers=parsed.workers)
        vectors.save(output)
    except (ValueError, OSError, FloatingPointError) as error:  # UnicodeError is a ValueError
        print(f"w2v train: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("w2v train: interrupted, nothing was written", file=sys.stderr)
        return 130
    loss = vectors.history.epoch_loss[-1]
    print(f"{len(vectors):,} words, loss {loss:.3f} in the last epoch: written to {output}")
    return 0


def _check_output(output):
    """Find out before training, and not after it, that nothing can be written."""
    if output.suffix != ".npz":
        raise ValueError(f"the output {output} must end in .npz")
    if output.is_dir():
        raise IsADirectoryError(f"the output {output} is a folder")
    if not output.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {output.parent} to write to")
    if not os.access(output.parent, os.W_OK):
        raise PermissionError(f"the folder {output.parent} cannot be written to")


def _info():
    import numpy
    import scipy
    from threadpoolctl import threadpool_info

    from .scatter import ROUTE

    print(f"w2v {__version__}, Python {platform.python_version()}, {os.cpu_count()} processors")
    print(f"NumPy {numpy.__version__}, SciPy {scipy.__version__}")
    for library in threadpool_info():
        if library["user_api"] == "blas":
            print(
                f"BLAS: {library['internal_api']} {library['version']}, "
                f"{library.get('architecture', 'unknown')} kernels, "
                f"{library['num_threads']} threads (training uses one)"
            )
    if "OPENBLAS_CORETYPE" in os.environ:
        print(f"OPENBLAS_CORETYPE={os.environ['OPENBLAS_CORETYPE']} chose these kernels")
    print(f"rows are added by w2v.scatter.{ROUTE}")
    return 0


def _ledger(parsed):
    try:
        from .proof import ledger as prove_all
        from .proof.ledger import equation, settle, summary
    except ModuleNotFoundError as error:
        print(
            f"w2v ledger needs the package {error.name!r}: install w2v with its extra, "
            "python -m pip install 'w2v[proof]'",
            file=sys.stderr,
        )
        return 2
    if parsed.number:
        try:
            rows = [settle(equation(parsed.number))]
        except KeyError as error:
            print(f"w2v ledger: {error.args[0]}", file=sys.stderr)
            return 2
    else:
        rows = prove_all(parsed.part)
    if parsed.json:
        print(json.dumps([_as_json(row) for row in rows], indent=2))
    elif parsed.number:
        print(rows[0])
    else:
        for row in rows:
            number = f"({row.equation.number})"
            print(f"{number:>6}  {row.verdict:11}  {1000 * row.seconds:5.0f} ms  {row.method}")
        print(summary(rows))
    return 0 if all(row.as_recorded for row in rows) else 1


def _as_json(row):
    equation = row.equation
    return {
        "number": equation.number,
        "part": equation.part,
        "verdict": row.verdict,
        "recorded": equation.verdict,
        "method": row.method,
        "latex": equation.full_latex,
        "hypotheses": [hypothesis.text for hypothesis in equation.given],
        "note": equation.note,
        "witness": str(row.witness) if row.witness else None,
        "correction": equation.correction or None,
        "seconds": round(row.seconds, 4),
    }


if __name__ == "__main__":
    sys.exit(main())
