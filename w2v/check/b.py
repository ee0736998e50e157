"""Exercises of chapter (b)."""

import numpy as np

from .judge import exercise, require_close


@exercise(
    "beta",
    chapter="b",
    level="core",
    about="Put an inverse temperature into the softmax.",
    tests="the loss from its definition, and the gradient by complex step, with three and "
    "five words, for two temperatures",
)
def _beta(softmax_with_beta):
    def plain(v, o, U, beta):
        scores = beta * (U @ v)
        return np.log(np.exp(scores).sum()) - scores[o]

    for V, d, beta in ((3, 2, 0.5), (5, 4, 3.0)):
        rng = np.random.default_rng(V)
        v, U, o = rng.normal(size=d), rng.normal(size=(V, d)), int(rng.integers(V))
        loss, gradient = softmax_with_beta(v, o, U, beta)
        where = f"with V = {V}, d = {d} and beta = {beta}"
        require_close(loss, plain(v, o, U, beta), f"the loss {where}")
        steps = v + 1e-30j * np.eye(d)
        derivative = [plain(step, o, U, beta).imag / 1e-30 for step in steps]
        require_close(gradient, derivative, f"the gradient {where}")
