r"""Read a derivation that somebody wrote in LaTeX, and judge every equation of it.

A document becomes displays and rows (`documents`), rows become tokens (`tokens`), tokens
become trees (`syntax`), trees become expressions of the proof engine (`meaning`), and
these are compared: in numbers first, and then by proof (`verdicts`). Nothing that a
document holds is ever executed.

>>> from w2v.reader import check_text
>>> report = check_text(r"$$ \frac{\partial J}{\partial v_c} = U (\hat y - y) $$")
>>> report.statements[0].verdict
'proved'
"""

from .documents import UnreadableError, document_of, read_document
from .results import VERDICTS, Judged, Report
from .verdicts import check_document

__all__ = [
    "VERDICTS",
    "Judged",
    "Report",
    "UnreadableError",
    "check_document",
    "check_file",
    "check_text",
    "document_of",
    "read_document",
]


def check_file(path, seconds=60.0):
    """Judge every displayed equation of a file.

    Parameters
    ----------
    path : str or path-like
        A file of LaTeX, Markdown or plain text, or a notebook.
    seconds : float, default 60
        What is not judged by then is reported so.

    Returns
    -------
    Report

    Raises
    ------
    UnreadableError
        If the file cannot be read.
    """
    return check_document(read_document(path), seconds)


def check_text(text, kind="md", seconds=60.0):
    """Judge every displayed equation of a text.

    Parameters
    ----------
    text : str
    kind : {"md", "tex", "txt"}, default "md"
    seconds : float, default 60

    Returns
    -------
    Report

    Raises
    ------
    UnreadableError
        If the text is too large.
    """
    return check_document(document_of(text, kind), seconds)
