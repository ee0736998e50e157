"""The command line: ``w2v ledger`` settles the equations of the derivation."""

import argparse
import json
import sys

from . import __version__


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
        when the command cannot be carried out.

    Examples
    --------
    >>> main(["ledger", "18"])
    (18) true: proved for every size
    0
    """
    parser = argparse.ArgumentParser(prog="w2v", description="word2vec, every equation proved")
    parser.add_argument("--version", action="version", version=f"w2v {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    ledger = commands.add_parser(
        "ledger",
        help="prove or refute the numbered equations",
        description="Run the proofs of all numbered equations, or of one, and print the verdicts.",
        epilog="Exit status: 0 if every verdict is as recorded, 1 if not, 2 for a wrong command.",
    )
    ledger.add_argument("number", nargs="?", help="explain one equation, such as 47 or 61*")
    ledger.add_argument("--part", choices=list("abcdef"), help="only one part of the homework")
    ledger.add_argument("--json", action="store_true", help="print JSON for a machine")
    parsed = parser.parse_args(arguments)
    if parsed.number and parsed.part:
        ledger.error("give a number or --part, not both")
    return _ledger(parsed)


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
