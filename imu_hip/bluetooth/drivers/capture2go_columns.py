"""Reading whole files of packed raw samples of a Capture2Go at once.

Source: Capture2Go Communication Protocol, packages `DataFullPacked` and `DataFull6DPacked`.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imu_hip.bluetooth.drivers.capture2go_data import (
    ACC_MPS2,
    CLIPPING_OF_FLAG,
    FULL_6D_PACKED,
    FULL_PACKED,
    GYR_DPS,
    HALF_ROOT,
    MAG_UT,
    STEPS_PER_ONE,
    TWENTY_BITS,
    DataKind,
    ErrorFlag,
    data_kind,
)
from imu_hip.bluetooth.drivers.capture2go_frames import Frame, split_file
from imu_hip.bluetooth.drivers.capture2go_packages import RATES_HZ
from imu_hip.bluetooth.drivers.stored_columns import StoredColumns

_RATE_MASK = 0x000F


def packed_columns(data: bytes) -> StoredColumns | None:
    """Columns of a file of packed raw samples; None where it holds another kind of package."""
    frames: list[Frame] = []
    skipped = 0
    for item in split_file(data):
        if not isinstance(item, Frame):
            skipped += 1
        elif data_kind(item.header) is not None:
            frames.append(item)
    if not frames:
        return None
    header = frames[0].header
    kind = data_kind(header)
    usual = kind in {FULL_PACKED, FULL_6D_PACKED}
    if kind is None or not usual or not _all_alike(frames, kind):
        return None
    packages = np.frombuffer(b"".join(frame.payload for frame in frames), _package_type(kind))
    good = _is_good(packages)
    packages = packages[good]
    steps_ns = round(1e9 / RATES_HZ[header & _RATE_MASK]) * np.arange(kind.samples)
    clipping = np.repeat(_clipping(packages["flags"]), kind.samples)
    vectors = {
        name: (packages["raw"][:, place] * step).reshape(-1, 3)
        for place, (name, step) in enumerate(
            (("gyr_dps", GYR_DPS), ("acc_mps2", ACC_MPS2), ("mag_au", MAG_UT))
        )
        if place < 2 or kind.has_mag
    }
    tick = (packages["first_ns"][:, np.newaxis] + steps_ns).reshape(-1)
    skipped += int(np.count_nonzero(~good))
    return StoredColumns(tick, clipping, vectors, skipped=skipped)


def _all_alike(frames: Sequence[Frame], kind: DataKind) -> bool:
    size, header = kind.layout.size, frames[0].header
    return all(frame.header == header and len(frame.payload) == size for frame in frames)


def _package_type(kind: DataKind) -> np.dtype[np.void]:
    quantities = 2 + kind.has_mag
    return np.dtype(
        [
            ("first_ns", "<i8"),
            ("raw", "<i2", (quantities, kind.samples, 3)),
            ("orientation", "<u8"),
            ("heading", "<i2"),
            ("flags", "u1"),
        ]
    )


def _is_good(packages: NDArray[np.void]) -> NDArray[np.bool_]:
    """Packages without a trouble of their sensor whose orientation is a rotation."""
    code = packages["orientation"]
    squares = np.zeros(len(code))
    for shift in (0, 20, 40):
        part = (code >> np.uint64(shift)) & np.uint64(TWENTY_BITS)
        squares += (part.astype(np.float64) / STEPS_PER_ONE - HALF_ROOT) ** 2
    troubled = packages["flags"] & (ErrorFlag.TIME_GAP | ErrorFlag.PROCESSING)
    good: NDArray[np.bool_] = (troubled == 0) & (squares <= 1.0)
    return good


def _clipping(flags: NDArray[Any]) -> NDArray[np.int64]:
    found = np.zeros(len(flags), np.int64)
    for flag, quantity in CLIPPING_OF_FLAG.items():
        found |= np.where(flags & flag, int(quantity), 0)
    return found
