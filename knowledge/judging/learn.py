"""The little statistics the judge needs: logistic regression, ranking quality, a paired test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_STEPS = 60
_STILL = 1e-7


@dataclass(frozen=True, slots=True)
class Logistic:
    """``weights`` and ``bias`` on the features as they come (not standardised)."""

    weights: Floats
    bias: float

    def logit(self, features: Floats) -> Floats:
        """Log-odds, shape ``(n,)`` for features of shape ``(n, k)``."""
        return np.asarray(features @ self.weights + self.bias)


def fit(
    features: Floats,
    labels: NDArray[np.bool_],
    sample: Floats,
    start: Logistic | None = None,
    ridge: float = 1.0,
) -> Logistic:
    """Logistic regression by Newton's method.  ``sample`` weighs the rows, ``ridge`` says what it
    costs to leave ``start`` (weights of 0 without one)."""
    mean, spread = features.mean(axis=0), features.std(axis=0) + 1e-9
    design = np.column_stack([(features - mean) / spread, np.ones(len(features))])
    penalty = np.eye(design.shape[1]) * ridge
    penalty[-1, -1] = 1e-6
    known = np.zeros(design.shape[1])
    if start is not None:
        known = np.append(start.weights * spread, start.logit(mean))
    sign = np.where(labels, -1.0, 1.0)

    def loss(beta: Floats) -> float:
        away = beta - known
        wrong = np.logaddexp(0.0, sign * (design @ beta))
        return float(sample @ wrong + 0.5 * away @ penalty @ away)

    beta = known.copy()
    for _ in range(_STEPS):
        chance = sigmoid(design @ beta)
        slope = design.T @ (sample * (chance - labels)) + penalty @ (beta - known)
        curve = (design * (sample * chance * (1 - chance))[:, None]).T @ design + penalty
        step = np.linalg.solve(curve, slope)
        before = loss(beta)
        while np.abs(step).max() >= _STILL and loss(beta - step) > before:
            step /= 2  # far from the end a whole step may lead away from it
        beta = beta - step
        if np.abs(step).max() < _STILL:
            break
    weights = beta[:-1] / spread
    return Logistic(weights, float(beta[-1] - mean @ weights))


def sigmoid(logits: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -50, 50))))


def auc(positive: Floats, negative: Floats) -> float:
    """Chance that a positive scores above a negative, ties counted half."""
    if not len(positive) or not len(negative):
        return 0.5
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, side="left")
    up_to = np.searchsorted(ordered, positive, side="right")
    return float((below + up_to).mean() / 2 / len(negative))


def folds(count: int, parts: int = 5) -> NDArray[np.int64]:
    """A fixed assignment of rows to folds."""
    return np.random.default_rng(12345).permutation(count) % parts


def paired_p_value(one: Floats, other: Floats, rounds: int = 2000) -> float:
    """Two-sided sign-flip test on paired measures: how likely so large a mean difference is
    if the two were the same."""
    difference = np.asarray(other, dtype=np.float64) - np.asarray(one, dtype=np.float64)
    difference = difference[difference != 0]
    if not len(difference):
        return 1.0
    signs = np.random.default_rng(12345).choice((-1.0, 1.0), size=(rounds, len(difference)))
    by_chance = np.abs((signs * difference).sum(axis=1)) >= abs(difference.sum()) - 1e-12
    return float((by_chance.sum() + 1) / (rounds + 1))
