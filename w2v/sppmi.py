r"""Word vectors without descent: count, take logarithms, factorise.

Negative sampling has a solution that can be written down, if vectors may be as long as
they need to be. Set the derivative of the expected loss by the score
:math:`s = u_o^\top v_c` to 0, equation (44) does the rest, and

.. math:: u_o^\top v_c = \log \frac{N(c, o)}{N(c)\, P(o)} - \log K,

with :math:`N(c, o)` how often o stands around c, :math:`N(c)` its sum over o, and P the
distribution of the negatives: the pointwise mutual information of the two words, shifted.
Here this matrix is made and approximated by one of lower rank.
"""

import contextlib
from numbers import Real

import numpy as np

from ._progress import progress_bar
from .encode import EncodedText, encode_text
from .settings import Settings
from .vectors import WordVectors

CHUNK = 1 << 20  # tokens whose pairs are counted at one time


def sppmi(corpus, settings=None, shift=None, progress=None):
    r"""Word vectors from the factors of the shifted positive PMI matrix.

    The classical counterpart of `train`: it takes the same text and the same settings,
    and learns from the same pairs, but by counting all of them and one singular value
    decomposition, :math:`M \approx U S V^\top`. The centre vectors are the rows of
    :math:`U \sqrt S` and the outside vectors those of :math:`V \sqrt S`, so that their
    products are the entries of M, as far as the dimension allows.

    Parameters
    ----------
    corpus : str, path-like, Corpus, EncodedText, or iterable of sequences of str
        As for `train`.
    settings : Settings, optional
        Of it, `dimension`, `window`, `min_count`, `subsample`, `noise_power`, `negatives`,
        `seed` and `dtype` have their meaning here.
    shift : float, optional
        The number whose logarithm is subtracted. By default `negatives`, as in the solution
        of negative sampling; 1 subtracts nothing, keeps more pairs and often gives better
        vectors.
    progress : bool, optional
        Whether to show a progress bar; by default where somebody can see it.

    Returns
    -------
    WordVectors
        The same on every run: the decomposition starts from a vector that the seed
        determines, and each pair of singular vectors is turned so that the largest entry of
        the centre's is positive.

    Raises
    ------
    TypeError
        If `shift` is not a number, or a document is not a sequence of words.
    ValueError
        If `shift` is not positive, no word is frequent enough, no two words stand in one
        document, or no pair is frequent enough for the shift.
    OSError, UnicodeDecodeError
        If the file cannot be read; the message names it.

    References
    ----------
    Levy and Goldberg, *Neural word embedding as implicit matrix factorization*, NIPS 2014.

    Levy, Goldberg and Dagan, *Improving distributional similarity with lessons learned from
    word embeddings*, Transactions of the ACL 3, 2015.

    Examples
    --------
    >>> text = [["black", "cat"], ["white", "cat"], ["black", "dog"], ["white", "dog"]] * 5
    >>> settings = Settings(dimension=2, subsample=0)
    >>> sppmi(text, settings, shift=1, progress=False).neighbors("cat", 1)[0][0]
    'dog'
    """
    settings = Settings() if settings is None else settings
    shift = settings.negatives if shift is None else shift
    if isinstance(shift, bool) or not isinstance(shift, Real):
        raise TypeError(f"`shift` must be a number, but it is {shift!r}")
    if not 0 < shift < np.inf:
        raise ValueError(f"`shift` must be positive, but it is {shift}")
    if isinstance(corpus, EncodedText):
        reading = contextlib.nullcontext(corpus)
    else:
        reading = encode_text(corpus, settings.min_count, progress)
    with reading as text:
        matrix = pmi_matrix(text, settings, shift, progress)
        vocabulary = text.vocabulary
    if not matrix.nnz:
        raise ValueError(
            f"there is nothing to factorise: no pair of words occurs more than {shift:g} times "
            "as often as by chance. Lower `shift`, or take more text"
        )
    center, outside = factorise(matrix, settings.dimension, settings.seed)
    return WordVectors(vocabulary.words, center, outside, vocabulary.counts)


def pmi_matrix(text, settings, shift=1.0, progress=None):
    r"""Shifted positive pointwise mutual information of centre and outside words.

    Parameters
    ----------
    text : EncodedText
    settings : Settings
    shift : float
        The number whose logarithm is subtracted.
    progress : bool, optional

    Returns
    -------
    scipy.sparse.csr_array, shape (V, V)
        A row for each centre word; only what is positive is stored.

    Raises
    ------
    ValueError
        If no two words stand in one document.

    Examples
    --------
    >>> text = encode_text([["a", "b", "c"]], min_count=1)
    >>> matrix = pmi_matrix(text, Settings(window=1, subsample=0, dtype="float64"))
    >>> np.exp(matrix.toarray()).round(2)     # 1 stands for what is not positive
    array([[1. , 3. , 1. ],
           [1.5, 1. , 1.5],
           [1. , 3. , 1. ]])
    """
    counts = pair_counts(text, settings, progress)
    of_center = counts.sum(axis=1)  # (V,)
    if not of_center.any():
        raise ValueError(
            "there is nothing to count: no document has two words of the vocabulary within "
            "reach of each other. Take more text, or lower `min_count` or raise `subsample`"
        )
    noise = text.vocabulary.noise(settings.noise_power)
    matrix = counts.astype(settings.dtype)
    np.log(matrix.data, out=matrix.data)
    log_of_center = np.log(np.maximum(of_center, 1))  # words without pairs have no entries
    matrix.data -= np.repeat(log_of_center.astype(settings.dtype), np.diff(matrix.indptr))
    matrix.data -= np.log(shift * noise).astype(settings.dtype)[matrix.indices]
    np.maximum(matrix.data, 0, out=matrix.data)
    matrix.eliminate_zeros()
    return matrix


def pair_counts(text, settings, progress=None):
    """How often words stand around each other, near ones counted more, as in training.

    A pair at distance k counts m - k + 1 times, which is m times the share of the random
    radii 1 to m that reach it. Frequent words are thinned out before, by the seed.

    Parameters
    ----------
    text : EncodedText
    settings : Settings
    progress : bool, optional

    Returns
    -------
    scipy.sparse.csr_array of int64, shape (V, V)
        Symmetric.
    """
    vocabulary = text.vocabulary
    keep = np.append(vocabulary.keep_probability(settings.subsample), 1)  # 1: ends stay
    rng = np.random.default_rng(settings.seed)
    before = np.empty(0, np.int32)  # the words that windows of the next chunk reach back to
    parts = []
    with progress_bar(
        description="counting pairs",
        unit="word",
        show=progress,
        total=len(text.tokens),
        unit_scale=True,
    ) as bar:
        for start in range(0, len(text.tokens), CHUNK):
            chunk = np.array(text.tokens[start : start + CHUNK])
            bar.update(len(chunk))
            tokens = np.concatenate([before, chunk[rng.random(len(chunk)) < keep[chunk]]])
            parts.append(_counted(tokens, len(before), settings.window, len(vocabulary)))
            before = tokens[-settings.window :]
            # Of like sizes, so that a long text does not add a little to much, many times.
            while len(parts) > 1 and parts[-2].nnz < 2 * parts[-1].nnz:
                parts[-2:] = [parts[-2] + parts[-1]]
    while len(parts) > 1:
        parts[-2:] = [parts[-2] + parts[-1]]
    (one_side,) = parts
    return (one_side + one_side.T).tocsr()


def _counted(tokens, before, window, words):
    """Weights of the pairs whose right word comes after the first `before` tokens."""
    from scipy.sparse import coo_array  # here, to keep `import w2v` fast

    documents = np.cumsum(tokens < 0, dtype=np.int32)  # an end counts to what follows it
    lefts, rights, weights = [], [], []
    for distance in range(1, window + 1):
        right = np.arange(max(before, distance), len(tokens))
        left = right - distance
        together = (documents[left] == documents[right]) & (tokens[left] >= 0)
        lefts.append(tokens[left[together]])
        rights.append(tokens[right[together]])
        weights.append(np.full(len(lefts[-1]), window - distance + 1, np.int64))
    pairs = np.concatenate(lefts), np.concatenate(rights)
    return coo_array((np.concatenate(weights), pairs), shape=(words, words)).tocsr()


def factorise(matrix, dimension, seed=1):
    r"""Two tables whose products are nearest to a matrix: of its singular value decomposition.

    Parameters
    ----------
    matrix : scipy.sparse.csr_array, shape (V, V)
        Of floating-point numbers, not all of them 0.
    dimension : int
        Length d of the rows; where it is larger than V, the other entries are 0.
    seed : int
        Of the vector that the search for singular vectors starts from.

    Returns
    -------
    center, outside : ndarray, shape (V, d)
        :math:`U \sqrt S` and :math:`V \sqrt S`, the largest singular value first.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> matrix = csr_array([[0.0, 4.0], [1.0, 0.0]])
    >>> center, outside = factorise(matrix, 2)
    >>> bool(np.allclose(center @ outside.T, matrix.toarray()))
    True
    """
    from scipy.sparse.linalg import svds
    from threadpoolctl import threadpool_limits

    size = len(matrix.indptr) - 1
    with threadpool_limits(1, user_api="blas"):  # with several threads, sums differ
        if dimension < size:
            start = np.random.default_rng(seed).normal(size=size).astype(matrix.dtype)
            left, values, right = svds(matrix, dimension, v0=start)
        else:
            left, values, right = np.linalg.svd(matrix.toarray())
    order = np.argsort(-values)
    scale = np.sqrt(values[order])
    center, outside = left[:, order] * scale, right[order].T * scale
    largest = np.abs(center).argmax(axis=0)
    sign = np.where(center[largest, np.arange(len(scale))] < 0, -1, 1).astype(matrix.dtype)
    missing = (0, 0), (0, dimension - len(scale))
    return np.pad(center * sign, missing), np.pad(outside * sign, missing)
