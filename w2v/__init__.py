"""word2vec, every equation proved and every proof running.

The names below are all a reader needs; each lives in the module that its part
of the derivation is named after.

>>> import numpy as np
>>> from w2v import naive_softmax
>>> outside = np.zeros((3, 2))                    # three words, two dimensions
>>> loss, grad_center, grad_outside = naive_softmax(np.ones(2), 0, outside)
>>> round(loss, 6) == round(float(np.log(3)), 6)  # all three words equally likely
True
"""

# Some functions share their module's name (`softmax`, `negative_sampling`, `train`).
# Importing them here, eagerly, makes the function the one that `from w2v import` finds.
from .corpus import Corpus, tokenize, tokenize_spaces, tokenize_unicode
from .course import course_vectors
from .documentation import documentation_corpus
from .download import fetch
from .encode import EncodedText, encode_text
from .evaluate import analogies, held_out_loss, similarity
from .gradcheck import GradientError, central_difference, check_gradient, complex_step
from .negative_sampling import log_sigmoid, negative_sampling, sigmoid
from .phrases import Phrases, find_phrases
from .settings import Settings
from .skipgram import context, skip_gram
from .softmax import cross_entropy, log_softmax, naive_softmax, softmax
from .sppmi import sppmi
from .train import train
from .vectors import UnknownWord, WordVectors
from .vocabulary import Vocabulary

__version__ = "0.1.0"

__all__ = [
    "Corpus",
    "EncodedText",
    "GradientError",
    "Phrases",
    "Settings",
    "UnknownWord",
    "Vocabulary",
    "WordVectors",
    "analogies",
    "central_difference",
    "check_gradient",
    "complex_step",
    "context",
    "course_vectors",
    "cross_entropy",
    "documentation_corpus",
    "encode_text",
    "fetch",
    "find_phrases",
    "held_out_loss",
    "log_sigmoid",
    "log_softmax",
    "naive_softmax",
    "negative_sampling",
    "sigmoid",
    "similarity",
    "skip_gram",
    "softmax",
    "sppmi",
    "tokenize",
    "tokenize_spaces",
    "tokenize_unicode",
    "train",
]
