"""Small trained networks as plain arrays: fitted by scikit-learn, stored by skops, evaluated by numpy.

A stored file is read only where every type in it is known as safe, so that no pickled code of strangers runs; and it is read off into arrays,
since scikit-learn's own checks take most of the time of small batches.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def squeeze(rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Rows with large numbers drawn together (sign · log(1 + |x|)), as the classifiers want them."""
    squeezed: npt.NDArray[Any] = np.sign(rows) * np.log1p(np.abs(rows))
    return squeezed


class Net:
    """A fitted pipeline of scaler and network, read off into arrays.

    Gives what the pipeline's ``predict_proba`` gives, in single precision.
    """

    def __init__(self, fitted: Any) -> None:
        scaler, net = fitted[0], fitted[-1]
        first = net.coefs_[0] / scaler.scale_[:, None]  # the scaling goes into the first layer
        self.weights = [w.astype(np.float32) for w in (first, *net.coefs_[1:])]
        offsets = [net.intercepts_[0] - scaler.mean_ @ first, *net.intercepts_[1:]]
        self.offsets = [b.astype(np.float32) for b in offsets]

    def predict_proba(self, rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Probabilities of the classes; ``rows`` are squeezed."""
        for weight, offset in zip(self.weights[:-1], self.offsets[:-1], strict=True):
            rows = np.maximum(rows @ weight + offset, np.float32(0))
        out: npt.NDArray[np.float32] = rows @ self.weights[-1] + self.offsets[-1]
        if out.shape[1] == 1:  # two classes
            yes = 1 / (1 + np.exp(-out))
            return np.concatenate([1 - yes, yes], axis=1)
        out = np.exp(out - out.max(1, keepdims=True))
        out /= out.sum(1, keepdims=True)
        return out


class Average:
    """Several classifiers trained alike from different seeds: the mean of their probabilities. ``members``: fitted pipelines."""

    def __init__(self, members: Sequence[Any]) -> None:
        self.members = members
        self.classes_: npt.NDArray[np.int64] = np.asarray(members[0].classes_)
        self._nets = [Net(member) for member in members]
        self.columns = len(self._nets[0].weights[0])

    def predict_proba(self, rows: Floats) -> Floats:
        """Probabilities of the classes, shape (rows, classes)."""
        squeezed = squeeze(rows.astype(np.float32))
        total = sum(net.predict_proba(squeezed).astype(np.float64) for net in self._nets)
        mean: Floats = np.asarray(total / len(self._nets))
        return mean


class Judge:
    """A fitted pipeline of scaler and logistic regression, read off into arrays: the probability that an answer is right."""

    def __init__(self, fitted: Any) -> None:
        self.fitted = fitted
        scaler, line = fitted[0], fitted[-1]
        self._weights = line.coef_[0] / scaler.scale_
        self._offset = float(line.intercept_[0] - scaler.mean_ @ self._weights)

    def chances(self, rows: Floats) -> Floats:
        """The probability of each row."""
        out: Floats = 1 / (1 + np.exp(-(rows @ self._weights + self._offset)))
        return out


def store(fitted: Any, file: Path) -> None:
    """Store a fitted scikit-learn object, or a list of them."""
    import skops.io

    skops.io.dump(fitted, file, compression=8)


def read_stored(file: Path) -> Any:
    """Read what :func:`store` wrote.

    Raises ValueError where the file is damaged or holds any type that skops does not know as safe, ``OSError`` where it cannot be read.
    """
    import skops.io

    data = file.read_bytes()
    try:
        if not (unknown := skops.io.get_untrusted_types(data=data)):
            return skops.io.loads(data)
    except MemoryError:
        raise
    except Exception as error:  # a damaged archive breaks zipfile, json, zlib, numpy and skops in ways that none of them lists
        raise ValueError(f"{file.name}: 文件已损坏 (the file is damaged: {type(error).__name__}: {error})") from error
    raise ValueError(f"{file.name}: 含不可信的类型 {', '.join(unknown)}，拒绝装载 (holds types that are not known as safe)")
