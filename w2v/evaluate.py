"""How good vectors are: against people's judgement, analogies, and text they have not seen."""

import io
import math
import operator
import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ._files import unpack
from .corpus import Corpus
from .negative_sampling import log_sigmoid
from .train import Settings
from .vocabulary import Vocabulary

SIMLEX_SCORE = "SimLex999"  # the column of the scores in the table of SimLex-999
MOST_RESAMPLES = 1_000_000  # more take long and tell no more

# Sizes of the blocks that the work is cut into. Those of the held-out loss fit into a
# processor's cache, which makes it twice as fast.
ANALOGY_SCORES = 2**22  # scores of a block of questions
RESAMPLED_PAIRS = 2**20  # pairs in a block of resamples
LOSS_CENTERS = 64  # centre words, and
LOSS_NOISE_WORDS = 2048  # noise words that they are compared with
LOSS_PAIRS = 2**13  # pairs of neighbouring words


class Similarity(NamedTuple):
    """Agreement of vectors with people's judgement.

    Attributes
    ----------
    correlation : float
        Spearman's rank correlation, from -1 to 1.
    pairs : int
        Pairs that it is taken over: both words have a vector.
    total : int
        Pairs of the test set.
    interval : tuple of (float, float) or None
        Its 95 % bootstrap confidence interval, if that was asked for.
    """

    correlation: float
    pairs: int
    total: int
    interval: tuple[float, float] | None = None


class Analogies(NamedTuple):
    """How many analogies were answered as expected.

    Attributes
    ----------
    accuracy : float
        `correct` / `asked`.
    correct : int
        Questions whose best answer is the expected word.
    asked : int
        Questions whose four words have vectors.
    total : int
        Questions of the test set.
    sections : dict of str to tuple of (int, int)
        `correct` and `asked` of each section.
    """

    accuracy: float
    correct: int
    asked: int
    total: int
    sections: dict[str, tuple[int, int]]


def read_pairs(path):
    r"""Read a test set of word pairs with scores.

    A line holds two words and a score, separated by tabs or spaces, as in WordSim-353 and
    MEN. Blank lines and lines that start with ``#`` are skipped, and so is the first line
    if it is a header: its third field is no number. A header that names a column
    ``SimLex999`` says that the scores stand there, as in the table of SimLex-999.

    Parameters
    ----------
    path : str or path-like
        A text file, UTF-8.

    Returns
    -------
    list of (str, str, float)

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        If `path` is not a file.
    UnicodeDecodeError
        If it is not UTF-8: names the file, the line and the byte.
    ValueError
        If a line has another layout, a score is not finite, or there are no pairs.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "pairs.tsv"
    ...     _ = path.write_text("word 1\tword 2\tscore\ntiger\tcat\t7.35\n")
    ...     read_pairs(path)
    [('tiger', 'cat', 7.35)]
    """
    pairs = []
    columns = None  # of a table: the two words' and the score's
    for place, (number, line) in enumerate(_content_lines(path)):
        fields = [field.strip() for field in line.split("\t")]
        if len(fields) != 3:
            fields = line.split()
        if place == 0 and len(fields) >= 3 and _number(fields[2]) is None:  # a header
            if SIMLEX_SCORE in fields[2:]:
                columns = 0, 1, fields.index(SIMLEX_SCORE)
            continue
        if columns and len(fields) > columns[-1]:
            fields = [fields[column] for column in columns]
        pairs.append(_pair(fields, f"{path}, line {number}", ", separated by tabs or spaces"))
    if not pairs:
        raise ValueError(f"{path} has no pairs: a line must hold two words and a score")
    return pairs


def read_analogies(path):
    r"""Read a test set of analogies in the layout of Google's ``questions-words.txt``.

    A line that starts with ``:`` names a section. Each other line is a question of four
    words: the second is to the first as the fourth to the third. Blank lines and lines
    that start with ``#`` are skipped.

    Parameters
    ----------
    path : str or path-like
        A text file, UTF-8.

    Returns
    -------
    dict of str to list of tuple of (str, str, str, str)
        The questions of each section.

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        If `path` is not a file.
    UnicodeDecodeError
        If it is not UTF-8: names the file, the line and the byte.
    ValueError
        If a line has another layout, or there are no questions.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "questions.txt"
    ...     _ = path.write_text(": family\nman woman king queen\n")
    ...     read_analogies(path)
    {'family': [('man', 'woman', 'king', 'queen')]}
    """
    sections, section = {}, None
    for number, line in _content_lines(path):
        where = f"{path}, line {number}"
        if line.startswith(":"):
            name = line[1:].strip()
            if not name:
                raise ValueError(f"{where}: expected the name of a section after ':'")
            section = sections.setdefault(name, [])
        elif section is None:
            raise ValueError(
                f"{where}: expected a section, such as ': family', before the first question, "
                f"but the line is {line[:60]!r}"
            )
        else:
            section.append(_question(line.split(), where))
    if not any(sections.values()):
        raise ValueError(f"{path} has no questions: a line must hold four words")
    return sections


def similarity(vectors, pairs, resamples=0, seed=0):
    r"""Spearman's correlation of the vectors' cosines with people's scores of similarity.

    Pairs with a word that has no vector are left out; look at how many are left before
    you compare two sets of vectors. A word that has no vector as it is written takes
    that of its first spelling in other letters, capital or small; words of trained
    vectors stand in the order of their frequency. Equal values share the average of
    their ranks.

    Parameters
    ----------
    vectors : WordVectors
    pairs : str, path-like or sequence of (str, str, float)
        A file for `read_pairs`, or words and scores.
    resamples : int
        How many bootstrap samples of the pairs to take for a confidence interval; none
        by default, and 1000 are enough for two digits; 1,000,000 at most.
    seed : int
        Of the bootstrap.

    Returns
    -------
    Similarity

    Raises
    ------
    FileNotFoundError, IsADirectoryError, UnicodeDecodeError
        If the file cannot be read.
    ValueError
        If the layout is another one, a score is not finite, no pair has two vectors,
        all scores or all cosines are equal, which leaves no order to compare, or
        `resamples` is out of its range.

    Notes
    -----
    The interval is that of the percentile bootstrap: it tells how much the correlation
    owes to the choice of pairs, and nothing about another run of training. Resamples in
    which all scores are equal, which happens to a handful of pairs, are left out.

    With words in lower case the numbers are those of gensim's ``evaluate_word_pairs``.
    That one takes the first spelling even if there is a vector for the word as it is
    written, and looks at the first 300,000 words only.

    References
    ----------
    Finkelstein et al., *Placing search in context: the concept revisited*, ACM
    Transactions on Information Systems 20, 2002 (WordSim-353).

    Bruni, Tran and Baroni, *Multimodal distributional semantics*, Journal of Artificial
    Intelligence Research 49, 2014 (MEN).

    Hill, Reichart and Korhonen, *SimLex-999: evaluating semantic models with (genuine)
    similarity estimation*, Computational Linguistics 41, 2015.

    Examples
    --------
    >>> from w2v import WordVectors
    >>> vectors = WordVectors(["cat", "tiger", "car"], [[3, 1], [2, 1], [-1, 2]])
    >>> scores = [("Tiger", "cat", 7.35), ("cat", "car", 1.0), ("tiger", "car", 2.5)]
    >>> similarity(vectors, [*scores, ("tiger", "zoo", 5.87)])
    Similarity(correlation=1.0, pairs=3, total=4, interval=None)
    """
    from scipy.stats import rankdata  # here, to keep `import w2v` fast

    resamples = operator.index(resamples)
    if not 0 <= resamples <= MOST_RESAMPLES:
        raise ValueError(f"`resamples` must be from 0 to {MOST_RESAMPLES:,}, but it is {resamples}")
    if isinstance(pairs, (str, os.PathLike)):
        name, pairs = str(pairs), read_pairs(pairs)
    else:
        name = "`pairs`"
        pairs = [_pair(pair, f"{name}, pair {number}") for number, pair in enumerate(pairs, 1)]

    spellings = _spellings(vectors.words)

    def index_of(word):
        return vectors.index.get(word, spellings.get(word.upper()))

    indexed = [(index_of(word), index_of(other), score) for word, other, score in pairs]
    covered = [pair for pair in indexed if None not in pair]
    if not covered:
        raise ValueError(
            f"there is nothing to compare: of the {len(pairs)} pairs of {name}, none has a vector "
            "for both words"
        )
    first, second, scores = map(np.array, zip(*covered, strict=True))
    cosines = np.einsum(
        "pd,pd->p", vectors.unit[first], vectors.unit[second], dtype=np.float64, casting="same_kind"
    )
    for what, values in (("scores", scores), ("cosines of the vectors", cosines)):
        if (values == values[0]).all():
            raise ValueError(
                f"the correlation is undefined: the {what} of all {len(covered)} pairs of {name} "
                f"that have vectors are {values[0]:g}"
            )
    correlation = _correlation(rankdata(scores), rankdata(cosines)).item()
    interval = None
    if resamples:
        interval = _bootstrap(scores, cosines, resamples, np.random.default_rng(seed))
    return Similarity(correlation, len(covered), len(pairs), interval)


def analogies(vectors, questions, restrict=300_000, method="add"):
    r"""Share of analogies that vectors complete as expected.

    To "a is to b as c is to ..." the answer is the word nearest to :math:`b - a + c`,
    of the words' vectors scaled to length 1 (3CosAdd), the three words left out. It is
    right only if it is the expected word. Instead of adding cosines, one can multiply
    them (3CosMul), so that no single one decides: the answer is then the word x with the
    largest

    .. math:: \frac{\cos'(x, b) \cos'(x, c)}{\cos'(x, a) + 10^{-6}},
              \qquad \cos' = \frac{1 + \cos}{2}.

    Parameters
    ----------
    vectors : WordVectors
    questions : str, path-like or mapping of str to sequence of sequence of str
        A file for `read_analogies`, or what that returns.
    restrict : int or None
        Only the first so many words are answers, and only questions made of them are
        asked; None takes all words. Trained vectors begin with the most frequent words,
        so that a smaller number asks fewer and easier questions.

    Returns
    -------
    Analogies

    Raises
    ------
    FileNotFoundError, IsADirectoryError, UnicodeDecodeError
        If the file cannot be read.
    TypeError
        If `questions` is neither a path nor a mapping.
    ValueError
        If the layout is another one, `restrict` is less than 1, `method` is neither of
        the two, or no question has vectors for its four words.

    Notes
    -----
    Counted as gensim's ``evaluate_word_analogies`` counts: capital and small letters
    are the same, a word has the vector of its first spelling, and no spelling of the
    three words is an answer. Gensim's function adds, whatever one asks it for; the
    products are those of its ``most_similar_cosmul``.

    References
    ----------
    Mikolov, Chen, Corrado and Dean, *Efficient estimation of word representations in
    vector space*, ICLR workshop 2013.

    Levy and Goldberg, *Linguistic regularities in sparse and explicit word
    representations*, CoNLL 2014, equation (4).

    Examples
    --------
    >>> from w2v import WordVectors
    >>> vectors = WordVectors(
    ...     ["man", "woman", "king", "queen"], [[1, 0, 0], [1, 1, 0], [1, 0, 1], [1, 1, 1]]
    ... )
    >>> analogies(vectors, {"family": [("man", "woman", "king", "queen")]})
    Analogies(accuracy=1.0, correct=1, asked=1, total=1, sections={'family': (1, 1)})
    """
    restrict = len(vectors) if restrict is None else operator.index(restrict)
    if restrict < 1:
        raise ValueError(f"`restrict` must be at least 1, but it is {restrict}")
    if method not in _SCORES_OF:
        raise ValueError(f'`method` must be "add" or "multiply", but it is {method!r}')
    if isinstance(questions, (str, os.PathLike)):
        name, questions = str(questions), read_analogies(questions)
    elif isinstance(questions, Mapping):
        name = "`questions`"
        questions = {
            section: [
                _question(question, f"{name}, section {section!r}, question {number}")
                for number, question in enumerate(content, 1)
            ]
            for section, content in questions.items()
        }
    else:
        raise TypeError(
            "`questions` must be a path, or questions by section as `read_analogies` returns "
            f"them, but it is {questions!r:.60}"
        )
    total = sum(map(len, questions.values()))

    words = vectors.words[:restrict]
    spellings = _spellings(words)
    asked, section_of = [], []  # four indices; the number of the section
    for number, content in enumerate(questions.values()):
        for question in content:
            indices = [spellings.get(word.upper()) for word in question]
            if None not in indices:
                asked.append(indices)
                section_of.append(number)
    if not asked:
        raise ValueError(
            f"there is nothing to ask: of the {total} questions of {name}, none has its four "
            f"words among the first {len(words)} words of the vectors"
        )
    right = _right_answers(vectors, words, spellings, np.array(asked), _SCORES_OF[method])
    correct_of = np.bincount(section_of, weights=right, minlength=len(questions))
    asked_of = np.bincount(section_of, minlength=len(questions))
    correct = int(right.sum())
    return Analogies(
        correct / len(asked),
        correct,
        len(asked),
        total,
        {
            section: (int(correct_of[number]), int(asked_of[number]))
            for number, section in enumerate(questions)
        },
    )


def held_out_loss(vectors, corpus, window=5, negatives=5, noise_power=0.75, subsample=0.0, seed=0):
    r"""Average negative-sampling loss of a text that the vectors have not seen.

    Exactly what training samples from: each pair of a centre word c and an outside word
    o counts with the share of random radii that reach it, and the negatives are
    replaced by their expectation over the whole noise distribution P,

    .. math:: -\log \sigma(u_o^\top v_c)
              - K \sum_{w=1}^{V} P(w) \log \sigma(-u_w^\top v_c),

    with the weight :math:`(m - \text{distance} + 1) / m`. No random numbers are left, so
    that a difference between two tables is one of the tables.

    Compare only vectors of one vocabulary, with one set of arguments: words without a
    vector are dropped before windows are formed, as in training, so that a smaller
    vocabulary has easier pairs.

    Parameters
    ----------
    vectors : WordVectors
        With `outside` and `counts`, as `train` returns them.
    corpus : str, path-like, Corpus, or iterable of sequences of str
        A text file with one document a line, or documents.
    window : int
        Largest distance m.
    negatives : int
        Number K of negative words for each pair.
    noise_power : float
        Exponent of the noise distribution, which `vectors.counts` determine.
    subsample : float
        Threshold of `Vocabulary.keep_probability`. By default every word is kept, which
        leaves nothing to chance; training's threshold makes the loss comparable with
        that of `History`.
    seed : int
        Of subsampling: one seed drops the same words every time.

    Returns
    -------
    float
        In nats a pair.

    Raises
    ------
    FileNotFoundError, IsADirectoryError, UnicodeDecodeError
        If the file cannot be read.
    TypeError
        If an argument is not of its kind.
    ValueError
        If the vectors have no outside vectors or no counts, an argument is out of range,
        no two words with vectors stand within reach of each other, or scores overflow.

    References
    ----------
    Mikolov et al., *Distributed representations of words and phrases and their
    compositionality*, NIPS 2013, equation (4).

    Examples
    --------
    With outside vectors of 0 every logistic is 1/2, as before the first step:

    >>> from w2v import WordVectors
    >>> vectors = WordVectors(["a", "b"], [[1.0], [2.0]], [[0.0], [0.0]], counts=[3, 1])
    >>> loss = held_out_loss(vectors, [["a", "b", "a"]], negatives=5)
    >>> math.isclose(loss, 6 * math.log(2))
    True
    """
    # Only checked by it: it refuses what training would refuse, in the same words.
    Settings(
        window=window,
        negatives=negatives,
        noise_power=noise_power,
        subsample=subsample,
        seed=seed,
    )
    for name in ("outside", "counts"):
        if getattr(vectors, name) is None:
            raise ValueError(f"the held-out loss needs `{name}`, but these vectors have none")
    if (vectors.counts < 1).any():
        word = vectors.words[int(np.argmax(vectors.counts < 1))]
        raise ValueError(f"`counts` must be at least 1, but that of the word {word!r} is not")
    if isinstance(corpus, (str, os.PathLike)):
        corpus = Corpus(corpus)

    vocabulary = Vocabulary(dict(zip(vectors.words, vectors.counts.tolist(), strict=True)))
    tokens, documents = vocabulary.encode(corpus)
    if subsample:
        keep = vocabulary.keep_probability(subsample)
        kept = np.random.default_rng(seed).random(len(tokens)) < keep[tokens]
        tokens, documents = tokens[kept], documents[kept]
    # A vocabulary has an order of its own; the vectors' need not be the same.
    rows = np.array([vectors.index[word] for word in vocabulary.words])
    tokens = rows[tokens]
    noise = np.empty(len(rows))
    noise[rows] = vocabulary.noise(noise_power)

    dtype = np.result_type(vectors.center, vectors.outside, np.float32)
    center = vectors.center.astype(dtype, copy=False)
    outside = vectors.outside.astype(dtype, copy=False)
    # Overflow is answered with an error below.
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        loss, weights = _observed_loss(center, outside, tokens, documents, window)
        if not weights.any():
            raise ValueError(
                "there is nothing to compare: no document of the text has two words with "
                "vectors" + (" after subsampling" if subsample else "")
            )
        weight_of = np.bincount(tokens, weights=weights)  # of each centre word
        loss += negatives * _noise_loss(center, outside, weight_of, noise)
    if not np.isfinite(loss):
        raise ValueError(f"the scores overflow {dtype}: the vectors are too long")
    return float(loss / weights.sum())


def numbered_lines(path):
    """Number and text of each line of a text file, which may be packed.

    Parameters
    ----------
    path : str or path-like
        UTF-8, with or without a byte order mark.

    Yields
    ------
    number : int
        From 1.
    line : str
        Without white space around it.

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        If `path` is not a file.
    UnicodeDecodeError
        If it is not UTF-8: names the file, the line and the byte.
    ValueError
        If it is empty, or packed and damaged.
    """
    path = Path(path)
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder: name a text file")
    if not path.exists():
        raise FileNotFoundError(f"there is no file {path}")
    position = 0
    with open(path, "rb") as file, io.BufferedReader(unpack(file, path)) as content:
        for number, raw in enumerate(content, 1):
            try:
                line = raw.decode("utf-8")
            except UnicodeDecodeError as error:
                reason = (
                    f"{error.reason}: {path}, line {number}, byte {position + error.start} is "
                    "not UTF-8; save the file as UTF-8"
                )
                raise UnicodeDecodeError("utf-8", raw, error.start, error.end, reason) from None
            position += len(raw)
            yield number, line.removeprefix("\ufeff").strip() if number == 1 else line.strip()
    if not position:
        raise ValueError(f"{path} is an empty file")


def _content_lines(path):
    """Number and text of each line that is neither blank nor a comment."""
    return (pair for pair in numbered_lines(path) if pair[1] and not pair[1].startswith("#"))


def _number(value):
    """`value` as a float, or None."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _pair(fields, where, separated=""):
    """Two words and a score, checked."""
    match fields:
        case [str(word), str(other), score] if word and other and _number(score) is not None:
            if math.isfinite(_number(score)):
                return word, other, _number(score)
            raise ValueError(f"{where}: the score of {word!r} and {other!r} is not finite: {score}")
    raise ValueError(
        f"{where}: expected two words and a score{separated}, but found {_shown(fields)}"
    )


def _question(fields, where):
    """Four words, checked."""
    match fields:
        case [str(), str(), str(), str()]:
            return tuple(fields)
    raise ValueError(f"{where}: expected four words, but found {_shown(fields)}")


def _shown(fields):
    text = repr(fields)
    return text if len(text) <= 100 else f"{text[:100]}..."


def _spellings(words):
    """Index of the first of the words that differ only in capital and small letters."""
    spellings = {}
    for index, word in enumerate(words):
        spellings.setdefault(word.upper(), index)
    return spellings


def _correlation(x, y):
    """Pearson's correlation along the last axis; NaN where one side is constant."""
    x = x - x.mean(axis=-1, keepdims=True)
    y = y - y.mean(axis=-1, keepdims=True)
    scale = np.sqrt((x * x).sum(axis=-1) * (y * y).sum(axis=-1))
    defined = scale > 0
    correlation = (x * y).sum(axis=-1) / np.where(defined, scale, 1)
    return np.where(defined, np.clip(correlation, -1, 1), np.nan)


def _bootstrap(scores, cosines, resamples, rng):
    """95 % interval of Spearman's correlation, by the percentiles of resampled pairs."""
    from scipy.stats import rankdata

    found = []
    size = max(1, RESAMPLED_PAIRS // len(scores))
    for start in range(0, resamples, size):
        shape = min(size, resamples - start), len(scores)
        drawn = rng.integers(len(scores), size=shape)
        # Ranked anew: a pair that is drawn twice ties with itself.
        found.append(
            _correlation(rankdata(scores[drawn], axis=1), rankdata(cosines[drawn], axis=1))
        )
    found = np.concatenate(found)
    found = found[~np.isnan(found)]
    if not found.size:
        raise ValueError("there are too few pairs, or too few `resamples`, for an interval")
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)


def _right_answers(vectors, words, spellings, asked, scores_of):
    """Which questions, rows of four indices, are answered as expected: bool, shape (Q,)."""
    unit = vectors.unit[: len(words)]
    unit = unit.astype(np.result_type(unit, np.float32), copy=False)  # (R, d)
    first = np.array([spellings[word.upper()] for word in words])  # (R,), first spelling
    others = {}  # the further spellings of a word
    for index in np.flatnonzero(first != np.arange(len(words))).tolist():
        others.setdefault(int(first[index]), []).append(index)

    right = np.empty(len(asked), dtype=bool)
    size = max(1, ANALOGY_SCORES // len(words))
    for start in range(0, len(asked), size):
        a, b, c, expected = asked[start : start + size].T
        scores = scores_of(unit, a, b, c)  # (B, R)
        rows = np.arange(len(scores))
        for given in (a, b, c):
            scores[rows, given] = -np.inf
            if others:
                for row, word in enumerate(given.tolist()):
                    scores[row, others.get(word, [])] = -np.inf
        best = scores.argmax(axis=1)  # (B,)
        # With no word left to answer, the best is one of those given.
        answered = scores[rows, best] > -np.inf
        right[start : start + size] = answered & (first[best] == expected)
    return right


def _added(unit, a, b, c):
    """3CosAdd of every word for B questions, shape (B, R), but for a factor of each row."""
    return (unit[b] - unit[a] + unit[c]) @ unit.T  # (B, d) @ (d, R) -> (B, R)


def _multiplied(unit, a, b, c):
    """3CosMul of every word for B questions, shape (B, R)."""
    near_a, near_b, near_c = ((1 + unit[word] @ unit.T) / 2 for word in (a, b, c))
    return near_b * near_c / (near_a + 1e-6)


_SCORES_OF = {"add": _added, "multiply": _multiplied}


def _observed_loss(center, outside, tokens, documents, window):
    """Weighted sum of -log sigma(u_o . v_c) over all pairs, and each position's weights."""
    loss = 0.0
    weights = np.zeros(len(tokens))  # (T,), summed over the pairs with this centre
    for distance in range(1, window + 1):
        # Documents are contiguous: once they are all shorter, they stay so.
        left = np.flatnonzero(documents[:-distance] == documents[distance:])
        if not left.size:
            break
        right = left + distance
        weight = (window - distance + 1) / window  # share of the radii 1 to m that reach it
        weights[left] += weight
        weights[right] += weight
        pairs = np.concatenate([left, right]), np.concatenate([right, left])
        for start in range(0, len(pairs[0]), LOSS_PAIRS):
            c, o = (tokens[side[start : start + LOSS_PAIRS]] for side in pairs)
            scores = np.einsum("pd,pd->p", center[c], outside[o])
            loss -= weight * log_sigmoid(scores).sum(dtype=np.float64)
    return loss, weights


def _noise_loss(center, outside, weight_of, noise):
    """Sum over centre words of weight times -E[log sigma(-u_w . v_c)], w from the noise."""
    words = np.flatnonzero(weight_of)
    loss = 0.0
    for start in range(0, len(words), LOSS_CENTERS):
        block = words[start : start + LOSS_CENTERS]
        negated = -center[block]  # (C, d)
        expectation = np.zeros(len(block))
        for low in range(0, len(outside), LOSS_NOISE_WORDS):
            scores = negated @ outside[low : low + LOSS_NOISE_WORDS].T  # (C, W)
            # The noise is float64, and so is the sum.
            expectation += log_sigmoid(scores) @ noise[low : low + LOSS_NOISE_WORDS]
        loss -= weight_of[block] @ expectation
    return loss
