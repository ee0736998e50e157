r"""Checks of gradients that cannot pass by accident.

Two independent derivatives are compared with the claimed one. **Complex step**
evaluates the loss at :math:`x + ih` with :math:`h = 10^{-30}` and divides the
imaginary part by :math:`h`: no difference is taken, so nothing cancels and the
result is right to the last digits. **Central differences** need only real
numbers, and are right to about eight digits.
"""

import numpy as np

_METHODS = ("complex", "difference")


class GradientError(AssertionError):
    """A claimed gradient that is not the derivative of its loss.

    Attributes
    ----------
    index : tuple of int or None
        Place of the largest difference; None where the check could not compare.
    claimed, expected : float or None
        The claimed derivative there, and the measured one.
    """

    def __init__(self, message, index=None, claimed=None, expected=None):
        super().__init__(message)
        self.index = index
        self.claimed = claimed
        self.expected = expected


def complex_step(function, x, step=1e-30):
    r"""Derivative of a real function by a step along the imaginary axis.

    Parameters
    ----------
    function : callable
        Takes an array of the shape of `x` with complex entries, returns a number. It
        must be made of analytic operations: no ``abs``, no ``float(...)``, no
        comparison but of real parts.
    x : array_like
        Where to differentiate; real.
    step : float
        Size of the step.

    Returns
    -------
    ndarray of float64
        Same shape as `x`: entry by entry, :math:`\mathrm{Im} f(x + ih) / h`.

    Raises
    ------
    TypeError
        If `function` does not return a complex number.
    ValueError
        If `x` is complex, empty, or not finite.

    References
    ----------
    Squire and Trapp, *Using complex variables to estimate derivatives of real
    functions*, SIAM Review 40 (1998).

    Examples
    --------
    >>> complex_step(lambda x: (x**3).sum(), [1.0, 2.0])
    array([ 3., 12.])
    """
    x = _point(x)
    derivative = np.empty(x.shape)
    shifted = x.astype(complex)
    for index in np.ndindex(x.shape):
        shifted[index] += 1j * step
        value = function(shifted.copy())
        if not np.iscomplexobj(value):
            raise TypeError(
                "complex step needs a function that computes in complex numbers, but this one "
                f"returned {value!r}: take out abs() and float(), "
                'or use the method "difference"'
            )
        derivative[index] = np.imag(value) / step
        shifted[index] = x[index]
    return derivative


def central_difference(function, x, step=1e-4):
    r"""Derivative of a real function by differences, to about eight digits.

    The differences at steps h and h/2 are combined so that their leading errors cancel
    (Richardson's extrapolation).

    Parameters
    ----------
    function : callable
        Takes an array of the shape of `x`, returns a real number.
    x : array_like
        Where to differentiate; real.
    step : float
        Size of the larger step.

    Returns
    -------
    ndarray of float64
        Same shape as `x`.

    Raises
    ------
    ValueError
        If `x` is complex, empty, or not finite.

    Examples
    --------
    >>> central_difference(lambda x: (x**3).sum(), [1.0, 2.0]).round(8)
    array([ 3., 12.])
    """
    x = _point(x)
    derivative = np.empty(x.shape)
    shifted = x.copy()
    for index in np.ndindex(x.shape):
        slopes = []
        for h in (step, step / 2):
            values = []
            for sign in (1, -1):
                shifted[index] = x[index] + sign * h
                values.append(float(function(shifted.copy())))
            slopes.append((values[0] - values[1]) / (2 * h))
        derivative[index] = (4 * slopes[1] - slopes[0]) / 3
        shifted[index] = x[index]
    return derivative


def check_gradient(function, x, method="complex", tolerance=None):
    r"""Check that a function returns the gradient of the loss that it returns.

    Parameters
    ----------
    function : callable
        Takes an array like `x`, returns ``(loss, gradient)``; further results are ignored.
    x : array_like
        Where to check; real, used in float64.
    method : {"complex", "difference"}
        How to measure the derivative. Complex step is exact, but `function` must let
        complex numbers through, as every function of `w2v` does.
    tolerance : float, optional
        Largest difference allowed, as a fraction of the largest measured derivative:
        by default 1e-12 for complex step and 1e-7 for differences. Differences that
        rounding alone explains are allowed besides.

    Returns
    -------
    float
        The largest difference, as such a fraction.

    Raises
    ------
    GradientError
        If an entry differs by more, with its place and both values; if the shapes
        differ; if an entry is not finite; if the loss does not depend on `x`, since
        then nothing has been checked.

    Examples
    --------
    >>> from w2v import naive_softmax
    >>> outside = np.array([[1.0, 2.0], [0.0, -1.0], [0.5, 0.5]])
    >>> difference = check_gradient(lambda v: naive_softmax(v, 0, outside), [0.3, -0.2])
    >>> check_gradient(lambda x: ((x**2).sum(), x), [1.0, 3.0])  # a factor 2 is missing
    Traceback (most recent call last):
    ...
    w2v.gradcheck.GradientError: entry 1 of the gradient is 3, but the loss changes by 6: ...
    """
    if method not in _METHODS:
        raise ValueError(f"`method` must be one of {_METHODS}, but it is {method!r}")
    x = _point(x)
    if method == "complex":
        expected = complex_step(lambda point: function(point)[0], x)
        tolerance = 1e-12 if tolerance is None else tolerance
        rounding = 1e-15
    else:
        expected = central_difference(lambda point: function(point)[0], x)
        tolerance = 1e-7 if tolerance is None else tolerance
        rounding = 1e-11
    loss, claimed = function(x.copy())[:2]
    rounding *= max(1.0, abs(loss))
    claimed = np.asarray(claimed, dtype=np.float64)

    if claimed.shape != x.shape:
        raise GradientError(
            f"the gradient has shape {claimed.shape}, but its variable has shape {x.shape}"
        )
    for name, array in (("gradient", claimed), ("measured derivative", expected)):
        if not np.isfinite(array).all():
            index = _first(~np.isfinite(array))
            raise GradientError(
                f"entry {_place(index)} of the {name} is {array[index]}", index=index
            )
    scale = np.abs(expected).max()
    if scale <= rounding and np.abs(claimed).max() <= rounding:
        raise GradientError(
            "loss and gradient are both constant here, so nothing has been checked: "
            "try another point"
        )
    difference = np.abs(claimed - expected)
    worst = tuple(int(i) for i in np.unravel_index(difference.argmax(), difference.shape))
    if difference[worst] > tolerance * scale + rounding:
        ratio = claimed[worst] / expected[worst] if expected[worst] else np.inf
        raise GradientError(
            f"entry {_place(worst)} of the gradient is {claimed[worst]:.6g}, but the loss "
            f"changes by {expected[worst]:.6g}: it is off by "
            f"{claimed[worst] - expected[worst]:.6g} (claimed / measured = {ratio:.6g})",
            index=worst,
            claimed=float(claimed[worst]),
            expected=float(expected[worst]),
        )
    return float(difference[worst] / scale)


def _point(x):
    x = np.asarray(x)
    if x.dtype.kind not in "biuf":
        raise ValueError(f"`x` must be real, but its dtype is {x.dtype}")
    x = x.astype(np.float64)
    if x.size == 0 or not np.isfinite(x).all():
        raise ValueError("`x` must have at least one entry, and only finite ones")
    return x


def _first(mask):
    return tuple(int(i) for i in np.argwhere(mask)[0])


def _place(index):
    return str(index[0]) if len(index) == 1 else str(index)
