"""Every mistake is made on purpose, in programs of two styles, and has to be named.

The wrong programs are right ones in which a line was changed. They share nothing with
`w2v.check.tutor.mistakes`, which computes the same mistakes in its own way.
"""

# ruff: noqa: E501, a change of a program is easier to read in one line

import textwrap

import numpy as np
import pytest

from w2v.check import verdict

# Right programs, in which the cases below exchange a piece.

PAIR_LOOPS = """
def answer(center_vector, outside_word, outside):
    V, d = outside.shape
    scores = [sum(outside[w][i] * center_vector[i] for i in range(d)) for w in range(V)]
    weights = [math.exp(score) for score in scores]
    total = sum(weights)
    p = [weight / total for weight in weights]
    loss = -math.log(p[outside_word])
    grad_center = np.zeros(d)
    grad_outside = np.zeros((V, d))
    for w in range(V):
        r = p[w] - (1 if w == outside_word else 0)
        for i in range(d):
            grad_center[i] += r * outside[w][i]
            grad_outside[w][i] += r * center_vector[i]
    return loss, grad_center, grad_outside
"""

PAIR_COURSE = """
def answer(centerWordVec, outsideWordIdx, outsideVectors, dataset):
    scores = np.dot(outsideVectors, centerWordVec)
    y_hat = np.exp(scores) / np.sum(np.exp(scores))
    loss = -np.log(y_hat[outsideWordIdx])
    y = np.zeros_like(y_hat)
    y[outsideWordIdx] = 1
    delta = y_hat - y
    gradCenterVec = np.dot(outsideVectors.T, delta)
    gradOutsideVecs = np.outer(delta, centerWordVec)
    return loss, gradCenterVec, gradOutsideVecs
"""

LOSS_LOOPS = """
def answer(scores, o):
    total = 0
    for score in scores:
        total += math.exp(score)
    loss = -math.log(math.exp(scores[o]) / total)
    return loss
"""

LOSS_ARRAYS = """
def answer(v, o, U):
    scores = U @ v
    p = np.exp(scores) / np.exp(scores).sum()
    return -np.log(p[o])
"""

SAMPLING_LOOPS = """
def sigma(x):
    return 1 / (1 + math.exp(-x))

def answer(center_vector, outside_word, outside, negatives):
    grad_center = np.zeros(len(center_vector))
    grad_outside = np.zeros(outside.shape)
    x = float(outside[outside_word] @ center_vector)
    loss = -math.log(sigma(x))
    a = sigma(x) - 1
    grad_center += a * outside[outside_word]
    grad_outside[outside_word] += a * center_vector
    for w in negatives:
        z = float(outside[w] @ center_vector)
        loss += -math.log(sigma(-z))
        b = sigma(z)
        grad_center += b * outside[w]
        grad_outside[w] += b * center_vector
    return loss, grad_center, grad_outside
"""

SAMPLING_ARRAYS = """
def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def answer(v, o, U, negatives):
    negatives = np.asarray(negatives)
    K = len(negatives)
    u_o, u_k = U[o], U[negatives]
    s_o, s_k = sigmoid(u_o @ v), sigmoid(-(u_k @ v))
    loss = -np.log(s_o) - np.log(s_k).sum()
    c_o, c_k = s_o - 1, 1 - s_k
    grad_v = c_o * u_o + c_k @ u_k
    grad_U = np.zeros_like(U)
    grad_U[o] += c_o * v
    np.add.at(grad_U, negatives, np.outer(c_k, v))
    return loss, grad_v, grad_U
"""

SAMPLING_COURSE = """
def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def answer(centerWordVec, outsideWordIdx, outsideVectors, dataset, K=10):
    negSampleWordIndices = getNegativeSamples(outsideWordIdx, dataset, K)
    indices = [outsideWordIdx] + negSampleWordIndices
    gradCenterVec = np.zeros(centerWordVec.shape)
    gradOutsideVecs = np.zeros(outsideVectors.shape)
    z = sigmoid(np.dot(outsideVectors[outsideWordIdx], centerWordVec))
    loss = -np.log(z)
    gradCenterVec += (z - 1.0) * outsideVectors[outsideWordIdx]
    gradOutsideVecs[outsideWordIdx] += (z - 1.0) * centerWordVec
    for k in range(K):
        w = indices[k + 1]
        z = sigmoid(-np.dot(outsideVectors[w], centerWordVec))
        loss -= np.log(z)
        gradCenterVec -= (z - 1.0) * outsideVectors[w]
        gradOutsideVecs[w] -= (z - 1.0) * centerWordVec
    return loss, gradCenterVec, gradOutsideVecs
"""

WINDOW_LOOPS = """
def pair(v, o, U):
    scores = U @ v
    p = np.exp(scores) / np.exp(scores).sum()
    loss = -np.log(p[o])
    p[o] -= 1
    return loss, p @ U, np.outer(p, v)

def answer(center_word, context_words, center, outside, pair_loss=pair):
    loss = 0.0
    grad_center = np.zeros(center.shape)
    grad_outside = np.zeros(outside.shape)
    for o in context_words:
        v = center[center_word]
        one, by_center, by_outside = pair_loss(v, o, outside)
        loss += one
        grad_center[center_word] += by_center
        grad_outside += by_outside
    return loss, grad_center, grad_outside
"""

WINDOW_COURSE = """
def answer(currentCenterWord, windowSize, outsideWords, word2Ind, centerWordVectors,
           outsideVectors, dataset, word2vecLossAndGradient):
    loss = 0.0
    gradCenterVecs = np.zeros(centerWordVectors.shape)
    gradOutsideVectors = np.zeros(outsideVectors.shape)
    c = word2Ind[currentCenterWord]
    words = [word2Ind[word] for word in outsideWords]
    for j in range(len(words)):
        v = centerWordVectors[c]
        result = word2vecLossAndGradient(v, words[j], outsideVectors, dataset)
        loss += result[0]
        gradCenterVecs[c] += result[1]
        gradOutsideVectors += result[2]
    return loss, gradCenterVecs, gradOutsideVectors
"""

WINDOW_COUNTS = """
def answer(c, context, C, U):
    V, d = U.shape
    n = np.bincount(context, minlength=V)
    scores = U @ C[c]
    p = np.exp(scores) / np.exp(scores).sum()
    loss = -(n @ np.log(p))
    r = len(context) * p - n
    grad_C = np.zeros((V, d))
    grad_C[c] = r @ U
    grad_U = np.outer(r, C[c])
    return loss, grad_C, grad_U
"""

SIGMOID_LOOPS = """
def answer(x):
    x = np.asarray(x)
    return np.array([1 / (1 + math.exp(-t)) for t in x.ravel()]).reshape(x.shape)
"""

SIGMOID_ARRAYS = """
def sigmoid(x):
    return np.exp(x) / (1 + np.exp(x))

def answer(x):
    return sigmoid(x)
"""

# The cases: (part, expected names, program, piece, its replacement, piece, ...).

LOSSES = [
    ("base-2", (LOSS_LOOPS, "math.log(", "math.log2("), (LOSS_ARRAYS, "np.log(", "np.log2(")),
    ("base-10", (LOSS_LOOPS, "math.log(", "math.log10("), (LOSS_ARRAYS, "np.log(", "np.log10(")),
    ("sign-of-loss", (LOSS_LOOPS, "-math.log", "math.log"), (LOSS_ARRAYS, "-np.log", "np.log")),
    (
        "mean-over-vocabulary",
        (LOSS_LOOPS, "return loss", "return loss / len(scores)"),
        (LOSS_ARRAYS, "-np.log(p[o])", "-(np.eye(len(U))[o] * np.log(p)).mean()"),
    ),
    ("log-dropped", (LOSS_LOOPS, "math.log", ""), (LOSS_ARRAYS, "np.log", "")),
    (
        "probability-of-a-miss",
        (LOSS_LOOPS, "-math.log(math.exp(scores[o]) / total)", "1 - math.exp(scores[o]) / total"),
        (LOSS_ARRAYS, "-np.log(p[o])", "1 - p[o]"),
    ),
    (
        "of-not-seeing",
        (LOSS_LOOPS, "math.exp(scores[o]) / total", "1 - math.exp(scores[o]) / total"),
        (LOSS_ARRAYS, "p[o]", "1 - p[o]"),
    ),
    (
        "not-normalised",
        (LOSS_LOOPS, " / total", ""),
        (LOSS_ARRAYS, " / np.exp(scores).sum()", ""),
    ),
    (
        "entropy",
        (
            LOSS_LOOPS,
            "-math.log(math.exp(scores[o]) / total)",
            "-sum(math.exp(s) / total * math.log(math.exp(s) / total) for s in scores)",
        ),
        (LOSS_ARRAYS, "-np.log(p[o])", "-(p @ np.log(p))"),
    ),
    (
        "of-every-word",
        (
            LOSS_LOOPS,
            "-math.log(math.exp(scores[o]) / total)",
            "-sum(math.log(math.exp(s) / total) for s in scores)",
        ),
        (LOSS_ARRAYS, "np.log(p[o])", "np.log(p).sum()"),
    ),
    (
        "weighted-twice",
        (LOSS_LOOPS, "loss = -math", "loss = -math.exp(scores[o]) / total * math"),
        (LOSS_ARRAYS, "-np.log(p[o])", "-p[o] * np.log(p[o])"),
    ),
    (
        "second-term-only",
        (LOSS_LOOPS, "-math.log(math.exp(scores[o]) / total)", "math.log(total)"),
        (LOSS_ARRAYS, "-np.log(p[o])", "np.log(np.exp(scores).sum())"),
    ),
    (
        "denominator-without-o",
        (LOSS_LOOPS, "/ total", "/ (total - math.exp(scores[o]))"),
        (LOSS_ARRAYS, "np.exp(scores).sum()", "np.exp(np.delete(scores, o)).sum()"),
    ),
    (
        "denominator-counts-o-twice",
        (LOSS_LOOPS, "total = 0", "total = math.exp(scores[o])"),
        (LOSS_ARRAYS, "np.exp(scores).sum()", "(np.exp(scores).sum() + np.exp(scores[o]))"),
    ),
    (
        "word-before",
        (LOSS_LOOPS, "scores[o]", "scores[o - 1]"),
        (LOSS_ARRAYS, "p[o]", "p[o - 1]"),
    ),
    (
        "minus-in-exponent",
        (LOSS_LOOPS, "math.exp(score", "math.exp(-score"),
        (LOSS_ARRAYS, "U @ v", "-U @ v"),
    ),
    (
        "shift-not-returned",
        (
            LOSS_LOOPS,
            "total += math.exp(score)",
            "total += math.exp(score - max(scores))",
        ),
        (
            LOSS_ARRAYS,
            "-np.log(p[o])",
            "np.log(np.exp(scores - scores.max()).sum()) - scores[o]",
        ),
    ),
    (
        "shift-in-one-term",
        (LOSS_LOOPS, "math.exp(scores[o])", "math.exp(scores[o] - max(scores))"),
        (
            LOSS_ARRAYS,
            "-np.log(p[o])",
            "np.log(np.exp(scores).sum()) - (scores[o] - scores.max())",
        ),
    ),
    (
        "sum-inside-exp",
        (LOSS_LOOPS, "/ total", "/ math.exp(sum(scores))"),
        (LOSS_ARRAYS, "np.exp(scores).sum()", "np.exp(scores.sum())"),
    ),
    (
        "logistic-for-softmax",
        (LOSS_LOOPS, "math.exp(scores[o]) / total", "1 / (1 + math.exp(-scores[o]))"),
        (LOSS_ARRAYS, "np.exp(scores).sum()", "(1 + np.exp(scores))"),
    ),
    (
        "squares",
        (
            LOSS_LOOPS,
            "-math.log(math.exp(scores[o]) / total)",
            "sum((math.exp(s) / total - (w == o)) ** 2 for w, s in enumerate(scores))",
        ),
        (LOSS_ARRAYS, "-np.log(p[o])", "((p - np.eye(len(U))[o]) ** 2).sum()"),
    ),
    (
        "each-word-yes-or-no",
        (
            LOSS_LOOPS,
            "return loss",
            "return loss - sum(math.log(1 - math.exp(s) / total)"
            " for w, s in enumerate(scores) if w != o)",
        ),
        (LOSS_ARRAYS, "-np.log(p[o])", "-np.log(p[o]) - np.log(1 - np.delete(p, o)).sum()"),
    ),
    (
        "softmax-twice",
        (
            LOSS_LOOPS,
            "-math.log(math.exp(scores[o]) / total)",
            "-math.log(math.exp(math.exp(scores[o]) / total)"
            " / sum(math.exp(math.exp(s) / total) for s in scores))",
        ),
        (LOSS_ARRAYS, "    return", "    p = np.exp(p) / np.exp(p).sum()\n    return"),
    ),
    (
        "largest-only",
        (LOSS_LOOPS, "scores[o]", "max(scores)"),
        (LOSS_ARRAYS, "p[o]", "p.max()"),
    ),
    (
        "wrong-axis",
        (LOSS_LOOPS, "/ total", "/ math.exp(scores[o])"),
        (
            LOSS_ARRAYS,
            "np.exp(scores) / np.exp(scores).sum()",
            "(np.exp(scores[:, None]) / np.exp(scores[:, None]).sum(axis=1, keepdims=True))[:, 0]",
        ),
    ),
]

R = "r = p[w] - (1 if w == outside_word else 0)"
DELTA = "delta = y_hat - y"
PAIRS = [
    (
        "sign",
        (PAIR_LOOPS, R, "r = (w == outside_word) - p[w]"),
        (PAIR_COURSE, DELTA, "delta = y - y_hat"),
    ),
    ("observed-forgotten", (PAIR_LOOPS, R, "r = p[w]"), (PAIR_COURSE, DELTA, "delta = y_hat")),
    (
        "expected-forgotten",
        (PAIR_LOOPS, R, "r = -(w == outside_word)"),
        (PAIR_COURSE, DELTA, "delta = -y"),
    ),
    (
        "only-the-word-seen",
        (PAIR_LOOPS, "for w in range(V):\n        r", "for w in [outside_word]:\n        r"),
        (PAIR_COURSE, DELTA, "delta = y * (y_hat - y)"),
    ),
    (
        "one-from-every-word",
        (PAIR_LOOPS, R, "r = p[w] - 1"),
        (PAIR_COURSE, DELTA, "delta = y_hat - 1"),
    ),
    (
        "not-normalised",
        (PAIR_LOOPS, "weight / total", "weight"),
        (PAIR_COURSE, " / np.sum(np.exp(scores))", ""),
    ),
    (
        "not-normalised-after-shift",
        (PAIR_LOOPS, "math.exp(score)", "math.exp(score - max(scores))", "/ total", "/ 1"),
        (
            PAIR_COURSE,
            "y_hat = np.exp(scores) / np.sum(np.exp(scores))",
            "y_hat = np.exp(scores - scores.max())",
        ),
    ),
    (
        "mean-below",
        (PAIR_LOOPS, "weight / total", "weight / (total / V)"),
        (PAIR_COURSE, "np.sum(np.exp", "np.mean(np.exp"),
    ),
    (
        "factor-below",
        (PAIR_LOOPS, "weight / total", "weight / (V * total)"),
        (PAIR_COURSE, "/ np.sum(", "/ len(scores) / np.sum("),
    ),
    (
        "wrong-axis",
        (PAIR_LOOPS, "weight / total", "weight / weight"),
        (
            PAIR_COURSE,
            "y_hat = np.exp(scores) / np.sum(np.exp(scores))",
            "e = np.exp(scores)[None, :]; y_hat = (e / e.sum(axis=0))[0]",
        ),
    ),
    (
        "uniform",
        (PAIR_LOOPS, "weight / total", "1 / V"),
        (PAIR_COURSE, "scores = ", "scores = 0 * "),
    ),
    (
        "logistic-for-softmax",
        (PAIR_LOOPS, "weight / total", "weight / (1 + weight)"),
        (
            PAIR_COURSE,
            "y_hat = np.exp(scores) / np.sum(np.exp(scores))",
            "y_hat = 1 / (1 + np.exp(-scores))",
        ),
    ),
    (
        "softmax-twice",
        (
            PAIR_LOOPS,
            "    loss =",
            "    p = [math.exp(q) / sum(map(math.exp, p)) for q in p]\n    loss =",
        ),
        (PAIR_COURSE, "    loss =", "    y_hat = np.exp(y_hat) / np.exp(y_hat).sum()\n    loss ="),
    ),
    (
        "minus-in-exponent",
        (PAIR_LOOPS, "math.exp(score)", "math.exp(-score)"),
        (PAIR_COURSE, "scores = np.dot", "scores = -np.dot"),
    ),
    (
        "word-before",
        (
            PAIR_LOOPS,
            "p[outside_word]",
            "p[outside_word - 1]",
            "w == outside_word",
            "w == (outside_word - 1) % V",
        ),
        (PAIR_COURSE, "    scores", "    outsideWordIdx -= 1\n    scores"),
    ),
    (
        "denominator-without-o",
        (PAIR_LOOPS, "total = sum(weights)", "total = sum(weights) - weights[outside_word]"),
        (PAIR_COURSE, "np.sum(np.exp(scores))", "np.exp(np.delete(scores, outsideWordIdx)).sum()"),
    ),
    (
        "scores-for-probabilities",
        (PAIR_LOOPS, R, R.replace("p[w]", "scores[w]")),
        (PAIR_COURSE, DELTA, "delta = scores - y"),
    ),
    (
        "log-probabilities",
        (PAIR_LOOPS, R, R.replace("p[w]", "math.log(p[w])")),
        (PAIR_COURSE, DELTA, "delta = np.log(y_hat) - y"),
    ),
    (
        "log-dropped",
        (
            PAIR_LOOPS,
            R,
            R + "\n        r *= p[outside_word]",
            "-math.log(p[outside_word])",
            "-p[outside_word]",
        ),
        (PAIR_COURSE, DELTA, "delta = y_hat[outsideWordIdx] * (y_hat - y)", "np.log", ""),
    ),
    (
        "slope-of-each-entry",
        (PAIR_LOOPS, R, R + "\n        r *= p[w] * (1 - p[w])"),
        (PAIR_COURSE, DELTA, "delta = (y_hat - y) * y_hat * (1 - y_hat)"),
    ),
    (
        "observed-left-out",
        (PAIR_LOOPS, R, "r = -1 if w == outside_word else p[w]"),
        (PAIR_COURSE, DELTA, "delta = y_hat; delta[outsideWordIdx] = -1"),
    ),
    (
        "share-of-the-word-seen",
        (PAIR_LOOPS, "r = p[w]", "r = p[outside_word]"),
        (PAIR_COURSE, DELTA, "delta = y_hat[outsideWordIdx] - y"),
    ),
    (
        "y-for-y-hat",
        (PAIR_LOOPS, R, "r = 0 if w == outside_word else p[w]"),
        (PAIR_COURSE, DELTA, "delta = y_hat; delta[outsideWordIdx] = 0"),
    ),
    (
        "observed-added",
        (PAIR_LOOPS, R, R.replace("- (1", "+ (1")),
        (PAIR_COURSE, DELTA, "delta = y_hat + y"),
    ),
    (
        "largest-only",
        (PAIR_LOOPS, "r = p[w]", "r = (p[w] == max(p))"),
        (PAIR_COURSE, DELTA, "delta = (y_hat == y_hat.max()) - y"),
    ),
]

TABLES = [
    (
        "own-vectors",
        (PAIR_LOOPS, "+= r * center_vector[i]", "+= r * outside[w][i]"),
        (PAIR_COURSE, "np.outer(delta, centerWordVec)", "delta[:, None] * outsideVectors"),
    ),
    (
        "transposed",
        (
            PAIR_LOOPS,
            "return loss, grad_center, grad_outside",
            "return loss, grad_center, grad_outside.T",
        ),
        (PAIR_COURSE, "np.outer(delta, centerWordVec)", "np.outer(centerWordVec, delta)"),
    ),
    (
        "one-row",
        (
            PAIR_LOOPS,
            "return loss, grad_center, grad_outside",
            "return loss, grad_center, grad_outside[outside_word]",
        ),
        (PAIR_COURSE, "np.outer(delta, centerWordVec)", "delta[outsideWordIdx] * centerWordVec"),
    ),
    (
        "residual-only",
        (
            PAIR_LOOPS,
            "return loss, grad_center, grad_outside",
            "return loss, grad_center, [q - (w == outside_word) for w, q in enumerate(p)]",
        ),
        (PAIR_COURSE, "np.outer(delta, centerWordVec)", "delta"),
    ),
    (
        "center-in-every-row",
        (PAIR_LOOPS, "    return", "    grad_outside[:] = grad_center\n    return"),
        (PAIR_COURSE, "np.outer(delta, centerWordVec)", "np.tile(gradCenterVec, (len(y), 1))"),
    ),
    (
        "rows-moved",
        (PAIR_LOOPS, "grad_outside[w][i] +=", "grad_outside[(w + 1) % V][i] +="),
        (
            PAIR_COURSE,
            "np.outer(delta, centerWordVec)",
            "np.outer(np.roll(delta, 1), centerWordVec)",
        ),
    ),
    (
        "row-overwritten",
        (PAIR_LOOPS, "    return", "    grad_outside[outside_word] = center_vector\n    return"),
        (
            PAIR_COURSE,
            "    return",
            "    gradOutsideVecs[outsideWordIdx] = centerWordVec\n    return",
        ),
    ),
    (
        "observed-left-out",
        (PAIR_LOOPS, "    return", "    grad_outside[outside_word] = -center_vector\n    return"),
        (
            PAIR_COURSE,
            "    return",
            "    gradOutsideVecs[outsideWordIdx] = -centerWordVec\n    return",
        ),
    ),
    (
        "mean-over-vocabulary",
        (
            PAIR_LOOPS,
            "return loss, grad_center, grad_outside",
            "return loss, grad_center, grad_outside / V",
        ),
        (PAIR_COURSE, "np.outer(delta, centerWordVec)", "np.outer(delta, centerWordVec) / len(y)"),
    ),
    (
        "doubled",
        (PAIR_LOOPS, "grad_outside[w][i] +=", "grad_outside[w][i] += 2 *"),
        (PAIR_COURSE, "np.outer(delta, centerWordVec)", "2 * np.outer(delta, centerWordVec)"),
    ),
]

CENTERS = [
    (
        "by-another-variable",
        (
            PAIR_LOOPS,
            "return loss, grad_center,",
            "return loss, (p[outside_word] - 1) * center_vector,",
        ),
        (PAIR_COURSE, "np.dot(outsideVectors.T, delta)", "delta[outsideWordIdx] * centerWordVec"),
    ),
    (
        "residual-only",
        (
            PAIR_LOOPS,
            "return loss, grad_center,",
            "return loss, [q - (w == outside_word) for w, q in enumerate(p)],",
        ),
        (PAIR_COURSE, "np.dot(outsideVectors.T, delta)", "delta"),
    ),
    (
        "mean-over-vocabulary",
        (PAIR_LOOPS, "return loss, grad_center,", "return loss, grad_center / V,"),
        (
            PAIR_COURSE,
            "np.dot(outsideVectors.T, delta)",
            "np.mean(delta[:, None] * outsideVectors, axis=0)",
        ),
    ),
    (
        "base-2",
        (PAIR_LOOPS, "return loss, grad_center,", "return loss, grad_center / math.log(2),"),
        (
            PAIR_COURSE,
            "np.dot(outsideVectors.T, delta)",
            "np.dot(outsideVectors.T, delta) / np.log(2)",
        ),
    ),
]

A, B = "a = sigma(x) - 1", "b = sigma(z)"
COEFFICIENTS = "c_o, c_k = s_o - 1, 1 - s_k"
SAMPLINGS = [
    (
        "minus-lost",
        (SAMPLING_LOOPS, B, "b = 1 - sigma(z)"),
        (SAMPLING_ARRAYS, "1 - s_k", "s_k"),
    ),
    (
        "minus-lost",
        (SAMPLING_LOOPS, B, "b = 1 - sigma(z)", "sigma(-z)", "sigma(z)"),
        (SAMPLING_ARRAYS, "sigmoid(-(u_k @ v))", "sigmoid(u_k @ v)"),
    ),
    (
        "negative-as-outside-word",
        (SAMPLING_LOOPS, B, "b = sigma(z) - 1"),
        (SAMPLING_COURSE, "(z - 1.0) * outsideVectors[w]", "z * outsideVectors[w]", "(z - 1.0) * centerWordVec\n    return", "z * centerWordVec\n    return"),
    ),
    (
        "negatives-pulled",
        (SAMPLING_LOOPS, B, "b = -sigma(z)"),
        (SAMPLING_ARRAYS, "1 - s_k", "s_k - 1"),
    ),
    (
        "negatives-pulled",
        (SAMPLING_LOOPS, "loss += -math", "loss += math"),
        (SAMPLING_COURSE, "loss -= np.log(z)", "loss += np.log(z)"),
    ),
    (
        "sigma-twice",
        (SAMPLING_LOOPS, A, "a = (sigma(x) - 1) * sigma(x) * (1 - sigma(x))", B, "b = sigma(z) * sigma(z) * (1 - sigma(z))"),
        (SAMPLING_ARRAYS, COEFFICIENTS, "c_o, c_k = (s_o - 1) * s_o * (1 - s_o), (1 - s_k) * s_k * (1 - s_k)"),
    ),
    (
        "sigma-of-one-minus-sigma",
        (SAMPLING_LOOPS, A, "a = -sigma(1 - sigma(x))", B, "b = sigma(1 - sigma(-z))"),
        (SAMPLING_ARRAYS, COEFFICIENTS, "c_o, c_k = -sigmoid(1 - s_o), sigmoid(1 - s_k)"),
    ),
    (
        "log-missing",
        (SAMPLING_LOOPS, A, "a = -sigma(x) * (1 - sigma(x))", B, "b = sigma(z) * (1 - sigma(z))", "math.log", ""),
        (SAMPLING_ARRAYS, COEFFICIENTS, "c_o, c_k = -s_o * (1 - s_o), s_k * (1 - s_k)", "np.log", ""),
    ),
    (
        "sigma-missing",
        (SAMPLING_LOOPS, "-math.log(sigma(x))", "-x", "-math.log(sigma(-z))", "z"),
        (SAMPLING_ARRAYS, "-np.log(s_o) - np.log(s_k).sum()", "-(u_o @ v) + (u_k @ v).sum()"),
    ),
    (
        "sign",
        (SAMPLING_LOOPS, A, "a = 1 - sigma(x)", B, "b = -sigma(z)"),
        (SAMPLING_ARRAYS, COEFFICIENTS, "c_o, c_k = 1 - s_o, s_k - 1"),
    ),
    ("label-forgotten", (SAMPLING_LOOPS, A, "a = sigma(x)"), (SAMPLING_ARRAYS, "s_o - 1", "s_o")),
    (
        "outside-word-pushed",
        (SAMPLING_LOOPS, A, "a = 1 - sigma(x)"),
        (SAMPLING_ARRAYS, "s_o - 1", "1 - s_o"),
    ),
    (
        "outside-word-as-negative",
        (SAMPLING_LOOPS, A, "a = -sigma(x)"),
        (SAMPLING_ARRAYS, "s_o - 1", "-s_o"),
    ),
    (
        "mean-of-negatives",
        (SAMPLING_LOOPS, B, "b = sigma(z) / len(negatives)", "loss += -math.log(sigma(-z))", "loss += -math.log(sigma(-z)) / len(negatives)"),
        (SAMPLING_ARRAYS, "np.log(s_k).sum()", "np.log(s_k).mean()", "1 - s_k", "(1 - s_k) / K"),
    ),
    (
        "mean-of-all",
        (SAMPLING_LOOPS, "return loss,", "return loss / (len(negatives) + 1),"),
        (SAMPLING_ARRAYS, "return loss,", "return np.mean([-np.log(s_o), *-np.log(s_k)]),"),
    ),
    (
        "outside-word-forgotten",
        (SAMPLING_LOOPS, A, "a = 0", "loss = -math.log(sigma(x))", "loss = 0"),
        (SAMPLING_ARRAYS, "s_o - 1", "0", "-np.log(s_o) - ", "-"),
    ),
    (
        "negatives-forgotten",
        (SAMPLING_LOOPS, "for w in negatives:", "for w in []:"),
        (SAMPLING_COURSE, "range(K)", "range(0)"),
    ),
    (
        "outside-word-each-time",
        (SAMPLING_LOOPS, A, "a = len(negatives) * (sigma(x) - 1)", "-math.log(sigma(x))", "-len(negatives) * math.log(sigma(x))"),
        (SAMPLING_ARRAYS, "s_o - 1", "K * (s_o - 1)", "-np.log(s_o)", "-K * np.log(s_o)"),
    ),
    (
        "score-of-outside-word",
        (SAMPLING_LOOPS, "z = float(outside[w] @ center_vector)", "z = x"),
        (SAMPLING_ARRAYS, "sigmoid(-(u_k @ v))", "np.full(K, sigmoid(-(u_o @ v)))"),
    ),
    (
        "score-of-last-negative",
        (SAMPLING_LOOPS, "outside[w] @ center", "outside[negatives[-1]] @ center"),
        (SAMPLING_ARRAYS, "sigmoid(-(u_k @ v))", "np.full(K, sigmoid(-(u_k[-1] @ v)))"),
    ),
    (
        "repeats-dropped",
        (SAMPLING_LOOPS, "in negatives:", "in set(negatives.tolist()):"),
        (SAMPLING_ARRAYS, "np.asarray(negatives)", "np.unique(negatives)"),
    ),
    (
        "last-negative-for-all",
        (SAMPLING_LOOPS, "for w in negatives:", "for _ in negatives:\n        w = negatives[-1]"),
        (SAMPLING_ARRAYS, "np.asarray(negatives)", "np.full(len(negatives), negatives[-1])"),
    ),
    (
        "outside-word-for-all",
        (SAMPLING_LOOPS, "for w in negatives:", "for k in negatives:\n        w = outside_word"),
        (SAMPLING_COURSE, "w = indices[k + 1]", "w = outsideWordIdx"),
    ),
    (
        "only-last-negative",
        (SAMPLING_LOOPS, "in negatives:", "in negatives[-1:]:"),
        (SAMPLING_COURSE, "for k in range(K):", "for k in [K - 1]:"),
    ),
    (
        "only-first-negative",
        (SAMPLING_LOOPS, "center_vector\n    return", "center_vector\n        return"),
        (SAMPLING_COURSE, "centerWordVec\n    return", "centerWordVec\n        break\n    return"),
    ),
    (
        "last-negative-missing",
        (SAMPLING_LOOPS, "in negatives:", "in negatives[:-1]:"),
        (SAMPLING_COURSE, "range(K)", "range(K - 1)"),
    ),
    (
        "first-negative-missing",
        (SAMPLING_LOOPS, "in negatives:", "in negatives[1:]:"),
        (SAMPLING_COURSE, "range(K)", "range(1, K)"),
    ),
    (
        "outside-word-skipped",
        (SAMPLING_LOOPS, "for w in negatives:", "for w in negatives:\n        if w == outside_word:\n            continue"),
        (SAMPLING_ARRAYS, "np.asarray(negatives)", "np.asarray(negatives)[np.asarray(negatives) != o]"),
    ),
    (
        "place-for-word",
        (SAMPLING_LOOPS, "for w in negatives:", "for w in range(len(negatives)):"),
        (SAMPLING_COURSE, "w = indices[k + 1]", "w = k"),
    ),
    (
        "all-words-negative",
        (SAMPLING_LOOPS, "for w in negatives:", "for w in range(len(outside)):"),
        (SAMPLING_ARRAYS, "np.asarray(negatives)", "np.arange(len(U))"),
    ),
    (
        "all-other-words-negative",
        (SAMPLING_LOOPS, "for w in negatives:", "for w in set(range(len(outside))) - {outside_word}:"),
        (SAMPLING_ARRAYS, "np.asarray(negatives)", "np.delete(np.arange(len(U)), o)"),
    ),
    (
        "outside-word-not-redrawn",
        (SAMPLING_COURSE, "getNegativeSamples(outsideWordIdx, dataset, K)", "[dataset.sampleTokenIdx() for _ in range(K)]"),
        (
            SAMPLING_COURSE,
            "negSampleWordIndices = getNegativeSamples(outsideWordIdx, dataset, K)",
            "negSampleWordIndices = []\n    while len(negSampleWordIndices) < K:\n"
            "        negSampleWordIndices.append(dataset.sampleTokenIdx())",
        ),
    ),
    (
        "sigma-of-the-sum",
        (SAMPLING_LOOPS, "    return loss,", "    loss = -math.log(sigma(x)) - math.log(sigma(-sum(outside[w] @ center_vector for w in negatives)))\n    return loss,"),
        (SAMPLING_ARRAYS, "np.log(s_k).sum()", "np.log(sigmoid(-(u_k @ v).sum()))"),
    ),
    (
        "log-of-the-sum",
        (SAMPLING_LOOPS, "    return loss,", "    loss = -math.log(sigma(x)) - math.log(sum(sigma(-(outside[w] @ center_vector)) for w in negatives))\n    return loss,"),
        (SAMPLING_ARRAYS, "np.log(s_k).sum()", "np.log(s_k.sum())"),
    ),
    (
        "minus-everywhere",
        (SAMPLING_LOOPS, "loss = -math.log(sigma(x))", "loss = -math.log(sigma(-x))"),
        (SAMPLING_ARRAYS, "-np.log(s_o) -", "-np.log(1 - s_o) -"),
    ),
    (
        "by-another-variable",
        (SAMPLING_LOOPS, "a * outside[outside_word]", "a * center_vector", "b * outside[w]", "b * center_vector"),
        (SAMPLING_ARRAYS, "c_o * u_o + c_k @ u_k", "(c_o + c_k.sum()) * v"),
    ),
    (
        "own-vectors",
        (SAMPLING_LOOPS, "a * center_vector", "a * outside[outside_word]", "+= b * center_vector", "+= b * outside[w]"),
        (SAMPLING_ARRAYS, "c_o * v", "c_o * u_o", "np.outer(c_k, v)", "c_k[:, None] * u_k"),
    ),
    (
        "repeats-lost",
        (SAMPLING_LOOPS, "    return loss,", "    for w in set(negatives.tolist()):\n        grad_outside[w] -= (negatives.tolist().count(w) - 1) * sigma(outside[w] @ center_vector) * center_vector\n    return loss,"),
        (SAMPLING_ARRAYS, "np.add.at(grad_U, negatives, np.outer(c_k, v))", "grad_U[negatives] += np.outer(c_k, v)"),
    ),
    (
        "rows-overwritten",
        (SAMPLING_LOOPS, "grad_outside[outside_word] +=", "grad_outside[outside_word] =", "grad_outside[w] +=", "grad_outside[w] ="),
        (SAMPLING_ARRAYS, "np.add.at(grad_U, negatives, np.outer(c_k, v))", "grad_U[negatives] = np.outer(c_k, v)"),
    ),
    (
        "outside-word-overwritten",
        (SAMPLING_LOOPS, "    return loss,", "    grad_outside[outside_word] = a * center_vector\n    return loss,"),
        (SAMPLING_ARRAYS, "    return loss,", "    grad_U[o] = c_o * v\n    return loss,"),
    ),
    (
        "rows-overwritten-outside-word-last",
        (SAMPLING_LOOPS, "grad_outside[w] +=", "grad_outside[w] =", "    return loss,", "    grad_outside[outside_word] = a * center_vector\n    return loss,"),
        (SAMPLING_ARRAYS, "np.add.at(grad_U, negatives, np.outer(c_k, v))", "grad_U[negatives] = np.outer(c_k, v); grad_U[o] = c_o * v"),
    ),
    (
        "all-in-one-row",
        (SAMPLING_LOOPS, "grad_outside[w]", "grad_outside[outside_word]"),
        (SAMPLING_ARRAYS, "np.add.at(grad_U, negatives, np.outer(c_k, v))", "grad_U[o] += c_k.sum() * v"),
    ),
    (
        "only-rows-that-take-part",
        (SAMPLING_LOOPS, "return loss, grad_center, grad_outside", "return loss, grad_center, [a * center_vector] + [sigma(outside[w] @ center_vector) * center_vector for w in negatives]"),
        (SAMPLING_ARRAYS, "return loss, grad_v, grad_U", "return loss, grad_v, np.outer([c_o, *c_k], v)"),
    ),
    (
        "transposed",
        (SAMPLING_LOOPS, "grad_center, grad_outside\n", "grad_center, grad_outside.T\n"),
        (SAMPLING_COURSE, "gradCenterVec, gradOutsideVecs\n", "gradCenterVec, gradOutsideVecs.T\n"),
    ),
    (
        "base-2",
        (SAMPLING_LOOPS, "math.log(", "math.log2("),
        (SAMPLING_COURSE, "np.log(", "np.log2("),
    ),
    (
        "sign-of-loss",
        (SAMPLING_LOOPS, "return loss", "return -loss"),
        (SAMPLING_COURSE, "return loss", "return -loss"),
    ),
    (
        "softmax-for-sampling",
        (SAMPLING_LOOPS, "    grad_center =", "    return naive_softmax(center_vector, outside_word, outside)\n    grad_center ="),
        (SAMPLING_ARRAYS, "    K =", "    p = np.exp(U @ v); p = p / p.sum(); r = p - np.eye(len(U))[o]\n    return -np.log(p[o]), r @ U, np.outer(r, v)\n    K ="),
    ),
]  # fmt: skip

WINDOWS = [
    (
        "last-word-missing",
        (WINDOW_LOOPS, "in context_words:", "in context_words[:-1]:"),
        (WINDOW_COURSE, "range(len(words))", "range(len(words) - 1)"),
    ),
    (
        "first-word-missing",
        (WINDOW_LOOPS, "in context_words:", "in context_words[1:]:"),
        (WINDOW_COURSE, "range(len(words))", "range(1, len(words))"),
    ),
    (
        "only-last-word",
        (WINDOW_LOOPS, "loss += one", "loss = one", "+= by_center", "= by_center", "grad_outside += by", "grad_outside = by"),
        (WINDOW_COURSE, "+= result[0]", "= result[0]", "+= result[1]", "= result[1]", "+= result[2]", "= result[2]"),
    ),
    (
        "only-last-word",
        (WINDOW_LOOPS, "+= by_center", "= by_center"),
        (WINDOW_COURSE, "+= result[2]", "= result[2]"),
    ),
    (
        "only-first-word",
        (WINDOW_LOOPS, "by_outside\n    return", "by_outside\n        return"),
        (WINDOW_COURSE, "result[2]\n    return", "result[2]\n        break\n    return"),
    ),
    (
        "mean-of-the-window",
        (WINDOW_LOOPS, "return loss, grad", "return loss / len(context_words), grad"),
        (WINDOW_COURSE, "return loss, gradCenterVecs, gradOutsideVectors", "n = len(words)\n    return loss / n, gradCenterVecs / n, gradOutsideVectors / n"),
    ),
    (
        "repeats-dropped",
        (WINDOW_LOOPS, "in context_words:", "in set(context_words.tolist()):"),
        (WINDOW_COURSE, "in outsideWords]", "in dict.fromkeys(outsideWords)]"),
    ),
    (
        "center-word-included",
        (WINDOW_LOOPS, "in context_words:", "in [center_word, *context_words]:"),
        (WINDOW_COURSE, "in outsideWords]", "in outsideWords + [currentCenterWord]]"),
    ),
    (
        "center-word-skipped",
        (WINDOW_LOOPS, "        v = center", "        if o == center_word:\n            continue\n        v = center"),
        (WINDOW_COURSE, "in outsideWords]", "in outsideWords if word != currentCenterWord]"),
    ),
    (
        "row-of-the-place",
        (WINDOW_LOOPS, "grad_center[center_word] +=", "grad_center[len(context_words) // 2] +="),
        (WINDOW_COURSE, "gradCenterVecs[c]", "gradCenterVecs[windowSize // 2]"),
    ),
    (
        "row-0",
        (WINDOW_LOOPS, "grad_center[center_word] +=", "grad_center[0] +="),
        (WINDOW_COURSE, "gradCenterVecs[c]", "gradCenterVecs[0]"),
    ),
    (
        "last-row",
        (WINDOW_LOOPS, "grad_center[center_word] +=", "grad_center[-1] +="),
        (WINDOW_COURSE, "gradCenterVecs[c]", "gradCenterVecs[-1]"),
    ),
    (
        "row-of-last-outside-word",
        (WINDOW_LOOPS, "grad_center[center_word] +=", "grad_center[context_words[-1]] +="),
        (WINDOW_COURSE, "gradCenterVecs[c]", "gradCenterVecs[words[-1]]"),
    ),
    (
        "in-every-row",
        (WINDOW_LOOPS, "grad_center[center_word] +=", "grad_center +="),
        (WINDOW_COURSE, "gradCenterVecs[c]", "gradCenterVecs"),
    ),
    (
        "rows-of-outside-words",
        (WINDOW_LOOPS, "grad_center[center_word] +=", "grad_center[o] +="),
        (WINDOW_COURSE, "gradCenterVecs[c]", "gradCenterVecs[words[j]]"),
    ),
    (
        "vector-only",
        (WINDOW_LOOPS, "return loss, grad_center,", "return loss, grad_center[center_word],"),
        (WINDOW_COURSE, "return loss, gradCenterVecs,", "return loss, gradCenterVecs.sum(axis=0),"),
    ),
    (
        "swapped",
        (WINDOW_LOOPS, "return loss, grad_center, grad_outside", "return loss, grad_outside, grad_center"),
        (WINDOW_COURSE, "gradCenterVecs[c] += result[1]", "gradOutsideVectors[c] += result[1]", "gradOutsideVectors += result[2]", "gradCenterVecs += result[2]"),
    ),
    (
        "center-of-outside-word",
        (WINDOW_LOOPS, "v = center[center_word]", "v = center[o]"),
        (WINDOW_COURSE, "v = centerWordVectors[c]", "v = centerWordVectors[words[j]]"),
    ),
    (
        "center-of-outside-word-own-row",
        (WINDOW_LOOPS, "v = center[center_word]", "v = center[o]", "grad_center[center_word]", "grad_center[o]"),
        (WINDOW_COURSE, "v = centerWordVectors[c]", "v = centerWordVectors[words[j]]", "gradCenterVecs[c]", "gradCenterVecs[words[j]]"),
    ),
    (
        "roles-exchanged",
        (WINDOW_LOOPS, "pair_loss(v, o, outside)", "pair_loss(center[o], center_word, outside)"),
        (WINDOW_COURSE, "(v, words[j],", "(centerWordVectors[words[j]], c,"),
    ),
    (
        "roles-exchanged-own-row",
        (WINDOW_LOOPS, "pair_loss(v, o, outside)", "pair_loss(center[o], center_word, outside)", "grad_center[center_word]", "grad_center[o]"),
        (WINDOW_COURSE, "(v, words[j],", "(centerWordVectors[words[j]], c,", "gradCenterVecs[c]", "gradCenterVecs[words[j]]"),
    ),
    (
        "bag-of-words",
        (WINDOW_LOOPS, "for o in context_words:", "for o in [center_word]:", "v = center[center_word]", "v = center[context_words].sum(axis=0)"),
        (WINDOW_COURSE, "range(len(words))", "[0]", "v = centerWordVectors[c]", "v = sum(centerWordVectors[w] for w in words)", "words[j], outside", "c, outside"),
    ),
    (
        "bag-of-words-mean",
        (WINDOW_LOOPS, "for o in context_words:", "for o in [center_word]:", "v = center[center_word]", "v = center[context_words].mean(axis=0)"),
        (WINDOW_COURSE, "range(len(words))", "[0]", "v = centerWordVectors[c]", "v = np.mean([centerWordVectors[w] for w in words], axis=0)", "words[j], outside", "c, outside"),
    ),
    (
        "vector-from-outside-table",
        (WINDOW_LOOPS, "v = center[center_word]", "v = outside[center_word]"),
        (WINDOW_COURSE, "v = centerWordVectors[c]", "v = outsideVectors[c]"),
    ),
    (
        "outside-in-row-of-center",
        (WINDOW_LOOPS, "grad_outside += by_outside", "grad_outside[center_word] += by_outside[o]"),
        (WINDOW_COURSE, "gradOutsideVectors += result[2]", "gradOutsideVectors[c] += result[2][words[j]]"),
    ),
    (
        "own-row-only",
        (WINDOW_LOOPS, "grad_outside += by_outside", "grad_outside[o] += by_outside[o]"),
        (WINDOW_COURSE, "gradOutsideVectors += result[2]", "gradOutsideVectors[words[j]] += result[2][words[j]]"),
    ),
    (
        "only-rows-of-context",
        (WINDOW_LOOPS, "    return loss, grad", "    for w in set(range(len(outside))) - set(context_words.tolist()):\n        grad_outside[w] = 0\n    return loss, grad", "def answer(center_word, context_words, center, outside, pair_loss=pair)", "def answer(center_word, context_words, center, outside)", "pair_loss(", "pair("),
        (WINDOW_COUNTS, "grad_U = np.outer(r, C[c])", "grad_U = (n > 0)[:, None] * np.outer(r, C[c])"),
    ),
    (
        "transposed",
        (WINDOW_LOOPS, "return loss, grad_center, grad_outside", "return loss, grad_center, grad_outside.T"),
        (WINDOW_COUNTS, "np.outer(r, C[c])", "np.outer(C[c], r)"),
    ),
    (
        "given-loss-unused",
        (WINDOW_LOOPS, "pair_loss(v, o, outside)", "pair(v, o, outside)"),
        (WINDOW_COURSE, "word2vecLossAndGradient(v, words[j], outsideVectors, dataset)", "naive_softmax(v, words[j], outsideVectors)"),
    ),
    (
        "observed-forgotten",
        (WINDOW_LOOPS, "p[o] -= 1", "p[o] -= 0"),
        (WINDOW_COUNTS, "p - n", "p"),
    ),
    (
        "sign",
        (WINDOW_LOOPS, "return loss, p @ U, np.outer(p, v)", "return loss, -p @ U, -np.outer(p, v)"),
        (WINDOW_COUNTS, "r = len(context) * p - n", "r = n - len(context) * p"),
    ),
    (
        "not-normalised",
        (WINDOW_LOOPS, " / np.exp(scores).sum()", ""),
        (WINDOW_COUNTS, " / np.exp(scores).sum()", ""),
    ),
    (
        "base-2",
        (WINDOW_LOOPS, "np.log(", "np.log2("),
        (WINDOW_COUNTS, "np.log(", "np.log2("),
    ),
]  # fmt: skip

SIGMOIDS = [
    (
        "minus-in-exponent",
        (SIGMOID_LOOPS, "math.exp(-t)", "math.exp(t)"),
        (SIGMOID_ARRAYS, "sigmoid(x)\n", "sigmoid(-x)\n"),
    ),
    (
        "derivative",
        (SIGMOID_LOOPS, "1 / (1 + math.exp(-t))", "math.exp(-t) / (1 + math.exp(-t)) ** 2"),
        (SIGMOID_ARRAYS, "return sigmoid(x)", "return sigmoid(x) * (1 - sigmoid(x))"),
    ),
    (
        "one-missing",
        (SIGMOID_LOOPS, "(1 + math.exp(-t))", "math.exp(-t)"),
        (SIGMOID_ARRAYS, " / (1 + np.exp(x))", ""),
    ),
    (
        "one-minus",
        (SIGMOID_LOOPS, "1 / (1 + math", "np.float64(1) / (1 - math"),
        (SIGMOID_ARRAYS, "return np.exp(x) / (1 + np.exp(x))", "return 1 / (1 - np.exp(-x))"),
    ),
    (
        "tanh",
        (SIGMOID_LOOPS, "1 / (1 + math.exp(-t))", "math.tanh(t)"),
        (SIGMOID_ARRAYS, "return sigmoid(x)", "return 2 * sigmoid(2 * x) - 1"),
    ),
    (
        "log",
        (SIGMOID_LOOPS, "1 / (1 + math.exp(-t))", "-math.log(1 + math.exp(-t))"),
        (SIGMOID_ARRAYS, "return sigmoid(x)", "return np.log(sigmoid(x))"),
    ),
    (
        "not-by-entry",
        (SIGMOID_LOOPS, "1 / (1 + math.exp(-t))", "math.exp(t) / sum(map(math.exp, x.ravel()))"),
        (SIGMOID_ARRAYS, "1 + np.exp(x)", "np.exp(x).sum()"),
    ),
    (
        "numerator",
        (SIGMOID_LOOPS, "1 / (1", "math.exp(t) / (1"),
        (SIGMOID_ARRAYS, "(1 + np.exp(x))", "(1 + np.exp(-x))"),
    ),
]

GROUPS = [
    ("a", LOSSES),
    ("b", [*PAIRS, *CENTERS]),
    ("c", [*PAIRS[:6], *TABLES]),
    ("d", [*PAIRS, *CENTERS, *TABLES]),
    ("e", SAMPLINGS),
    ("e", SIGMOIDS),
    ("f", WINDOWS),
]
CASES = [
    pytest.param(part, name, program, pieces, id=f"{part}-{name}-{number}-{style}")
    for part, group in GROUPS
    for number, (name, *styles) in enumerate(group)
    for style, (program, *pieces) in zip(("first", "second"), styles, strict=True)
]
RIGHT = {
    "a": [LOSS_LOOPS, LOSS_ARRAYS],
    "b": [PAIR_LOOPS, PAIR_COURSE],
    "c": [PAIR_LOOPS, PAIR_COURSE],
    "d": [PAIR_LOOPS, PAIR_COURSE],
    "e": [SAMPLING_LOOPS, SAMPLING_ARRAYS, SAMPLING_COURSE, SIGMOID_LOOPS, SIGMOID_ARRAYS],
    "f": [WINDOW_LOOPS, WINDOW_COURSE, WINDOW_COUNTS],
}


def written(program, pieces=()):
    """The function of a program in which pieces are exchanged."""
    import math

    import w2v

    for old, new in zip(pieces[::2], pieces[1::2], strict=True):
        assert old in program, old
        program = program.replace(old, new)
    names = {"np": np, "math": math, "naive_softmax": w2v.naive_softmax}
    exec(textwrap.dedent(program), names)
    return names["answer"]


@pytest.mark.parametrize(
    ("part", "program"), [(part, program) for part in RIGHT for program in RIGHT[part]]
)
def test_without_a_mistake_the_programs_are_right(part, program):
    found = verdict(part, written(program))
    assert found.status == "right", found.message
    assert found.mistakes == ()


@pytest.mark.parametrize(("part", "name", "program", "pieces"), CASES)
def test_a_mistake_is_named(part, name, program, pieces):
    found = verdict(part, written(program, pieces))
    assert found.status == "wrong"
    assert found.mistakes == (name,), found.message
    assert "yours" in found.message
    assert "Where it enters: equation (" in found.message
