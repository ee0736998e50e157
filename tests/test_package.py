"""The package as a whole: what importing it costs, and what it offers."""

import inspect
import os
import subprocess
import sys
from pathlib import Path

import w2v

HEAVY = ("sympy", "matplotlib", "scipy", "tqdm", "IPython", "click", "pooch", "requests")
OPTIONAL = ("gensim", "pyarrow", "zstandard")


def python(code):
    """Run code in a fresh interpreter, which finds the same `w2v` as this one."""
    here = str(Path(w2v.__file__).parents[1])
    path = os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH")]))
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": path},
    )


def test_importing_the_package_imports_nothing_heavy():
    """Each of these takes longer to import than all of w2v."""
    result = python(
        f"import sys, w2v; print([name for name in {HEAVY + OPTIONAL} if name in sys.modules])"
    )
    assert result.stdout.strip() == "[]"
    assert result.stderr == ""


def test_the_gradients_need_nothing_heavy():
    code = (
        "import sys, numpy, w2v\n"
        "table = numpy.eye(3)\n"
        "w2v.check_gradient(lambda x: w2v.skip_gram(0, [1], x, table)[:2], table)\n"
        "w2v.skip_gram(0, [1], table, table, w2v.negative_sampling, [1, 2])\n"
        f"print([name for name in {HEAVY + OPTIONAL} if name in sys.modules])"
    )
    assert python(code).stdout.strip() == "[]"


def test_every_public_name_is_there_and_no_function_is_hidden_by_its_module():
    """`softmax`, `negative_sampling` and `train` are modules as well as functions."""
    assert w2v.__all__ == sorted(w2v.__all__)
    for name in w2v.__all__:
        thing = getattr(w2v, name)
        assert inspect.isfunction(thing) or inspect.isclass(thing), name
        assert thing.__doc__, name


def test_the_functions_stay_functions_when_their_modules_are_imported_later():
    code = (
        "import w2v, w2v.softmax, w2v.negative_sampling, w2v.train\n"
        "from w2v import softmax, negative_sampling, train\n"
        "from w2v.train import fit\n"
        "print(all(map(callable, (w2v.softmax, w2v.negative_sampling, w2v.train, softmax))))"
    )
    assert python(code).stdout.strip() == "True"
