"""All that determines a training run, apart from the text."""

from dataclasses import dataclass
from numbers import Integral, Real

import numpy as np

_LARGEST = 10**6  # of anything that costs memory or time in proportion

#: The settings that are one of a few words, with these words.
CHOICES = {
    "loss": ("negative_sampling", "naive_softmax"),
    "method": ("banded", "minibatch"),
    "dtype": ("float32", "float64"),
}


@dataclass(frozen=True)
class Settings:
    """All that determines a training run, apart from the text.

    Parameters
    ----------
    dimension : int
        Length d of the vectors.
    window : int
        Largest distance m of an outside word from its centre word. Each window draws its
        own radius from 1 to m, so that near words count more, as in word2vec.
    negatives : int
        Number K of negative words for each pair. The pairs of one window share them.
    epochs : int
        Passes over the text.
    learning_rate, final_learning_rate : float
        Step for the sum of the pairs' gradients; falls linearly from one to the other.
    min_count : int
        Words that occur less often are left out.
    subsample : float
        Threshold of `Vocabulary.keep_probability`; 0 keeps every word.
    noise_power : float
        Exponent of `Vocabulary.noise`.
    loss : {"negative_sampling", "naive_softmax"}
        The second compares each pair with the whole vocabulary: for small ones.
    method : {"banded", "minibatch"}
        How negative sampling is computed. `w2v.banded` arranges blocks of text as matrix
        products; `w2v.minibatch` is the derivation written down, ten times slower. The
        naive softmax knows only the latter, whatever stands here.
    batch_size : int
        Windows whose gradients are added before the vectors move; with "banded" rounded
        down to whole blocks of 16.
    row_limit : float
        Longest step of one word's vector in a batch, in units of 1 / curvature of the loss
        along it, as far as that is known. The pairs of a batch do not see each other's
        moves: without a limit, a word that takes part in hundreds of them would overshoot.
    seed : int
        With one worker: one seed, one result, to the last bit on one machine.
    dtype : {"float32", "float64"}
        Of the vectors.

    Raises
    ------
    TypeError, ValueError
        If a setting is not of its kind or range; the message names it.

    Examples
    --------
    >>> Settings(dimension=50).window
    5
    >>> Settings(window=0)
    Traceback (most recent call last):
    ...
    ValueError: `window` must be at least 1, but it is 0
    """

    dimension: int = 100
    window: int = 5
    negatives: int = 5
    epochs: int = 5
    learning_rate: float = 0.025
    final_learning_rate: float = 1e-4
    min_count: int = 5
    subsample: float = 1e-3
    noise_power: float = 0.75
    loss: str = "negative_sampling"
    method: str = "banded"
    batch_size: int = 1024
    row_limit: float = 1.0
    seed: int = 1
    dtype: str = "float32"

    def __post_init__(self):
        for name in ("dimension", "window", "negatives", "epochs", "min_count", "batch_size"):
            self._require(name, Integral, "an integer")
            if getattr(self, name) < 1:
                raise ValueError(f"`{name}` must be at least 1, but it is {getattr(self, name)}")
            if getattr(self, name) > _LARGEST and name != "min_count":
                raise ValueError(
                    f"`{name}` must be at most {_LARGEST:,}, but it is {getattr(self, name)}"
                )
        self._require("seed", Integral, "an integer")
        if self.seed < 0:
            raise ValueError(f"`seed` must be at least 0, but it is {self.seed}")
        for name in ("learning_rate", "final_learning_rate", "row_limit"):
            self._require(name, Real, "a number")
            if not 0 < getattr(self, name) < np.inf:
                raise ValueError(f"`{name}` must be positive, but it is {getattr(self, name)}")
        for name in ("subsample", "noise_power"):
            self._require(name, Real, "a number")
            if not 0 <= getattr(self, name) < np.inf:
                raise ValueError(f"`{name}` must be 0 or positive, but it is {getattr(self, name)}")
        for name, choices in CHOICES.items():
            if getattr(self, name) not in choices:
                raise ValueError(
                    f"`{name}` must be one of {choices}, but it is {getattr(self, name)!r}"
                )

    def _require(self, name, kind, description):
        value = getattr(self, name)
        if isinstance(value, bool) or not isinstance(value, kind):
            raise TypeError(f"`{name}` must be {description}, but it is {value!r}")
        # Of Python's own types: numbers of NumPy are printed and saved in another way.
        object.__setattr__(self, name, int(value) if kind is Integral else float(value))
