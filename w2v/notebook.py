"""Help for notebooks: code shown from the module itself, so that it is never out of date."""

import ast
import inspect
import textwrap


def source(thing, docstring=False):
    """Show the source of a function or class, highlighted.

    Parameters
    ----------
    thing : function or class
        What to show.
    docstring : bool
        Whether to show its docstring as well.

    Returns
    -------
    IPython.display.Markdown
        Which a notebook and the book render as a block of code.

    Examples
    --------
    >>> from w2v import sigmoid
    >>> print(source(sigmoid).data)
    ```python
    def sigmoid(x):
        x = numbers(x)
        decay = _decay(x)
        return np.where(x.real < 0, decay, 1) / (1 + decay)
    ```
    """
    from IPython.display import Markdown

    code = textwrap.dedent(inspect.getsource(thing)).rstrip()
    if not docstring:
        definition = ast.parse(code).body[0]
        if ast.get_docstring(definition) is not None:
            first = definition.body[0]
            lines = code.splitlines()
            del lines[first.lineno - 1 : first.end_lineno]
            code = "\n".join(lines)
    return Markdown(f"```python\n{code}\n```")
