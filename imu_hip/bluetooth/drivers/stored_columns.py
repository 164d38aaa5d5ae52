"""Samples of a stored file as columns: hours of them at once, where one by one takes too long."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from imu_hip.bluetooth.drivers.samples import Sample, Skipped

QUANTITIES: Final = ("q_earth_sensor", "acc_mps2", "gyr_dps", "mag_au")
"""Names of the vectors of a `Sample`."""


@dataclass(frozen=True, slots=True, eq=False)
class StoredColumns:
    """The samples of a file, in its order.

    Parameters
    ----------
    tick, clipping
        As in `Sample`, shape (n,).
    vectors
        The quantities that every sample has, by name, shape (n, width).
    partial
        Names of quantities that only some samples have.
    skipped
        Pieces of the file that are no sample.
    """

    tick: NDArray[np.int64]
    clipping: NDArray[np.int64]
    vectors: Mapping[str, NDArray[np.float64]]
    partial: tuple[str, ...] = ()
    skipped: int = 0


def columns_of(items: Sequence[Sample | Skipped]) -> StoredColumns:
    """Columns of samples that a driver read one by one; those without a tick are skipped."""
    samples = [item for item in items if isinstance(item, Sample) and item.tick is not None]
    vectors: dict[str, NDArray[np.float64]] = {}
    partial: list[str] = []
    for name in QUANTITIES:
        values: list[Any] = [getattr(sample, name) for sample in samples]
        missing = sum(value is None for value in values)
        if not missing:
            width = 4 if name == "q_earth_sensor" else 3
            vectors[name] = np.array(values, dtype=np.float64).reshape(-1, width)
        elif missing < len(values):
            partial.append(name)
    return StoredColumns(
        np.array([sample.tick for sample in samples], dtype=np.int64),
        np.array([int(sample.clipping) for sample in samples], dtype=np.int64),
        vectors,
        tuple(partial),
        len(items) - len(samples),
    )
