"""Training word vectors: from a text to the two tables.

Here the text is counted and cut into pieces, the learning rate falls, the loss is
recorded, and workers are kept busy. How vectors move is the business of a *learner*:
`w2v.banded`, which is fast, or `w2v.minibatch`, which reads like the derivation.
"""

import contextlib
import dataclasses
import signal
import threading
import warnings
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from numbers import Integral
from typing import NamedTuple

import numpy as np

from ._progress import progress_bar
from .checkpoint import Saver
from .encode import EncodedText, encode_text
from .settings import Settings
from .vectors import WordVectors

#: Ctrl-C, and how a system and a terminal that is closed ask a program to end.
_INTERRUPTING = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]

_MOST_WORKERS = 1024

RECORDS_PER_EPOCH = 20  # points of the loss curve


class History(NamedTuple):
    """How the loss fell: the average over the pairs of each stretch of the run.

    Each pair is taken before the step that learns from it. The method "minibatch" takes
    all pairs, "banded" those of every sixteenth step, or of more where steps are few.

    Attributes
    ----------
    words : ndarray of int64
        Words of the text that had been read at the end of each stretch.
    loss : ndarray of float64
        Average loss of the stretch's pairs, in nats a pair.
    epoch_loss : ndarray of float64
        The same for each epoch; NaN if subsampling happened to leave no pair of it, as it
        may with a tiny text.
    """

    words: np.ndarray
    loss: np.ndarray
    epoch_loss: np.ndarray


def train(
    corpus,
    settings=None,
    progress=None,
    workers=1,
    checkpoint=None,
    checkpoint_every=300.0,
    watch=None,
):
    r"""Learn word vectors from text.

    Parameters
    ----------
    corpus : str, path-like, Corpus, EncodedText, or iterable of sequences of str
        A text file with one sentence a line, or whatever else `Corpus` reads, or documents
        that are lists of words. An `EncodedText` has its own `min_count` behind it.
    settings : Settings, optional
        How to train; `Settings()` if left out.
    progress : bool, optional
        Whether to show a progress bar; by default where somebody can see it.
    workers : int
        Threads that learn side by side, each from its own piece of the text. More than one
        is faster, but they overwrite some of each other's changes, in an order that is
        never the same twice: only one worker gives the same vectors again.
        More than two take shorter steps, `row_limit` times 2 / workers: their gradients
        are older.
    checkpoint : str or path-like, optional
        A file that keeps the run. If it is there, training goes on from it, and with one
        worker ends in the same vectors, bit for bit, as if it had never stopped. It stays
        when training is done, and then has the result: remove it when the vectors are saved.
    checkpoint_every : float
        Seconds between two checkpoints. An interruption (Ctrl-C) writes one, too.
    watch : callable, optional
        Is called as ``watch(words, loss, center, outside)`` before the first step, then
        every few steps, and after the last one of each pass through the text. `words` is how
        many words have been read, and `loss` the average over the pairs that were measured
        last, each before the step that learns from it; at first there are none, and it is
        NaN. The tables are there to be looked at and cannot be changed. They go on changing:
        copy what you want to keep.

    Returns
    -------
    WordVectors
        With the loss curve in `history`.

    Raises
    ------
    FloatingPointError
        If the vectors grow beyond all bounds: the learning rate is too high.
    TypeError
        If a document is not a sequence of words.
    ValueError
        If no word is frequent enough, or no two words stand in one document. If the
        checkpoint is damaged, or of other settings or another text.
    OSError, UnicodeDecodeError
        If a file cannot be read, or the checkpoint not be written; the message names it.
    KeyboardInterrupt
        When the user interrupts; with a checkpoint, after the step, and when it is written.

    Warns
    -----
    RuntimeWarning
        If a checkpoint cannot be written in the course of training, for instance because the
        disk is full. Training goes on, and the checkpoint before is intact.

    Examples
    --------
    >>> text = [["black", "cat"], ["white", "cat"], ["black", "dog"], ["white", "dog"]] * 50
    >>> settings = Settings(dimension=8, epochs=20, subsample=0, min_count=1)
    >>> vectors = train(text, settings, progress=False)
    >>> vectors.neighbors("cat", 1)[0][0]
    'dog'

    The tables while they are learnt:

    >>> lengths = []
    >>> def note(words, loss, center, outside):
    ...     lengths.append(float(np.linalg.norm(outside)))
    >>> vectors = train(text, settings, progress=False, watch=note)
    >>> lengths[0], lengths[-1] > 1
    (0.0, True)
    """
    settings = Settings() if settings is None else settings
    if not isinstance(settings, Settings):
        raise TypeError(f"`settings` must be Settings(...), but it is {settings!r:.60}")
    # Before the text is read: what is wrong with these needs no waiting for.
    workers = _checked_workers(workers, settings)
    if watch is not None and not callable(watch):
        raise TypeError(f"`watch` must be a function, but it is {watch!r:.60}")
    saver = None if checkpoint is None else Saver(checkpoint, checkpoint_every, settings, workers)
    if isinstance(corpus, EncodedText):
        reading = contextlib.nullcontext(corpus)
    else:
        reading = encode_text(corpus, settings.min_count, progress)
    with reading as text:
        center, outside, history = fit(text, settings, progress, workers, saver, watch)
        vocabulary = text.vocabulary
    return WordVectors(vocabulary.words, center, outside, vocabulary.counts, history)


def fit(text, settings, progress=None, workers=1, saver=None, watch=None):
    """The training loop of `train`, over an encoded text.

    Parameters
    ----------
    text : EncodedText
    settings : Settings
    progress : bool, optional
    workers : int
    saver : Saver, optional
        Keeps checkpoints; training goes on from one that it found.
    watch : callable, optional
        As for `train`.

    Returns
    -------
    center, outside : ndarray, shape (V, d)
    history : History
    """
    workers = _checked_workers(workers, settings)
    if saver is not None:
        saver.compare(text)
    if saver is not None and saver.found is not None:
        center, outside = saver.found.center, saver.found.outside
    else:
        center, outside = initial_tables(len(text.vocabulary), settings)
    # The gradient of one worker is out of date by the steps of all others. Two keep well
    # below what overshoots; of more, each must be more careful.
    careful = dataclasses.replace(settings, row_limit=settings.row_limit * min(1, 2 / workers))
    new_learner, piece_length = _learner(center, outside, text, careful)
    length = piece_length(len(text), workers)
    pieces = [
        (epoch, start, min(start + length, len(text)))
        for epoch in range(settings.epochs)
        for start in range(0, len(text), length)
    ]
    run = _Run(text, settings, pieces, center, outside, saver, watch)

    def work(learner):
        # Overflow is answered with an error; NumPy's warnings would only come before it.
        with np.errstate(over="ignore", invalid="ignore"):
            while (piece := run.next_piece()) is not None:
                run.read(learner, *piece)

    run.show(0.0, 0.0)
    with run.progress_bar(progress), _one_blas_thread(), _patient_interruption(run):
        if workers == 1:
            work(new_learner())
        else:
            _side_by_side(work, [new_learner() for _ in range(workers)], run)
    if not (np.isfinite(center).all() and np.isfinite(outside).all()):
        raise run.overflow()
    history = run.history()
    if saver is not None:  # for a start whose vectors could not be written
        run.save()
    return center, outside, history


def initial_tables(words, settings):
    """Vectors before training, as in word2vec: small random centre vectors, outside vectors 0.

    Parameters
    ----------
    words : int
        Number V of words.
    settings : Settings

    Returns
    -------
    center, outside : ndarray, shape (V, d)

    Examples
    --------
    >>> center, outside = initial_tables(3, Settings(dimension=2))
    >>> bool(np.abs(center).max() <= 1 / 4), outside.any().item()
    (True, False)
    """
    rng = np.random.default_rng(settings.seed)
    shape = (words, settings.dimension)
    center = rng.random(shape, dtype=settings.dtype)
    center -= 0.5
    center /= settings.dimension
    return center, np.zeros(shape, settings.dtype)


def _checked_workers(workers, settings):
    if isinstance(workers, bool) or not isinstance(workers, Integral):
        raise TypeError(f"`workers` must be an integer, but it is {workers!r}")
    workers = int(workers)
    if workers < 1:
        raise ValueError(f"`workers` must be at least 1, but it is {workers}")
    if workers > _MOST_WORKERS:
        raise ValueError(f"`workers` must be at most {_MOST_WORKERS}, but it is {workers}")
    if workers > 1 and (settings.method, settings.loss) != ("banded", "negative_sampling"):
        raise ValueError(
            f"`workers` is {workers}, but only negative sampling with the method 'banded' "
            "can be shared out: take 1"
        )
    return workers


def _learner(center, outside, text, settings):
    """A function that makes learners of the two tables, and how they cut the text."""
    vocabulary = text.vocabulary
    keep = np.append(vocabulary.keep_probability(settings.subsample), 1).astype(np.float32)
    noise = vocabulary.noise(settings.noise_power)
    if settings.loss == "naive_softmax" or settings.method == "minibatch":
        from .minibatch import MinibatchLearner

        def new_learner():
            return MinibatchLearner(center, outside, keep, noise, settings)

        return new_learner, MinibatchLearner.piece_length

    from .banded import BandedLearner, noise_table  # here, since they load SciPy

    table = noise_table(noise)

    def new_learner():
        return BandedLearner(center, outside, keep, table, settings, len(text))

    return new_learner, BandedLearner.piece_length


def _one_blas_thread():
    """BLAS in one thread: with several, sums differ, and workers would take turns."""
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1, user_api="blas")


def _side_by_side(work, learners, run):
    with ThreadPoolExecutor(len(learners), thread_name_prefix="w2v") as pool:
        try:
            futures = [pool.submit(work, learner) for learner in learners]
            done, _ = wait(futures, return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()
        finally:  # also when the user interrupts: the threads stop at their next step
            run.stopped.set()


@contextlib.contextmanager
def _patient_interruption(run):
    """Let an interruption wait until a step is over, so that the tables are fit to be saved.

    That is Ctrl-C, and whatever else of `_INTERRUPTING` has a handler that raises
    KeyboardInterrupt. A second one does not wait.
    """
    if run.saver is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {
        number: handler for number in _INTERRUPTING if callable(handler := signal.getsignal(number))
    }

    def interrupt(number, frame):
        try:
            before[number](number, frame)
        except KeyboardInterrupt:
            if run.interrupted:
                raise
            run.interrupted = True

    for number in before:
        signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Run:
    """What all workers of a run share: how far they are, and the losses they met.

    Each piece of the text is given to one worker. What `_state` returns is all that the
    rest of the run depends on, apart from the tables.
    """

    def __init__(self, text, settings, pieces, center, outside, saver, watch):
        self.text, self.settings, self.pieces = text, settings, pieces
        self.center, self.outside, self.saver = center, outside, saver
        self.watch, self.last_loss = watch, np.nan
        self.tokens = len(text)
        self.first_rate = settings.learning_rate
        self.last_rate = min(settings.final_learning_rate, settings.learning_rate)
        self.lock = threading.Lock()
        self.stopped = threading.Event()
        self.interrupted = False
        self.bar = None

        self.next = 0  # the first piece that nobody has begun
        self.begun = {}  # piece -> the share of it that has been read
        self.position = 0.0  # tokens that have been read
        self.words, self.loss = [], []
        self.stretch = (0.0, 0.0)  # sum of losses, weight of pairs
        self.stretches = 0  # that are over
        self.epochs = np.zeros((settings.epochs, 2))
        if saver is not None and saver.found is not None:
            self._restore(saver.found.state)
        self.left = list(self.begun.items())  # half read by workers that are gone

    def _state(self):
        return {
            "next": self.next,
            "begun": list(self.begun.items()),
            "position": self.position,
            "words": self.words,
            "loss": self.loss,
            "stretch": self.stretch,
            "stretches": self.stretches,
            "epochs": self.epochs.tolist(),
        }

    def _restore(self, state):
        self.next = state["next"]
        self.begun = dict(state["begun"])
        self.position = state["position"]
        self.words, self.loss = state["words"], state["loss"]
        self.stretch = tuple(state["stretch"])
        self.stretches = state["stretches"]
        self.epochs = np.array(state["epochs"])

    def progress_bar(self, show):
        """A bar that begins where the run does."""
        self.bar = progress_bar(
            description="training",
            unit="word",
            show=show,
            total=self.text.words * self.settings.epochs,
            initial=self._words_read(),
            unit_scale=True,
        )
        return self.bar

    def next_piece(self):
        """Number of a piece and the share of it that has been read, or None."""
        with self.lock:
            if self.stopped.is_set():
                return None
            if self.left:
                return self.left.pop()
            if self.next == len(self.pieces):
                return None
            piece = self.next
            self.next += 1
            self.begun[piece] = 0.0
            return piece, 0.0

    def read(self, learner, piece, before):
        """Let a learner read a piece of the text, of which a share was read before."""
        epoch, start, stop = self.pieces[piece]
        tokens = self.text.read(start, stop)
        rng = np.random.default_rng([self.settings.seed, epoch, start])

        def learning_rate(share):
            done = epoch + (start + share * len(tokens)) / self.tokens
            done /= self.settings.epochs
            return self.first_rate + done * (self.last_rate - self.first_rate)

        for share, loss, pairs in learner.learn(tokens, rng, learning_rate, before):
            self._record(piece, share, (share - before) * len(tokens), loss, pairs)
            before = share
            if self.stopped.is_set():
                return
        self._record(piece, None, (1 - before) * len(tokens), 0.0, 0.0)  # all of it was dropped

    def _record(self, piece, share, tokens, loss, pairs):
        """Take note of what was read; no share means that the piece is done."""
        with self.lock:
            self.position += tokens
            if not np.isfinite(loss):
                raise self.overflow()
            self.epochs[self.pieces[piece][0]] += loss, pairs
            self.stretch = self.stretch[0] + loss, self.stretch[1] + pairs
            # The sum of shares may fall short of a whole number by a rounding error.
            stretches = int(self.position * RECORDS_PER_EPOCH / self.tokens + 1e-6)
            if stretches > self.stretches and self.stretch[1]:
                self.stretches = stretches
                self.words.append(self._words_read())
                self.loss.append(self.stretch[0] / self.stretch[1])
                self.stretch = 0.0, 0.0
                self.bar.set_postfix_str(f"loss {self.loss[-1]:.3f}", refresh=False)
            self.bar.update(self._words_read() - self.bar.n)
            if share is not None:  # the end of a piece has no step of its own
                self.show(loss, pairs)
            if share is None:
                del self.begun[piece]
            else:
                self.begun[piece] = share
            if self.saver is not None:
                self._save_if_due()

    def show(self, loss, pairs):
        """Let the watch see the tables as they are."""
        if self.watch is None:
            return
        if pairs:
            self.last_loss = loss / pairs
        views = self.center.view(), self.outside.view()
        for view in views:
            view.flags.writeable = False
        self.watch(self._words_read(), self.last_loss, *views)

    def _save_if_due(self):
        # The lock is held, so that other workers come to a halt at the end of their steps.
        # With several, what they do until then is in the tables and not in the state: it
        # is done again after a resumption, which is no worse than how they always race.
        if self.interrupted:
            self.stopped.set()
            try:
                self.saver.save(self.center, self.outside, self._state())
            except OSError as error:
                raise OSError(
                    error.errno,
                    f"{error.strerror}. The run was interrupted and is lost"
                    + (
                        ", but for the checkpoint before, which is intact"
                        if self.saver.path.exists()
                        else ""
                    ),
                ) from error
            raise KeyboardInterrupt(
                f"stopped after {self._words_read():,} words, saved to {self.saver.path}: "
                "train again in the same way to go on"
            )
        if self.saver.due():
            self.save()

    def save(self):
        """Write a checkpoint; if that fails, go on with a warning."""
        try:
            self.saver.save(self.center, self.outside, self._state())
        except OSError as error:
            warnings.warn(
                f"no checkpoint could be written: {error}. Training goes on",
                RuntimeWarning,
                stacklevel=2,
            )

    def _words_read(self):
        return round(self.position * self.text.words / self.tokens)

    def overflow(self):
        settings = self.settings
        return FloatingPointError(
            f"the vectors overflowed after {self._words_read()} words: lower `learning_rate` "
            f"({settings.learning_rate}) or `row_limit` ({settings.row_limit})"
        )

    def history(self):
        loss, pairs = self.epochs.T
        if not pairs.any():
            raise ValueError(
                "there is nothing to learn from: no document has two words of the "
                "vocabulary within reach of each other. Take more text, or lower "
                "`min_count` or raise `subsample`"
            )
        average = np.divide(loss, pairs, out=np.full_like(loss, np.nan), where=pairs > 0)
        return History(np.array(self.words, dtype=np.int64), np.array(self.loss), average)
