"""Exercises of chapter (g)."""

import itertools
from fractions import Fraction

import numpy as np

from .judge import Wrong, exercise, require_close


@exercise(
    "thinning-begins",
    chapter="g",
    level="warm-up",
    about="Find the share of the text from which a word is left out now and then.",
    tests="the program's formula at the share found, for three thresholds",
)
def _thinning_begins(thinning_begins):
    for t in (1e-3, 1e-5, 0.02):
        share = float(thinning_begins(t))
        if not share > 0:
            raise Wrong(f"The share for t = {t:g} should be positive, but is {share:g}.")
        formula = np.sqrt(t / share) + t / share
        if not np.isclose(formula, 1):
            doing = "more than 1, so that nothing is left out yet" if formula > 1 else "less than 1"
            raise Wrong(
                f"With t = {t:g} and the share {share:.4g} the program's formula gives "
                f"{formula:.4f}: {doing}. It should give 1."
            )


@exercise(
    "draw",
    chapter="g",
    level="core",
    about="Turn uniform random numbers into words of the noise distribution.",
    tests="single numbers, and a thousand evenly spaced ones, of which each word must get its "
    "share; for three powers",
)
def _draw(draw):
    single = np.array([0.0, 0.5, 0.79, 0.81, 0.89, 0.91, 0.999])
    counts, expected = np.array([16, 1, 1]), [0, 0, 0, 1, 1, 2, 2]  # shares 0.8, 0.1, 0.1
    found = np.asarray(draw(counts, single, 0.75))
    if found.shape != single.shape:
        raise Wrong(
            f"There should be a word for each of the {len(single)} numbers, but the shape is "
            f"{found.shape}."
        )
    for number, word, right in zip(single, found.tolist(), expected, strict=True):
        if word != right:
            raise Wrong(
                "With the counts 16, 1 and 1 and the power 3/4, the words' shares are 0.8, 0.1 and "
                f"0.1. So the number {number:g} should give word {right}, but gives {word}."
            )
    counts, numbers = np.array([50, 30, 10, 7, 3]), (np.arange(1000) + 0.5) / 1000
    for power in (0.75, 1, 0):
        words = np.asarray(draw(counts, numbers, power)).tolist()
        weights = [float(count) ** power for count in counts]
        for word, weight in enumerate(weights):
            due = 1000 * weight / sum(weights)
            if abs(words.count(word) - due) > 1.01:
                raise Wrong(
                    f"With the counts {counts.tolist()} and the power {power}, word {word} should "
                    f"get {due:.0f} of 1000 evenly spaced numbers, but gets {words.count(word)}."
                )


@exercise(
    "pairs",
    chapter="g",
    level="core",
    about="Count the pairs that a document gives on average.",
    tests="every place and every radius counted one by one, for seven documents, some of them "
    "shorter than the window",
)
def _pairs(average_pairs):
    for n, m in ((6, 1), (6, 2), (2, 5), (1, 3), (4, 4), (10, 3), (25, 5)):
        pairs = sum(
            0 < abs(i - j) <= radius
            for radius in range(1, m + 1)
            for i, j in itertools.product(range(n), repeat=2)
        )
        found = average_pairs(n, m)
        found = float(found) if isinstance(found, Fraction) else found
        require_close(found, pairs / m, f"the pairs of a document of n = {n} words with m = {m}")


@exercise(
    "still-meet",
    chapter="g",
    level="stretch",
    about="Thinning lets a window reach farther: say how likely two distant words meet.",
    tests="the sum over every way in which the words between them can be kept or not, in eight "
    "cases",
)
def _still_meet(still_meet):
    cases = [(1, 2, 0.5), (2, 2, 0.5), (3, 2, 0.5), (3, 1, 0.25), (5, 2, 0.3)]
    for distance, window, keep in [*cases, (6, 3, 0.0), (6, 3, 1.0), (9, 4, 0.8)]:
        between = distance - 1
        chance = 0.0
        for kept in itertools.product((0, 1), repeat=between):
            if sum(kept) + 1 <= window:
                chance += np.prod([keep if word else 1 - keep for word in kept])
        words = "1 word stands" if between == 1 else f"{between} words stand"
        require_close(
            still_meet(distance, window, keep),
            chance,
            f"the chance for distance {distance} (where {words} between the two), window {window} "
            f"and keep {keep}",
        )
