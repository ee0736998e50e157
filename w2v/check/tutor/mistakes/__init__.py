"""Mistakes that people make, each with the answers that it leads to.

Every mistake is computed from the world alone, as plainly as it can be, and knows nothing of
the learner's program.

>>> mistake = next(each for each in mistakes_of("e") if each.name == "minus-lost")
>>> mistake.place
'equation (49), in e_negative_sampling.ipynb under “Step 2: the centre vector”'
>>> mistake.link
'e_negative_sampling.html#equation-eq-49'
"""

from .mistake import Mistake
from .registry import mistakes_of

__all__ = ["Mistake", "mistakes_of"]
