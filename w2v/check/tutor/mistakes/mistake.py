"""What a mistake is."""

from dataclasses import dataclass

#: Where the equations stand: (last equation, page, section). Some headings have formulas.
_SECTIONS = [
    (1, "a_cross_entropy", "Step 1: write down what was seen"),
    (2, "a_cross_entropy", "Step 2: take one word out of the sum"),
    (4, "a_cross_entropy", "Step 3: put in the values"),
    (5, "a_cross_entropy", "Step 4: recognise the loss"),
    (8, "b_center_vector", "Step 1: take the logarithm apart"),
    (10, "b_center_vector", "Step 2: differentiate term by term"),
    (14, "b_center_vector", "Step 3: the log-sum-exp becomes an average"),
    (15, "b_center_vector", "Step 4: put the terms together"),
    (18, "b_center_vector", "Step 5: write it with matrices"),
    (26, "c_outside_vectors", "Case 1: the word that was seen"),
    (33, "c_outside_vectors", "Case 2: every other word"),
    (36, "d_outside_matrix", "Step 2: the score of one word"),
    (39, "d_outside_matrix", "Step 4: two lines that are wrong"),
    (40, "d_outside_matrix", "Step 5: a column times a row"),
    (43, "d_outside_matrix", "Step 6: put the terms together"),
    (44, "e_negative_sampling", "Step 1: the logistic function"),
    (49, "e_negative_sampling", "Step 2: the centre vector"),
    (55, "e_negative_sampling", "Step 3: the outside word"),
    (61, "e_negative_sampling", "Step 4: a negative"),
    (63, "f_skip_gram", "Step 1: a sum is differentiated term by term"),
    (64, "f_skip_gram", "Step 2: the other centre vectors keep still"),
]
_STARRED = {
    "61*": ("e_negative_sampling", "Step 5: a law without hypotheses"),
    "63*": ("f_skip_gram", "Step 3: count the words"),
}


@dataclass(frozen=True, eq=False)
class Mistake:
    """A known mistake.

    Attributes
    ----------
    name : str
    says : str
        What was done and what is right, as a sentence that begins in lower case.
    equation : str
        The line of the derivation where it enters, as "49".
    results : callable
        Takes a `World`, returns a dict with those results that the mistake spoils.
    """

    name: str
    says: str
    equation: str
    results: object

    @property
    def place(self):
        """Where to read again, for people."""
        page, section = _section(self.equation)
        return f"equation ({self.equation}), in {page}.ipynb under “{section}”"

    @property
    def link(self):
        """Where to read again, as an address between the pages of the book."""
        label = self.equation.replace("*", "-star")
        return f"{_section(self.equation)[0]}.html#equation-eq-{label}"


def _section(equation):
    if equation in _STARRED:
        return _STARRED[equation]
    return next((page, section) for last, page, section in _SECTIONS if int(equation) <= last)
