r"""Negative sampling as matrix products over blocks of text.

A block is :math:`b` consecutive centre words. The windows of all of them lie within the
block and `window` words to each side, :math:`c = b + 2m` words; and the block draws
:math:`N` negatives that all its centre words share. So the scores of the block are one
matrix product,

.. math:: S = V_c U^\top,

where :math:`V_c` is :math:`b \times d` and :math:`U` is :math:`(c + N) \times d`. With the
residual :math:`G`, which has the shape of :math:`S`, both gradients are products, too:
:math:`G U` for the centre vectors, as in (18) and (49), and :math:`G^\top V_c` for the outside
vectors, as in (42), (55) and (61). Of the first :math:`c` columns of :math:`G`, only a band
is not zero: the places within `window` of the centre word.

Two things differ from drawing everything pair by pair, and neither changes the expected
gradient. Instead of a random radius, each pair has the *weight* with which the random
window would take it, :math:`(m - \delta + 1)/m` at distance :math:`\delta`. And instead of
K negatives for each pair, each of the N shared ones has the weight
:math:`K/N` times the sum of the pairs' weights.

Here are only arrays: tables of vectors, indices of words, and steps. `w2v.train` reads
the text and decides how far to go.
"""

from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .scatter import add_rows

BLOCK = 16  # centre words of a block
SHARED = 16  # negatives of a block: one for each centre word


def pair_weights(window, block=BLOCK):
    r"""How often the random window takes each pair of a block, on average.

    Parameters
    ----------
    window : int
        Largest radius m.
    block : int
        Number b of centre words.

    Returns
    -------
    ndarray, shape (b, b + 2m)
        (m - distance + 1) / m within the window, 0 at the centre word itself and beyond.
        Centre word i is column i + m.

    Examples
    --------
    >>> pair_weights(window=2, block=3)
    array([[0.5, 1. , 0. , 1. , 0.5, 0. , 0. ],
           [0. , 0.5, 1. , 0. , 1. , 0.5, 0. ],
           [0. , 0. , 0.5, 1. , 0. , 1. , 0.5]])
    """
    distance = np.abs(np.arange(block + 2 * window) - window - np.arange(block)[:, None])
    near = (distance > 0) & (distance <= window)
    return np.where(near, (window - distance + 1) / window, 0.0)


class Blocks(NamedTuple):
    """A piece of text, cut into n blocks.

    Attributes
    ----------
    words : ndarray of int32, shape (n, b + 2m)
        The words of each block, with `window` more to each side.
    documents : ndarray of int32, shape (n, b + 2m)
        A number that is the same for the words of one document. Places that only fill up
        have numbers of their own.
    crossing : ndarray of bool, shape (n,)
        Whether words of more than one document are in the block.
    """

    words: np.ndarray
    documents: np.ndarray
    crossing: np.ndarray


def cut_blocks(tokens, window, block=BLOCK, multiple=1):
    """Cut text into blocks of centre words with what surrounds them.

    Parameters
    ----------
    tokens : ndarray of int32, shape (T,)
        Indices of words; a negative number ends a document.
    window, block : int
    multiple : int
        The number of blocks is made a multiple of it, by empty ones at the end.

    Returns
    -------
    Blocks
        Every word that has another one in its document is a centre word once. Words that
        stand alone have no pairs and are left out.

    Examples
    --------
    >>> text = np.array([3, 4, 5, -1, 6, -1, 7, 8, -1], dtype=np.int32)
    >>> blocks = cut_blocks(text, window=1, block=4)
    >>> blocks.words
    array([[0, 3, 4, 5, 7, 8],
           [7, 8, 0, 0, 0, 0]], dtype=int32)
    >>> blocks.crossing
    array([ True,  True])
    """
    ends = np.flatnonzero(tokens < 0)
    lengths = np.diff(ends, prepend=-1, append=len(tokens)) - 1  # of documents
    words = np.delete(tokens, ends)
    documents = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    if (lengths == 1).any():
        has_neighbor = np.repeat(lengths > 1, lengths)
        words, documents = words[has_neighbor], documents[has_neighbor]

    filling = -len(words) % (block * multiple) + window
    last = documents[-1] if len(documents) else 0
    words = np.concatenate([np.zeros(window, np.int32), words, np.zeros(filling, np.int32)])
    documents = np.concatenate(
        [
            np.arange(-window, 0, dtype=np.int32),
            documents,
            np.arange(last + 1, last + 1 + filling, dtype=np.int32),
        ]
    )
    if len(words) == 2 * window:
        nothing = np.empty((0, block + 2 * window), np.int32)
        return Blocks(nothing, nothing, np.empty(0, bool))
    # Views: neighbouring blocks overlap by 2 * window words.
    words, documents = (
        sliding_window_view(array, block + 2 * window)[::block] for array in (words, documents)
    )
    return Blocks(words, documents, documents[:, 0] != documents[:, -1])


class BandedStep:
    r"""One step of gradient descent on n blocks, in buffers that are allocated once.

    Parameters
    ----------
    center, outside : ndarray, shape (V, d), C-contiguous
        The tables; `step` changes them in place.
    window : int
        Largest distance m of a pair.
    negatives : int
        Number K of negatives that a pair has in the loss.
    blocks : int
        Number n of blocks of a step.
    row_limit : float
        Longest step of a word's vector in units of 1 / curvature, see `step`.
    block, shared : int
        Number b of centre words and N of negatives of a block.

    Examples
    --------
    One block of two words. At the start, all outside vectors are zero and all scores with
    them: each centre word has a pair of weight 1 with the other one, and K / N negatives of
    weight 1/2 apiece, since sigma(0) = 1/2.

    >>> center, outside = np.ones((4, 1)), np.zeros((4, 1))
    >>> step = BandedStep(center, outside, window=1, negatives=2, blocks=1, block=2, shared=1)
    >>> words, documents = np.array([[0, 2, 3, 0]]), np.array([[-1, 7, 7, 8]])
    >>> center_gradient, outside_gradient = step.gradients(words, np.array([[1]]), documents)
    >>> outside_gradient.ravel()                   # places 0, 1, 2, 3, and the negative
    array([ 0. , -0.5, -0.5,  0. ,  2. ])
    """

    def __init__(
        self,
        center,
        outside,
        *,
        window,
        negatives,
        blocks,
        row_limit=np.inf,
        block=BLOCK,
        shared=SHARED,
    ):
        self.center, self.outside = center, outside
        self.window, self.block, self.row_limit = window, block, row_limit
        dtype, dimension = center.dtype, center.shape[1]
        self.context = context = block + 2 * window  # c

        positive = pair_weights(window, block)  # (b, c)
        pairs = positive.sum(axis=1, keepdims=True)  # (b, 1): 2 (m + (m - 1) + ... + 1) / m
        negative = np.repeat(negatives / shared * pairs, shared, axis=1)  # (b, N)
        weight = np.concatenate([positive, negative], axis=1)  # (b, c + N)
        label = np.concatenate([np.ones(context), np.zeros(shared)])
        # sigma(s) = (1 + tanh(s/2)) / 2, so weight * (sigma - label) = offset + slope * tanh.
        self.slope = (weight / 2).astype(dtype)
        self.offset = (weight * (1 / 2 - label)).astype(dtype)
        self.weight = weight.astype(dtype)
        self.sign = (2 * label - 1).astype(dtype)
        self.share_of_pairs = (positive / pairs).astype(dtype)

        columns = context + shared
        self.words = np.empty((blocks, columns), np.int64)
        self.center_words = np.empty((blocks, block), np.int64)
        self.V = np.empty((blocks, block, dimension), dtype)
        self.U = np.empty((blocks, columns, dimension), dtype)
        self.G = np.empty((blocks, block, columns), dtype)
        self.center_gradient = np.empty_like(self.V)

        # What each place adds to the curvature of its word; inside a document always this.
        self.uncut = (
            np.tile(self.weight.sum(axis=1) / 4, blocks),  # (n b,)
            np.tile(self.weight.sum(axis=0) / 4, blocks),  # (n (c + N),)
        )
        self.curvature = np.zeros(len(center), dtype)  # of each word, in this step

    def step(self, words, negatives, learning_rate, documents=None, measure=False):
        r"""Move the vectors of n blocks against the gradient of their loss.

        The pairs of a step do not see each other's moves, so a word that takes part in
        hundreds of them could overshoot. Its step is therefore the learning rate or, where
        that is shorter, `row_limit` over the curvature of the loss along its vector. A pair
        adds its weight times sigma'(s) u^2 to that, where s is its score and u the length
        of the other vector. This is estimated as u / 4: at least the truth for u up to
        1, and for a longer vector as soon as its score exceeds u, since sigma'(s) is below
        1 / (4 s). For u the step takes the root mean square of the lengths in the first
        quarter of its blocks, which are as random as the others, or 1 if they are shorter.

        Parameters
        ----------
        words : ndarray of int, shape (n, b + 2m)
            As `cut_blocks` gives them.
        negatives : ndarray of int, shape (n, N)
            Words drawn from the noise distribution.
        learning_rate : float
        documents : ndarray of int, shape (n, b + 2m), optional
            Numbers of documents; may be left out where no block has two.
        measure : bool
            Whether to compute the loss.

        Returns
        -------
        loss, pairs : float
            Summed loss of the pairs before the step, and their summed weight; zeros unless
            `measure` is true.
        """
        center_gradient, outside_gradient = self.gradients(words, negatives, documents, measure)
        of_center, of_outside = self.place_curvature
        center_length, outside_length = self.lengths
        self._descend(
            *(self.center, self.center_words, center_gradient),
            *(of_center, learning_rate, outside_length),
        )
        self._descend(
            *(self.outside, self.words, outside_gradient),
            *(of_outside, learning_rate, center_length),
        )
        return self.measured

    def gradients(self, words, negatives, documents=None, measure=False):
        r"""Both gradients of n blocks, before any vector moves.

        Parameters
        ----------
        words, negatives, documents, measure
            As for `step`.

        Returns
        -------
        center_gradient : ndarray, shape (n, b, d)
            Of the centre word at each place.
        outside_gradient : ndarray, shape (n, b + 2m + N, d)
            Of the word at each place, and of each negative. Both arrays are buffers that
            the next call overwrites.
        """
        c, m, b = self.context, self.window, self.block
        self.words[:, :c], self.words[:, c:] = words, negatives
        self.center_words[:] = words[:, m : m + b]
        V, U, G = self.V, self.U, self.G
        # "clip" only because NumPy buffers the output where indices must be checked.
        np.take(self.center, self.center_words, axis=0, out=V, mode="clip")  # (n, b, d)
        np.take(self.outside, self.words, axis=0, out=U, mode="clip")  # (n, c + N, d)

        some = slice(max(1, len(words) // 4))
        self.lengths = _length(V[some]), _length(U[some])

        np.matmul(V, U.transpose(0, 2, 1), out=G)  # scores, (n, b, c + N)
        inside = None if documents is None else self._inside(documents)
        self.measured = self._loss(inside) if measure else (0.0, 0.0)
        G *= G.dtype.type(0.5)
        np.tanh(G, out=G)
        G *= self.slope
        G += self.offset  # weight * (sigma(score) - label)
        self.place_curvature = self.uncut
        if inside is not None:
            G *= inside
            inside *= self.weight
            inside /= 4
            self.place_curvature = inside.sum(axis=2).ravel(), inside.sum(axis=1).ravel()

        np.matmul(G, U, out=self.center_gradient)  # (n, b, c + N) @ (n, c + N, d): (49)
        np.matmul(G.transpose(0, 2, 1), V, out=U)  # (n, c + N, b) @ (n, b, d): (55), (61)
        return self.center_gradient, U

    def _inside(self, documents):
        """Share of each weight that is left where windows end with their document."""
        c, m, b = self.context, self.window, self.block
        share = np.empty_like(self.G)
        centers = documents[:, m : m + b]
        share[..., :c] = centers[:, :, None] == documents[:, None, :]  # (n, b, c)
        # Fewer pairs have fewer negatives.
        pairs = np.einsum("nbc,bc->nb", share[..., :c], self.share_of_pairs)
        share[..., c:] = pairs[:, :, None]
        return share

    def _loss(self, inside):
        """Weighted loss of the scores in `G`, and the weight of the pairs."""
        margin = self.G * self.sign  # (n, b, c + N)
        # -log sigma(x) = max(-x, 0) + log(1 + exp(-|x|)), which cannot overflow
        loss = np.abs(margin)
        np.exp(np.negative(loss, out=loss), out=loss)
        loss += 1
        np.log(loss, out=loss)
        loss -= np.minimum(margin, 0, out=margin)
        loss *= self.weight
        pairs = self.weight[:, : self.context]  # (b, c)
        if inside is None:
            return _total(loss), len(loss) * _total(pairs)
        loss *= inside
        return _total(loss), _total(inside[..., : self.context] * pairs)

    def _descend(self, table, words, gradient, curvature, learning_rate, others):
        """Move a table; `others` is the length of the vectors that its words met."""
        words, dtype = words.reshape(-1), table.dtype.type
        np.add.at(self.curvature, words, curvature)  # fast for numbers, unlike for rows
        steps = np.take(self.curvature, words, mode="clip")  # of the whole word, at each place
        self.curvature[words] = 0
        # -learning_rate / max(1, learning_rate * curvature / row_limit)
        steps *= dtype(learning_rate * others / self.row_limit)
        np.maximum(steps, 1, out=steps)
        np.divide(dtype(-learning_rate), steps, out=steps)
        add_rows(table, words, steps, gradient.reshape(len(words), -1))


def _length(vectors):
    """Root mean square of the lengths of vectors, or 1: shorter ones are about to grow."""
    entries = vectors.reshape(-1)
    square = float(np.dot(entries, entries)) * vectors.shape[-1] / entries.size
    # Where the square overflows, the run is lost, and must not be kept from its error.
    return square**0.5 if 1 < square < np.inf else 1.0


def _total(array):
    return array.sum(dtype=np.float64).item()


def noise_table(noise):
    """Words in proportion to their probabilities, to draw from by a random index.

    Parameters
    ----------
    noise : ndarray, shape (V,)
        Probability of each word to be drawn as a negative.

    Returns
    -------
    ndarray of int32
        A power of two of entries: a million, and 32 for each word at least. A word's share
        of them is within one entry of its probability.

    Examples
    --------
    >>> table = noise_table(np.array([0.75, 0.25]))
    >>> [float((table == word).mean()) for word in (0, 1)]
    [0.75, 0.25]
    """
    size = 1 << max(20, (32 * len(noise) - 1).bit_length())
    cumulative = np.cumsum(noise, dtype=np.float64)
    ends = np.rint(cumulative * (size / cumulative[-1])).astype(np.int64)
    return np.repeat(np.arange(len(noise), dtype=np.int32), np.diff(ends, prepend=0))


class BandedLearner:
    """Gradient descent over blocks of text, drawn in random order.

    Parameters
    ----------
    center, outside : ndarray, shape (V, d)
        The tables; `learn` changes them in place.
    keep : ndarray, shape (V + 1,)
        With which probability an occurrence of each word is kept; the last entry, 1, is
        for the end of a document.
    noise : ndarray of int32
        A `noise_table`.
    settings : Settings
    tokens : int
        Length of the whole text.

    Examples
    --------
    >>> from w2v import Settings
    >>> center, outside = np.ones((2, 1)), np.zeros((2, 1))
    >>> learner = BandedLearner(center, outside, np.ones(3), np.array([0, 1]), Settings(), 3)
    >>> tokens, rng = np.array([0, 1, -1]), np.random.default_rng(0)
    >>> for share, loss, pairs in learner.learn(tokens, rng, lambda share: 0.1):
    ...     print(share, round(loss / pairs, 3))
    1.0 4.159
    """

    def __init__(self, center, outside, keep, noise, settings, tokens):
        self.keep, self.noise, self.window = keep, noise, settings.window
        block = min(BLOCK, settings.batch_size)
        self.blocks = min(settings.batch_size // block, -(-tokens // block))
        self.step = BandedStep(
            center,
            outside,
            window=settings.window,
            negatives=settings.negatives,
            blocks=self.blocks,
            row_limit=settings.row_limit,
            block=block,
        )
        # The loss takes an eighth of a step: of many steps, one in 16 tells enough.
        steps = tokens * settings.epochs // (self.blocks * block)
        self.measure_every = int(np.clip(steps // 160, 1, 16))

    @staticmethod
    def piece_length(tokens, workers):
        """Tokens of a piece, in which blocks are drawn in random order.

        At most four million, which bounds the memory that a piece takes while it is read;
        with several workers few enough that none waits long for the last one, and yet not
        so few that the steps of a piece meet the same words again and again.
        """
        if workers > 1:
            fair, few = -(-tokens // workers), -(-tokens // (8 * workers))
            tokens = max(few, min(fair, 1 << 17), 1 << 12)
        return min(1 << 22, max(1, tokens))

    def learn(self, tokens, rng, learning_rate, after=0.0):
        """Read a piece of text once.

        Parameters
        ----------
        tokens : ndarray of int32, shape (T,)
            Indices of words; a negative number ends a document.
        rng : numpy.random.Generator
        learning_rate : callable
            Of the share of the piece that has been read.
        after : float
            Share that was read before, as it was yielded then: with a generator in the
            state of that time, what follows is the same to the last bit.

        Yields
        ------
        share : float
            Of the piece that has been read.
        loss, pairs : float
            Summed loss and weight of some pairs that were read since the last time, before
            the step that learned from them.
        """
        kept = self._subsample(tokens, rng)
        words, documents, crossing = cut_blocks(kept, self.window, self.step.block, self.blocks)
        batches = _shuffle(crossing, self.blocks, rng)  # (steps, n)
        crossing = crossing[batches].any(axis=1)
        words = words[batches]  # (steps, n, b + 2m)
        negatives = rng.integers(len(self.noise), size=(*batches.shape, SHARED), dtype=np.int32)
        np.take(self.noise, negatives, mode="clip", out=negatives)  # (steps, n, N)
        steps = len(batches)
        loss = pairs = 0.0
        for number in range(round(after * steps), steps):
            batch = batches[number]
            measure = number % self.measure_every == 0
            measured = self.step.step(
                words[number],
                negatives[number],
                learning_rate(number / steps),
                documents[batch] if crossing[number] else None,
                measure,
            )
            loss, pairs = loss + measured[0], pairs + measured[1]
            if measure or number == steps - 1:
                yield (number + 1) / steps, loss, pairs
                loss = pairs = 0.0

    def _subsample(self, tokens, rng):
        # "wrap" makes the end of a document, -1, the last entry; it is also the fastest.
        keep = np.take(self.keep, tokens, mode="wrap")
        return np.compress(rng.random(len(tokens), dtype=np.float32) < keep, tokens)


def _shuffle(crossing, size, rng):
    """Indices of blocks in random order, as rows of `size`.

    Blocks that cross documents need more work. They stand in rows of their own, as far as
    possible, so that the others are spared it.
    """
    order = rng.permutation(len(crossing))
    order = order[np.argsort(crossing[order], kind="stable")].reshape(-1, size)
    return rng.permutation(order)
