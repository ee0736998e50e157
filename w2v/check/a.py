"""Exercises of chapter (a)."""

from fractions import Fraction
from math import exp, fsum, log, prod

import numpy as np

from .judge import Wrong, exercise, require_close


def _log_shares(scores):
    """The log-probabilities of a list of scores, one word at a time."""
    largest = max(scores)
    total = largest + log(fsum(exp(score - largest) for score in scores))
    return [score - total for score in scores]


@exercise(
    "bits",
    chapter="a",
    level="warm-up",
    about="Find the surprise at one word of eight that are equally probable, in nats and in bits.",
    tests="both numbers, by counting how often eight can be halved",
)
def _bits(nats, bits):
    words, halvings = 8, 0
    while words > 1:
        words, halvings = words / 2, halvings + 1
    nats, bits = (_number(value) for value in (nats, bits))
    right = halvings * log(2), halvings
    if np.allclose((bits, nats), right, atol=0.01):
        raise Wrong("The two numbers are exchanged: a bit is less than a nat, so there are more.")
    if max(nats, bits) < 0:
        raise Wrong(
            "A surprise is never negative: the logarithm of a probability is, and has a minus sign "
            "in front."
        )
    for name, found, expected in zip(("nats", "bits"), (nats, bits), right, strict=True):
        hint = ""
        if abs(found - halvings * log(2) / log(10)) < 0.01:
            hint = (
                " The logarithm is to the base 10 here; nats are natural, and bits to the base 2."
            )
        if abs(found - expected) > 0.01:
            raise Wrong(f"The surprise is not {found:g} {name}.{hint}")


def _number(value):
    value = np.asarray(value, float)
    if value.shape != ():
        raise Wrong(f"Two single numbers are asked for, but one has the shape {value.shape}.")
    return value.item()


@exercise(
    "batch",
    chapter="a",
    level="core",
    about="Compute the losses of a batch of pairs at once.",
    tests="each loss by a loop over the words, for batches of 1, 2 and 4 pairs, with scores of "
    "some units and of 800",
)
def _batch(losses):
    rng = np.random.default_rng(1)
    batches = [
        (np.array([[0.0, 1.0, 0.0], [2.0, 0.0, 0.0]]), np.array([1, 2])),
        (rng.normal(size=(4, 6)), np.array([5, 0, 3, 3])),
        (np.array([[800.0, -800.0, 0.0]]), np.array([1])),
    ]
    for scores, seen in batches:
        pairs = zip(scores.tolist(), seen, strict=True)
        expected = np.array([-_log_shares(row)[word] for row, word in pairs])
        with np.errstate(all="ignore"):
            found = np.asarray(losses(scores, seen), float)
        where = f"for scores of shape {scores.shape} and the words {seen}"
        if len(seen) > 1 and found.shape == (len(seen), len(seen)):
            raise Wrong(
                f"The losses {where} should have shape {expected.shape}, but have {found.shape}: "
                "every row met every word. Row i should meet the word i of the list only."
            )
        if found.shape == () and len(seen) > 1:
            raise Wrong(f"One loss for each pair is asked for {where}, not one number for all.")
        if found.shape == expected.shape and not np.isfinite(found).all():
            raise Wrong(
                f"The losses {where} are {found}, but should be {expected}: an exponential "
                "overflowed, or the logarithm of 0 was taken."
            )
        require_close(found, expected, f"the losses {where}")


@exercise(
    "perplexity",
    chapter="a",
    level="core",
    about="Turn the probabilities of the words that were seen into a perplexity.",
    tests="two short texts in exact fractions, a model that knows nothing of 50 words, and a text "
    "of 5,000 words, each with probability 1/10,000",
)
def _perplexity(perplexity):
    texts = [
        [Fraction(1, 2), Fraction(1, 8)],
        [Fraction(1, 4), Fraction(1, 2), Fraction(1, 4), Fraction(1, 8)],
        [Fraction(1, 50)] * 7,
    ]
    for text in texts:
        shown = ", ".join(map(str, text))
        found = np.asarray(perplexity(np.array([float(share) for share in text])), float)
        if found.shape != ():
            raise Wrong(f"One number is asked for, but the shape for {shown} is {found.shape}.")
        # No logarithm: the power of it is the reciprocal of the product.
        power = found.item() ** len(text) * prod(text)
        if not abs(power - 1) < 1e-9:
            mean = fsum(1 / share for share in text) / len(text)
            hint = ": that is the mean of 1/p" if abs(found - mean) < 1e-9 else ""
            right = float(1 / prod(text)) ** (1 / len(text))
            raise Wrong(
                f"For words of the probabilities {shown} the perplexity is {right:g}, but yours is "
                f"{found:g}{hint}."
            )
    with np.errstate(all="ignore"):
        found = float(perplexity(np.full(5000, 1e-4)))
    if not abs(found / 1e4 - 1) < 1e-9:
        raise Wrong(
            f"For 5,000 words of probability 1/10,000 the perplexity is 10,000, but yours is "
            f"{found:g}. A product of so many probabilities is too small for a float: add their "
            "logarithms."
        )


@exercise(
    "soft-targets",
    chapter="a",
    level="stretch",
    about="Compare the model with any distribution, and find out what is left at best.",
    tests="the sum word by word, for three distributions on two and five words, and for scores "
    "so far apart that a probability underflows",
)
def _soft_targets(soft_cross_entropy):
    rng = np.random.default_rng(2)
    smooth = np.full(5, 0.02)
    smooth[3] += 0.9
    worlds = [
        (np.array([0.0, 1.0]), np.array([0.25, 0.75])),
        (rng.normal(size=5), smooth),
        (np.array([-800.0, 0.0]), np.array([0.1, 0.9])),
        (np.array([-800.0, 0.0]), np.array([0.0, 1.0])),
    ]
    for scores, q in worlds:
        logs = _log_shares(scores.tolist())
        expected = -fsum(share * log_share for share, log_share in zip(q, logs, strict=True))
        where = f"with scores {scores.round(3)} and q = {q}"
        with np.errstate(all="ignore"):
            found = np.asarray(soft_cross_entropy(scores, q), float)
        if found.shape == () and not np.isfinite(found):
            raise Wrong(
                f"The loss {where} should be {expected:g}, but is {found}: a probability became 0. "
                "Take the logarithms from `log_softmax`."
            )
        if found.shape == () and expected and abs(found * len(q) / expected - 1) < 1e-9:
            raise Wrong(f"The loss {where} is a sum over the words, not their mean.")
        require_close(found, expected, f"the loss {where}")
