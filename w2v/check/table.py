"""The exercises at a glance, for those who assign them."""

from .judge import CHAPTERS, LEVELS, exercises


def exercise_table(chapter=None):
    """Show the exercises as a table: what each asks for, and what its check tries.

    Parameters
    ----------
    chapter : str, optional
        Only those of one chapter.

    Returns
    -------
    IPython.display.Markdown

    Examples
    --------
    >>> print(exercise_table("b").data)
    | Exercise | Level | What it asks | What its check tries |
    |---|---|---|---|
    ...
    """
    from IPython.display import Markdown

    lines = ["| Exercise | Level | What it asks | What its check tries |", "|---|---|---|---|"]
    chosen = [each for each in exercises() if chapter in (None, each.chapter)]
    chosen.sort(key=lambda each: (CHAPTERS.index(each.chapter), LEVELS.index(each.level)))
    for each in chosen:
        lines.append(f"| `{each.name}` | {each.level} | {each.about} | {each.tests} |")
    return Markdown("\n".join(lines))
