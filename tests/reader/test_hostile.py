r"""Documents that mean harm, or are merely broken: the command answers, soon and in little memory.

Nothing in a document is executed, and no document makes the command fail with a traceback.
"""

import itertools
import json
import os
import subprocess
import sys
import time

import pytest

#: Of memory, for one file.
MEGABYTES = 500
#: Seconds after which a file counts as one that gets no answer. On a machine that does nothing
#: else none needs more than ten (each test prints its own); what runs away never ends.
PATIENCE = 90

LINE = r"\frac{\partial J_{\text{neg-sample}}}{\partial \boldsymbol u_{w_s}} = "
HARD = (
    LINE + r"\sum_{k=1}^K [w_k = w_s] (1 - \sigma(-\boldsymbol u_{w_k}^\top \boldsymbol v_c))"
    r" \boldsymbol v_c - [w_s = o] (1 - \sigma(\boldsymbol u_o^\top \boldsymbol v_c))"
    r" \boldsymbol v_c + %d \sum_{k=1}^K (\boldsymbol u_{w_k} - \boldsymbol u_{w_s})"
)


def display(latex):
    return f"$$\n{latex}\n$$\n"


def nested_fractions(depth):
    return r"\frac{1}{1 + " * depth + "x" + "}" * depth


def exploding(levels):
    names = [chr(ord("a") + number % 26) * (1 + number // 26) for number in range(levels + 1)]
    lines = [
        rf"\newcommand{{\z{one}}}{{\z{other}\z{other}}}" for one, other in itertools.pairwise(names)
    ]
    lines.append(rf"\newcommand{{\z{names[-1]}}}{{\hat y}}")
    return "\n".join(lines) + "\n" + display(r"U \za = y")


def nested_sums(depth):
    letters = [f"i_{{{number}}}" for number in range(depth)]
    single = [chr(ord("a") + number % 26) for number in range(depth)]
    return {
        "with other letters": "".join(rf"\sum_{{{letter}=1}}^V " for letter in letters),
        "with all letters": "".join(rf"\sum_{{{letter} \in V}} " for letter in single),
    }


CASES = {
    "braces.tex": lambda: display("{" * 10_000 + "x" + "}" * 10_000 + " = y"),
    "open_braces.tex": lambda: display("{" * 10_000 + " = y"),
    "closing_braces.tex": lambda: display("}" * 10_000 + " = y"),
    "brackets.md": lambda: display(r"\left(" * 5_000 + "y_o" + r"\right)" * 5_000 + " = y_o"),
    "round.md": lambda: display("(" * 10_000 + "y_o" + ")" * 10_000 + " = y_o"),
    "subscripts.md": lambda: display("u_{" * 5_000 + "o" + "}" * 5_000 + " = y"),
    "hats.md": lambda: display(r"\hat{" * 5_000 + "y" + "}" * 5_000 + " = y"),
    "signs.md": lambda: display("-" * 20_000 + "y_o = y_o"),
    "signs_59.md": lambda: display("-" * 1_400 + "y_o = y_o"),
    "fractions.tex": lambda: display(r"\hat y_o = " + nested_fractions(5_000)),
    "fractions_40.tex": lambda: display(r"\hat y_o = " + nested_fractions(38)),
    "text.txt": lambda: "the outside word o and its vector u_o. " * 260_000,
    "text.md": lambda: "the *outside* word $o$ and `its` vector $u_o$.\n" * 220_000,
    "formula.tex": lambda: display(r"\hat y_o = " + " + ".join(["y_o"] * 1_600_000)),
    "displays.md": lambda: "$$ a = b $$\n" * 1_000_000,
    "displays_150000.md": lambda: "$$ a = b $$\n" * 150_000,
    "rows.tex": lambda: "\\begin{align}\n" + "y_o &= \\hat y_o \\\\\n" * 90_000 + "\\end{align}\n",
    "opened.tex": lambda: r"\begin{align}" * 20_000 + display(r"y = \hat y"),
    "unclosed.tex": lambda: r"\begin{align} y &= \hat y \\ \begin{cases} 1 & 2 \\ ",
    "crossed.tex": lambda: display(
        r"\begin{cases} 1 \begin{bmatrix} 2 \end{cases} = \end{bmatrix}"
    ),
    "closed.tex": lambda: r"\end{align}" * 20_000 + display(r"y = \hat y"),
    "dollars.md": lambda: "$" * 200_001,
    "backslashes.md": lambda: display("\\" * 19_000 + " = y"),
    "recursive.tex": lambda: (
        r"\newcommand{\a}{\b\b}\newcommand{\b}{\a\a}\newcommand{\c}{\c}\def\d{x\d}"
        + display(r"\a = y")
        + display(r"\c = y")
        + display(r"\d = y")
    ),
    "exploding.tex": lambda: exploding(30),
    "arguments.tex": lambda: (
        "".join(
            rf"\newcommand{{\z{chr(97 + n)}}}[1]{{\z{chr(98 + n)}{{#1#1#1}}}}" for n in range(24)
        )
        + r"\newcommand{\zy}[1]{#1}"
        + display(r"\za{y} = y")
    ),
    "binary.tex": lambda: bytes(range(256)) * 4_000,
    "binary.md": lambda: b"$$ \xff\xfe = \x00 $$" * 1_000,
    "nul.md": lambda: b"$$ y\x00_o = \x00\\hat y_o $$\n" * 50 + b"\x00" * 100_000,
    "utf16.md": lambda: display(r"y = \hat y").encode("utf-16"),
    "factors.md": lambda: display(r"\hat y_o = " + r" \hat y_o " * 10_000),
    "factors_900.md": lambda: display(r"\hat y_o = " + r"\hat y_o " * 700),
    "binomials.md": lambda: display(
        r"\hat y_o = " + r"(y_o + \hat y_o + \sigma(\boldsymbol u_o^\top \boldsymbol v_c))" * 40
    ),
    "sums.md": lambda: display(nested_sums(40)["with all letters"] + "y_a = V"),
    "sums_12.md": lambda: display(
        "".join(rf"\sum_{{{letter} \in V}} " for letter in "abefghijklmn")
        + "".join(rf"\hat y_{letter} " for letter in "abefghijklmn")
        + " = 1"
    ),
    "sums_indexed.md": lambda: display(nested_sums(40)["with other letters"] + "y_o = V"),
    "tower.md": lambda: display(r"\hat y_o = " + "9^{" * 30 + "9" + "}" * 30),
    "tower_of_y.md": lambda: display(r"\hat y_o = " + "y_o^{" * 30 + "2" + "}" * 30),
    "powers.md": lambda: display(r"\hat y_o = " + "(" * 15 + "9" + ")^6" * 15),
    "exponentials.md": lambda: display(r"\hat y_o = " + r"\exp(" * 30 + "99" + ")" * 30),
    "digits.md": lambda: display(r"\hat y_o = " + "9" * 19_000),
    "decimal.md": lambda: display(r"\hat y_o = 1." + "9" * 4_500 + " y_o"),
    "index.md": lambda: display(r"\hat y_{" + "9" * 5_000 + r"} = y_o"),
    "input.tex": lambda: (
        "\\input{/etc/passwd}\n\\include{/etc/passwd}\n"
        + display(r"\input{/etc/passwd} = y")
        + r"\openin5=/etc/passwd"
    ),
    "write.tex": lambda: (
        r"\immediate\write18{touch proof_of_execution}"
        + display(r"\write18{touch proof_of_execution} = \hat y")
    ),
    "python.md": lambda: "".join(
        display(rf"{text} = \hat y")
        for text in (
            r"__import__('os').system('touch proof_of_execution')",
            r"\text{__import__('os').system('touch proof_of_execution')}",
            r"y_{__import__('os').mkdir('proof_of_execution')}",
            r"\operatorname{open}('proof_of_execution', 'w')",
            r"\operatorname{__class__} y.__class__.__mro__",
            r"\hat{exec(\"open('proof_of_execution', 'w')\")}",
        )
    ),
    "cells.ipynb": lambda: json.dumps(
        {"cells": [{"cell_type": "code", "source": "open('proof_of_execution', 'w')"}] * 10}
    ),
    "deep.ipynb": lambda: "[" * 100_000 + "]" * 100_000,
    "deep_cells.ipynb": lambda: '{"cells":' * 5_000 + "1" + "}" * 5_000,
    "odd.ipynb": lambda: '{"cells": [1, null, {"cell_type": "markdown"}, {"source": [1, {}]}]}',
    "hard.md": lambda: "".join(display(HARD % number) for number in range(500)),
    "hard_150.md": lambda: "".join(display(HARD % number) for number in range(150)),
    "empty.md": lambda: "",
}

#: So few equations may take the minute that is given to every file.
OPTIONS = {"hard_150.md": ("--seconds", "6")}


def limited():
    """Stop what runs away; only where the system has such limits."""
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (PATIENCE, PATIENCE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


#: What ``w2v`` does, and then how much memory it took. (What the system says of a child counts
#: what its parent took before it began.)
COMMAND = """
import sys
from pathlib import Path
from w2v.cli import main
status = main(sys.argv[1:])
if sys.platform == "linux":
    peak = Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]
    Path("peak").write_text(peak)
sys.exit(status)
"""


def run(path):
    """(exit status, what is said, seconds of the processor, megabytes) of the command."""
    command = [sys.executable, "-c", COMMAND, "check", path.name, *OPTIONS.get(path.name, ())]
    settings = {"OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    with open(path.with_suffix(".said"), "w+b") as said:
        started = subprocess.Popen(
            command,
            cwd=path.parent,
            env={**os.environ, **settings},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            preexec_fn=limited if os.name == "posix" else None,
        )
        until = time.monotonic() + PATIENCE
        used = None
        if hasattr(os, "wait4"):
            while not (found := os.wait4(started.pid, os.WNOHANG))[0]:
                if time.monotonic() > until:
                    started.kill()
                    os.wait4(started.pid, 0)
                    pytest.fail(f"no answer within {PATIENCE} s")
                time.sleep(0.02)
            started.returncode = os.waitstatus_to_exitcode(found[1])
            used = found[2]
        else:
            started.wait(PATIENCE)
        said.seek(0)
        text = said.read().decode("utf-8", "replace")
    if used is None:
        return started.returncode, text, 0, 0
    peak = path.with_name("peak")
    megabytes = int(peak.read_text()) / 1024 if peak.exists() else 0
    return started.returncode, text, used.ru_utime + used.ru_stime, megabytes


@pytest.mark.parametrize("name", CASES)
def test_an_answer_comes(tmp_path, name):
    content = CASES[name]()
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    status, said, seconds, megabytes = run(path)
    print(f"{name}: status {status}, {seconds:.1f} s, {megabytes:.0f} MB: {said[-300:]}")
    assert "Traceback" not in said, said[-2000:]
    assert status in (0, 1, 2)
    assert said.strip()
    assert "root:" not in said
    assert megabytes < MEGABYTES
    assert not (tmp_path / "proof_of_execution").exists()
