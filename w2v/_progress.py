"""Progress bars where somebody is there to see them."""

import sys


def somebody_watches():
    """Whether standard error is a terminal, or a notebook that a person has open.

    A notebook that a program runs cannot answer questions, and its kernel knows; it
    stays silent, so that its outputs are the same every time.
    """
    if "IPython" in sys.modules:
        shell = sys.modules["IPython"].get_ipython()
        kernel = getattr(shell, "kernel", None)
        if kernel is not None:
            return bool(getattr(kernel, "_allow_stdin", False))
    return sys.stderr is not None and sys.stderr.isatty()


def progress_bar(items=None, description=None, unit="it", show=None, **options):
    """A tqdm bar; `show` is True, False, or None for "if somebody watches"."""
    from tqdm import tqdm  # here, to keep `import w2v` fast

    hidden = not (somebody_watches() if show is None else show)
    return tqdm(items, desc=description, unit=unit, disable=hidden, **options)
