"""Right functions of every style pass, fragile ones with a remark, and others get a sentence."""

import math
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import w2v
from w2v import naive_softmax, negative_sampling, skip_gram
from w2v.check import check, verdict
from w2v.check.tutor.diagnose import diagnose
from w2v.check.tutor.signatures import BadSignature, signature_of

# Right functions


def pair_by_loops(v, o, U):
    scores = [sum(a * b for a, b in zip(row, v, strict=True)) for row in U.tolist()]
    top = max(scores)
    weights = [math.exp(score - top) for score in scores]
    total = sum(weights)
    loss = math.log(total) + top - scores[o]
    center = [0.0] * len(v)
    outside = []
    for w, row in enumerate(U.tolist()):
        r = weights[w] / total - (w == o)
        center = [a + r * b for a, b in zip(center, row, strict=True)]
        outside.append([r * x for x in v.tolist()])
    return loss, center, outside


def pair_by_einsum(center_vector, outside_word, outside):
    scores = np.einsum("wi,i->w", outside, center_vector)
    shifted = scores - scores.max()
    p = np.exp(shifted) / np.exp(shifted).sum()
    loss = np.log(np.exp(shifted).sum()) - shifted[outside_word]
    p[outside_word] -= 1
    return loss, np.einsum("w,wi->i", p, outside), np.einsum("w,i->wi", p, center_vector)


def naiveSoftmaxLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset):
    y_hat = w2v.softmax(outsideVectors @ centerWordVec)
    loss = w2v.cross_entropy(outsideVectors @ centerWordVec, outsideWordIdx)
    y_hat[outsideWordIdx] -= 1
    return loss, outsideVectors.T @ y_hat, y_hat[:, None] * centerWordVec


def pair_in_columns(v, o, U):
    loss, center, outside = naive_softmax(v, o, U.T)
    return loss, center, outside.T


def pair_in_columns_with_upright_vector(v, o, U):
    assert v.shape == (U.shape[0], 1)
    scores = U.T @ v
    y_hat = np.exp(scores - scores.max())
    y_hat = y_hat / y_hat.sum()
    y = np.zeros_like(y_hat)
    y[o] = 1
    loss = scores.max() + np.log(np.exp(scores - scores.max()).sum()) - scores[o]
    return loss, U @ (y_hat - y), v @ (y_hat - y).T


def sampled_by_loops(v, o, U, negatives):
    def sigma(x):
        return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))

    def loss_of(x):
        return math.log1p(math.exp(-abs(x))) + max(0.0, -x)

    center, outside, loss = np.zeros_like(v), np.zeros_like(U), 0.0
    for sign, w in [(1, o), *((-1, w) for w in negatives)]:
        x = sign * float(U[w] @ v)
        loss += loss_of(x)
        center += -sign * sigma(-x) * U[w]
        outside[w] += -sign * sigma(-x) * v
    return loss, center, outside


def sampled_by_counts(center_vector, outside_word, outside, negatives):
    n = np.bincount(negatives, minlength=len(outside))
    y = np.eye(len(outside))[outside_word]
    scores = outside @ center_vector
    shares = w2v.sigmoid(scores)
    r = (n * shares - y * (1 - shares)).astype(outside.dtype)
    loss = n @ np.logaddexp(0, scores) + y @ np.logaddexp(0, -scores)
    return loss, np.einsum("w,wi->i", r, outside), np.einsum("w,i->wi", r, center_vector)


def negSamplingLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset, K=10):
    words = getNegativeSamples(outsideWordIdx, dataset, K)  # noqa: F821, given by the course
    return negative_sampling(centerWordVec, outsideWordIdx, outsideVectors, words)


def sampled_in_columns(v, o, U, negatives):
    loss, center, outside = negative_sampling(v, o, U.T, negatives)
    return loss, center, outside.T


def sampled_with_a_list(v, o, U, negatives):
    return negative_sampling(v, o, U, sorted(negatives))


def window_by_loops(c, context, C, U):
    loss, center, outside = 0.0, np.zeros_like(C), np.zeros_like(U)
    for o in context:
        one, by_center, by_outside = pair_by_einsum(C[c], o, U)
        loss, center[c], outside = loss + one, center[c] + by_center, outside + by_outside
    return loss, center, outside


def window_by_counts(center_word, context_words, center, outside):
    n = np.bincount(context_words, minlength=len(outside))
    scores = outside @ center[center_word]
    r = (len(context_words) * w2v.softmax(scores) - n).astype(outside.dtype)
    grad_center = np.zeros_like(center)
    grad_center[center_word] = np.einsum("w,wi->i", r, outside)
    return -n @ w2v.log_softmax(scores), grad_center, np.outer(r, center[center_word])


def skipgram(
    currentCenterWord, windowSize, outsideWords, word2Ind, centerWordVectors, outsideVectors,
    dataset, word2vecLossAndGradient=naiveSoftmaxLossAndGradient,
):  # fmt: skip
    c, loss = word2Ind[currentCenterWord], 0.0
    grads = np.zeros_like(centerWordVectors), np.zeros_like(outsideVectors)
    for word in outsideWords:
        result = word2vecLossAndGradient(
            centerWordVectors[c], word2Ind[word], outsideVectors, dataset
        )
        loss += result[0]
        grads[0][c] += result[1]
        grads[1][:] += result[2]
    return loss, *grads


def window_in_columns(c, context, C, U):
    loss, center, outside = skip_gram(c, context, C.T, U.T)
    return loss, center.T, outside.T


PAIRS = [
    naive_softmax,
    pair_by_loops,
    pair_by_einsum,
    naiveSoftmaxLossAndGradient,
    pair_in_columns,
    pair_in_columns_with_upright_vector,
]
SAMPLED = [
    negative_sampling,
    sampled_by_loops,
    sampled_by_counts,
    negSamplingLossAndGradient,
    sampled_in_columns,
    sampled_with_a_list,
]
WINDOWS = [skip_gram, window_by_loops, window_by_counts, skipgram, window_in_columns]


@pytest.mark.parametrize(
    ("part", "function"),
    [(part, f) for part in "bcd" for f in PAIRS]
    + [("a", f) for f in [w2v.cross_entropy, *PAIRS]]
    + [("e", f) for f in [*SAMPLED, w2v.sigmoid]]
    + [("f", f) for f in WINDOWS],
)
def test_right_functions_of_every_style_pass(part, function):
    found = verdict(part, function)
    assert found.status == "right", found.message
    assert not any("800" in remark for remark in found.remarks)


@pytest.mark.parametrize(
    ("part", "function"),
    [
        ("a", lambda scores, o: np.log(np.exp(scores).sum()) - scores[o]),
        ("a", lambda y, y_hat: -(y * np.log(y_hat)).sum()),
        ("a", lambda y_hat, y: -np.log(y_hat[y.argmax()])),
        ("a", lambda y_hat, o: -np.log(y_hat[o])),
        ("b", lambda v, o, U: naive_softmax(v, o, U)[1]),
        ("b", lambda v, o, U: naive_softmax(v, o, U)[:2]),
        ("b", lambda v, o, U: (*naive_softmax(v, o, U)[:2], None)),
        ("b", lambda U, o, v: naive_softmax(v, o, U)[1].tolist()),
        ("b", lambda a, b, c: tuple(naive_softmax(a, b, c)[1])),
        ("b", lambda *world: naive_softmax(*world)[1]),
        ("b", lambda center_vector, outside_word, *, outside: naive_softmax(
            center_vector, outside_word, outside)),
        ("b", lambda v, o, U, scale=1.0: naive_softmax(v, o, U)),
        ("b", lambda v, o, U, **options: naive_softmax(v, o, U)),
        ("c", lambda v, o, U: naive_softmax(v, o, U)[2]),
        ("c", lambda v, o, U: (naive_softmax(v, o, U)[0], naive_softmax(v, o, U)[2])),
        ("d", lambda v, o, U: naive_softmax(v, o, U.T)[2].T),
        ("e", lambda a, b, c, d: list(negative_sampling(a, b, c, d))),
    ],
)  # fmt: skip
def test_a_function_may_return_only_what_is_asked_for(part, function):
    found = verdict(part, function)
    assert found.status == "right", found.message


def test_one_outside_vector_at_a_time():
    def gradient(v, o, U, w):
        return naive_softmax(v, o, U)[2][w]

    assert verdict("c", gradient).status == "right"
    found = verdict("c", lambda v, o, U, w: -naive_softmax(v, o, U)[2][w])
    assert found.mistakes == ("sign",)


class Callable:
    def __call__(self, center_vector, outside_word, outside):
        return naive_softmax(center_vector, outside_word, outside)


def test_objects_that_can_be_called_are_functions_too():
    import functools

    assert verdict("b", Callable()).status == "right"
    assert verdict("b", Callable().__call__).status == "right"
    assert verdict("f", functools.partial(skip_gram, pair_loss=naive_softmax)).status == "right"
    assert verdict("b", functools.lru_cache(naive_softmax)).status == "wrong"  # arrays: unhashable


def test_the_negatives_of_the_course_may_be_drawn_by_hand():
    def answer(centerWordVec, outsideWordIdx, outsideVectors, dataset, K=10):
        words = []
        while len(words) < K:
            word = dataset.sampleTokenIdx()
            if word != outsideWordIdx:
                words.append(word)
        return negative_sampling(centerWordVec, outsideWordIdx, outsideVectors, words)

    assert verdict("e", answer).status == "right"


# Right, but fragile


def literal(v, o, U):
    p = np.exp(U @ v) / np.exp(U @ v).sum()
    loss = -np.log(p[o])
    p[o] -= 1
    return loss, p @ U, np.outer(p, v)


def with_epsilon(v, o, U):
    p = w2v.softmax(U @ v)
    loss = -np.log(p[o] + 1e-12)
    p[o] -= 1
    return loss, p @ U, np.outer(p, v)


def with_large_epsilon(v, o, U):
    loss, center, outside = naive_softmax(v, o, U)
    return loss - 1e-7, center, outside


def wide(v, o, U):
    loss, center, outside = naive_softmax(v.astype(float), o, U.astype(float))
    return loss, center, outside


def upright(v, o, U):
    loss, center, outside = naive_softmax(v, o, U)
    return np.array([loss]), center[:, None], outside


def loud(v, o, U):
    print("scores", U @ v)
    return naive_softmax(v, o, U)


def cut_off(v, o, U):
    loss, center, outside = naive_softmax(v, o, U)
    table = np.zeros_like(U)
    table += np.array(outside, U.dtype)
    return loss, center, table


def sampled_literally(v, o, U, negatives):
    _, center, outside = negative_sampling(v, o, U, negatives)
    s = 1 / (1 + np.exp(-(U[o] @ v)))
    k = 1 / (1 + np.exp(U[negatives] @ v))
    return -np.log(s) - np.log(k).sum(), center, outside


def sampled_joined(v, o, U, negatives):
    words = [o] + negatives  # noqa: RUF005, the trap itself
    return negative_sampling(v, words[0], U, words[1:])


def sigmoid_of_exp(x):
    return np.exp(x) / (1 + np.exp(x))


@pytest.mark.parametrize(
    ("part", "function", "names", "words"),
    [
        ("d", literal, ("overflow",), "At scores of 800 and -800 the loss is inf"),
        ("d", with_epsilon, ("overflow",), "the loss is 27.63 instead of 1600"),
        ("d", with_large_epsilon, ("precision",), "right to about 7 digits only"),
        ("d", wide, ("dtype",), "given float32 and returns float64"),
        ("d", upright, ("axes",), "(d, 1) is not (d,)"),
        ("d", loud, ("prints",), "It prints (“scores ["),
        ("d", cut_off, ("integers",), "With arrays of integers its results are cut off"),
        ("d", pair_in_columns_with_upright_vector, ("axes", "upright"), "as a column, (d, 1)"),
        ("e", sampled_literally, ("overflow",), "the loss is inf"),
        ("e", sampled_joined, ("listed",), "`[o] + words` adds o to every entry"),
        ("e", sigmoid_of_exp, ("overflow",), "the result is nan"),
        ("b", lambda v, o, U: (*naive_softmax(v, o, U)[:2], U), ("outside",), 'check("d", ...)'),
    ],
)
def test_fragile_functions_pass_with_a_remark(part, function, names, words):
    found = diagnose(function, part)
    assert found.right, found.message
    assert set(names) <= set(found.remark_names)
    assert any(words in remark for remark in found.remarks), found.remarks
    said = verdict(part, function)
    assert (said.status, said.remarks) == ("right", found.remarks)
    assert f"Remark: {found.remarks[0]}" in str(said)


def test_solid_functions_pass_without_a_remark():
    for part, function in (
        ("d", naive_softmax), ("e", negative_sampling), ("f", skip_gram), ("e", w2v.sigmoid),
        ("a", w2v.cross_entropy), ("e", negSamplingLossAndGradient), ("f", skipgram),
    ):  # fmt: skip
        assert diagnose(function, part).remarks == ()


# Sentences


def raising(v, o, U):
    return U @ np.zeros(99)


def raising_in_some(v, o, U):
    if len(U) == 6:
        raise KeyError("six")
    return naive_softmax(v, o, U)


def changing(v, o, U):
    result = naive_softmax(v, o, U)
    U -= 1
    return result


def changing_back(v, o, U):
    U -= 1
    U += 1
    return naive_softmax(v, o, U.round(2))


def other_each_time(v, o, U, state=[0]):  # noqa: B006
    state[0] += 1
    return naive_softmax(v + 1e-3 * (state[0] == 5), o, U)


def no_number(v, o, U):
    return "loss", None, None


@pytest.mark.parametrize(
    ("function", "name", "words"),
    [
        (raising, "raises", "raised ValueError in the line `return U @ np.zeros(99)`"),
        (raising, "raises", "v [ 0.6   0.04 -0.29] of shape (3,); o 3; U an array of shape (5, 3)"),
        (raising_in_some, "raises", "In other worlds it returns something."),
        (
            lambda v, o, U: [U @ v][1:][:0] or None,
            "returns-nothing",
            "returned None: is a `return`",
        ),
        (changing, "changes-argument", "The function changed `U`, which it was given"),
        (other_each_time, "varies", "Called twice with the same arguments"),
        (no_number, "form", "It returned None for the centre's gradient."),
        (lambda v, o, U: ("a", "b", "c"), "form", "The loss should be numbers, but is a str."),
        (lambda v, o, U: {"loss": 1}, "form", "It returned a dictionary"),
        (lambda v, o, U: (1, 2, 3, 4, v), "form", "It returned 5 results"),
        (lambda v, o, U: naive_softmax(v, o, U)[::-1], "other-order", "come in another order"),
        (lambda v, o: v, "wrong-arguments", "takes 2 arguments (v, o), but one for part (b) takes"),
        (lambda: 1, "wrong-arguments", "takes 0 arguments (nothing)"),
        (
            lambda centerWordVec, outsideWordIdx, outsideVectors, dataset: pair_in_columns(
                centerWordVec, outsideWordIdx, outsideVectors
            ),
            "words-in-columns",
            "the course's tables have a word in each row",
        ),
    ],
)
def test_what_cannot_be_judged_gets_a_sentence(function, name, words):
    found = verdict("b", function)
    assert found.status == "wrong"
    assert found.mistakes == (name,)
    assert words in found.message


def test_a_hang_is_told_and_ends():
    def hangs(v, o, U):
        while v is not None:
            pass

    found = verdict("b", hangs)
    assert found.mistakes == ("hangs",)
    assert "did not return within 1 second, and was stopped" in found.message
    assert "U an array of shape (5, 3)" in found.message


def test_slow_functions_do_not_make_a_check_last_for_ever(monkeypatch):
    from w2v.check.tutor import trial as module

    monkeypatch.setattr(module, "TOTAL", 0.1)

    def slow(v, o, U):
        time.sleep(0.06)
        return naive_softmax(v, o, U)

    found = verdict("b", slow)
    assert found.mistakes == ("slow",)
    assert "far too long for worlds that are so small" in found.message


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (
            lambda v, o, U: (naive_softmax(v, o, U)[0], naive_softmax(v, o, U)[1] + 0.1),
            "The loss is right. The centre's gradient is wrong, in a way that is not known here.\n"
            "With v = [1], o = 0, U = [[0], [0]]:\n  the centre's gradient is [0], yours [0.1].",
        ),
        (
            lambda v, o, U: (naive_softmax(v, o, U)[0], 3 * naive_softmax(v, o, U)[1]),
            "The centre's gradient is 3 times what it should be.\n"
            "With v = [1], o = 0, U = [[0], [1]]:\n"
            "  the centre's gradient is [0.7311], yours [2.193].",
        ),
        (
            lambda v, o, U: (np.nan, naive_softmax(v, o, U)[1]),
            "The centre's gradient is right. The loss is not finite: it contains nan.",
        ),
        (
            lambda v, o, U: np.zeros((2, 2)),
            "The centre's gradient should have shape (3,), but has (2, 2). It was called with v",
        ),
    ],
)
def test_an_unknown_mistake_is_shown_in_numbers(function, words):
    found = verdict("b", function)
    assert (found.status, found.mistakes) == ("wrong", ())
    assert words in found.message


def test_a_table_in_one_line_is_no_table():
    found = verdict("d", lambda v, o, U: naive_softmax(v, o, U)[2].ravel())
    assert "gradient should have shape (5, 3), but has (15,)" in found.message


def test_a_hang_that_comes_late_is_told_too():
    def hangs_at_one_dimension(v, o, U):
        while len(v) == 1:
            pass
        return -naive_softmax(v, o, U)[1]

    found = verdict("b", hangs_at_one_dimension)
    assert found.mistakes == ("hangs",)
    assert "v [1.] of shape (1,)" in found.message


def test_two_mistakes_are_reported_together():
    def two(v, o, U):
        loss, center, outside = naive_softmax(v, o, U)
        return loss / np.log(2), -center, outside

    found = verdict("d", two)
    assert found.mistakes == ("base-2", "sign")
    assert "The outside vectors' gradient is right." in found.message

    def two_in_one(v, o, U):
        loss, center, _ = naive_softmax(v, o, U)
        return loss, center, 2 * w2v.softmax(U @ v)[:, None] * v

    assert verdict("d", two_in_one).mistakes == ("observed-forgotten", "doubled")

    def turned(v, o, U):
        loss, center, _ = naive_softmax(v, o, U)
        return loss, center, np.outer(v, w2v.softmax(U @ v))

    assert verdict("d", turned).mistakes == ("observed-forgotten", "transposed")


def test_a_mistake_that_is_not_made_everywhere_is_not_named():
    def sometimes(v, o, U):
        loss, center, outside = naive_softmax(v, o, U)
        return loss, center if len(U) == 5 else -center, outside

    found = verdict("d", sometimes)
    assert found.mistakes == ()
    assert "in a way that is not known here" in found.message


def test_the_whole_message_of_one_mistake(capsys):
    def lost(v, o, U, negatives):
        loss, center, outside = negative_sampling(v, o, U, negatives)
        outside[:] = 0
        sigma = w2v.sigmoid(U @ v)
        outside[o] += (sigma[o] - 1) * v
        outside[negatives] += sigma[negatives, None] * v
        return loss, center, outside

    check("e", lost)
    assert capsys.readouterr().out == (
        "exercise e: not yet. The loss is right, and so is the centre's gradient. The outside "
        "vectors' gradient: a word that is drawn several times receives its share only once: "
        "`table[words] += ...` keeps the last of its repeats. Use `np.add.at`, or a loop with "
        "`+=`.\n"
        "With v = [1], o = 0, U = [[0], [0]], negatives = [1, 1]:\n"
        "  the outside vectors' gradient is [[-0.5], [1]], yours [[-0.5], [0.5]].\n"
        "Where it enters: equation (61*), in e_negative_sampling.ipynb under “Step 5: a law "
        "without hypotheses”.\n"
    )
    found = verdict("e", lost)
    assert found.places[0][1] == "e_negative_sampling.html#equation-eq-61-star"
    assert "(e_negative_sampling.ipynb)" in found._repr_markdown_()


def test_learners_argument_names_are_used():
    def wrong(centerWordVec, outsideWordIdx, outsideVectors, dataset, K=10):
        loss, center, outside = negSamplingLossAndGradient(
            centerWordVec, outsideWordIdx, outsideVectors, dataset, K
        )
        return loss, -center, outside

    wrong.__globals__.pop("getNegativeSamples", None)

    def by_hand(centerWordVec, outsideWordIdx, outsideVectors, dataset, K=10):
        words = [dataset.sampleTokenIdx() for _ in range(K)]
        return negative_sampling(centerWordVec, outsideWordIdx, outsideVectors, words)

    found = verdict("e", by_hand)
    assert found.mistakes == ("outside-word-not-redrawn",)
    assert "With centerWordVec = [1], outsideWordIdx = 0, outsideVectors = [" in found.message
    assert "dataset drawing 0" in found.message


def test_checks_in_several_threads_do_not_disturb_each_other():
    found = {}

    def one(number):
        sign = -1 if number % 2 else 1

        def answer(v, o, U):
            loss, center, _ = naive_softmax(v, o, U)
            return loss, sign * center

        found[number] = verdict("b", answer)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(4)]
    before = sys.stdout
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sys.stdout is before
    assert [found[number].status for number in range(4)] == ["right", "wrong"] * 2
    assert found[1].mistakes == ("sign",)


@pytest.mark.parametrize(
    ("part", "function", "roles"),
    [
        ("b", naive_softmax, ("v", "o", "U")),
        ("b", naiveSoftmaxLossAndGradient, ("v", "o", "U", "dataset")),
        ("e", negative_sampling, ("v", "o", "U", "negatives")),
        ("e", negSamplingLossAndGradient, ("v", "o", "U", "dataset", "K")),
        ("e", w2v.sigmoid, ("x",)),
        ("e", lambda a, b, c, d, e: 0, ("v", "o", "U", "dataset", "K")),
        ("f", skip_gram, ("c", "context", "C", "U", "pair_loss")),
        ("f", lambda a, b, c, d: 0, ("c", "context", "C", "U")),
        ("f", skipgram, ("token", "window", "tokens", "index", "C", "U", "dataset", "pair_loss")),
        ("a", w2v.cross_entropy, ("scores", "o")),
        ("a", lambda y_hat, y: 0, ("y_hat", "y")),
    ],
)
def test_signatures_are_recognised(part, function, roles):
    assert signature_of(function, part).roles == roles


def test_other_signatures_are_refused():
    with pytest.raises(BadSignature, match=r"takes 6 arguments \(a, b, c, d, e, f\)"):
        signature_of(lambda a, b, c, d, e, f: 0, "e")


@pytest.mark.parametrize("part", "abcdef")
@pytest.mark.parametrize("answer", [..., None, lambda *a: None])
def test_no_answer_is_missing(part, answer):
    assert verdict(part, answer).status == "missing"


@pytest.mark.parametrize("part", "abcdef")
def test_an_answer_must_be_a_function(part):
    found = verdict(part, 3)
    assert "A function is asked for, but the answer is of type int" in found.message


def test_not_implemented_is_missing():
    def later(v, o, U):
        raise NotImplementedError

    assert verdict("b", later).status == "missing"


def test_it_needs_no_sympy():
    code = (
        "import sys; sys.modules['sympy'] = None\n"
        "from w2v import naive_softmax\n"
        "from w2v.check import check\n"
        "check('b', naive_softmax)\n"
        "check('b', lambda v, o, U: -naive_softmax(v, o, U)[1])\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert "exercise b: right." in result.stdout
    assert "every sign is turned round" in result.stdout
