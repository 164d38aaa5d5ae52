"""Samples as the Movella DOT exports them from its memory: fields, records and whole files.

Fields are asked for in ascending order of their ids and stand in that order, so the order of the
request and that of the ids, between which the specification does not decide, are the same.
Source: Movella DOT BLE Services Specifications XD0506P rev F, section 5.4.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from imu_hip.bluetooth.drivers.movella_dot_packets import (
    ACC_CLIPPED,
    GYR_CLIPPED,
    LARGEST_ACC_MPS2,
    LARGEST_GYR_DPS,
    MAG_CLIPPED,
    MAGNETIC_FIELD_SCALE,
)
from imu_hip.bluetooth.drivers.samples import Clipping, Sample, Skipped
from imu_hip.bluetooth.drivers.stored_columns import StoredColumns

Records: TypeAlias = NDArray[np.void]

MAG_AU_PER_COUNT: Final = 1.0 / MAGNETIC_FIELD_SCALE
# Tighter than for streams: fields in another order than expected must not pass as a rotation.
NORM_TOLERANCE: Final = 0.01
_WORDS: Final = {"acc_mps2": "an acceleration", "gyr_dps": "an angular velocity"}


@dataclass(frozen=True, slots=True)
class ExportField:
    """One field that can be exported: its name in records and its numpy type and length."""

    name: str
    kind: str
    count: int

    @property
    def described(self) -> tuple[str, str] | tuple[str, str, tuple[int]]:
        """How numpy wants it described."""
        return (self.name, self.kind) if self.count == 1 else (self.name, self.kind, (self.count,))


EXPORT_FIELDS: Final = {
    0x00: ExportField("timestamp_us", "<u4", 1),
    0x01: ExportField("q_earth_sensor", "<f4", 4),
    0x04: ExportField("euler_deg", "<f4", 3),
    0x05: ExportField("dq", "<f4", 4),
    0x06: ExportField("dv_mps", "<f4", 3),
    0x07: ExportField("acc_mps2", "<f4", 3),
    0x08: ExportField("gyr_dps", "<f4", 3),
    0x09: ExportField("mag_counts", "<i2", 3),
    0x0A: ExportField("status", "<u2", 1),
    0x0B: ExportField("clipped_acc", "u1", 1),
    0x0C: ExportField("clipped_gyr", "u1", 1),
}
DEFAULT_FIELDS: Final = bytes([0x00, 0x04, 0x07, 0x08])
MOTION_FIELDS: Final = bytes([0x00, 0x01, 0x07, 0x08, 0x0A, 0x0B, 0x0C])
MOTION_FIELDS_WITH_MAG: Final = bytes([0x00, 0x01, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C])


def record_type(fields: Iterable[int]) -> np.dtype[np.void]:
    """Packed numpy type of one exported sample.

    Raises
    ------
    KeyError
        If a field is not known.
    """
    return np.dtype([EXPORT_FIELDS[field].described for field in sorted(fields)])


def decode_records(data: bytes, fields: Iterable[int] = MOTION_FIELDS) -> Records:
    """View the whole samples of a file as records, shape (n,); a cut last one is left out."""
    kind = record_type(fields)
    records: Records = np.frombuffer(data, kind, count=len(data) // kind.itemsize)
    return records


def decode_file(data: bytes, fields: Iterable[int] = MOTION_FIELDS) -> Sequence[Sample | Skipped]:
    """Read all samples of a file.

    A sample with a number that is none, or with an orientation that is no unit quaternion within
    0.01, is skipped: so an unexpected order of the fields is noticed.
    """
    records = decode_records(data, fields)
    kind = records.dtype
    reasons = _faults(records)
    samples: list[Sample | Skipped] = [
        Skipped(reason, kind.itemsize) if reason else Sample(*values)
        for reason, values in zip(reasons, zip(*_columns(records), strict=True), strict=True)
    ]
    if rest := len(data) % kind.itemsize:
        samples.append(Skipped("the last sample is cut off", rest))
    return samples


def decode_columns(data: bytes, fields: Iterable[int] = MOTION_FIELDS) -> StoredColumns:
    """Read all samples of a file with a timestamp at once; the same as `decode_file` reads."""
    records = decode_records(data, fields)
    reasons = _faults(records)
    good = records[[not reason for reason in reasons]]
    names = good.dtype.names or ()
    vectors: dict[str, NDArray[np.float64]] = {
        name: good[name].astype(np.float64)
        for name in ("q_earth_sensor", "acc_mps2", "gyr_dps")
        if name in names
    }
    if "mag_counts" in names:
        vectors["mag_au"] = good["mag_counts"] * MAG_AU_PER_COUNT
    return StoredColumns(
        good["timestamp_us"].astype(np.int64),
        _clipping_flags(good).astype(np.int64),
        vectors,
        skipped=len(records) - len(good) + bool(len(data) % records.dtype.itemsize),
    )


def _columns(records: Records) -> list[list[Any]]:
    """Arguments of `Sample` in their order, one list for each."""
    none = [None] * len(records)
    names = records.dtype.names or ()

    def vectors(name: str) -> list[Any]:
        return _tuples(records[name]) if name in names else none

    mag = _tuples(records["mag_counts"] * MAG_AU_PER_COUNT) if "mag_counts" in names else none
    tick = records["timestamp_us"].tolist() if "timestamp_us" in names else none
    motion = [vectors(name) for name in ("q_earth_sensor", "acc_mps2", "gyr_dps")]
    return [tick, none, *motion, mag, _clipping(records)]


def _tuples(vectors: NDArray[Any]) -> list[Any]:
    return [tuple(vector) for vector in vectors.tolist()]


def _clipping(records: Records) -> list[Clipping]:
    meanings = [Clipping(value) for value in range(8)]
    return [meanings[value] for value in _clipping_flags(records).tolist()]


def _clipping_flags(records: Records) -> NDArray[np.uint8]:
    flags = np.zeros(len(records), np.uint8)
    names = records.dtype.names or ()
    if "status" in names:
        for mask, flag in (
            (ACC_CLIPPED, Clipping.ACCELERATION),
            (GYR_CLIPPED, Clipping.ANGULAR_VELOCITY),
            (MAG_CLIPPED, Clipping.MAGNETIC_FIELD),
        ):
            flags[(records["status"] & mask) != 0] |= np.uint8(flag)
    for name, flag in (
        ("clipped_acc", Clipping.ACCELERATION),
        ("clipped_gyr", Clipping.ANGULAR_VELOCITY),
    ):
        if name in names:
            flags[records[name] > 0] |= np.uint8(flag)
    return flags


def _faults(records: Records) -> list[str]:
    """Why each record is no sample, empty where it is one."""
    reasons = np.full(len(records), "", dtype=object)
    for name, limit in (("acc_mps2", LARGEST_ACC_MPS2), ("gyr_dps", LARGEST_GYR_DPS)):
        if name in (records.dtype.names or ()):
            far = (np.abs(records[name]) > limit).any(axis=-1)
            reasons[far] = f"{_WORDS[name]} far out of range"
    for name in records.dtype.names or ():
        values = records[name]
        if values.dtype.kind == "f":
            finite = np.isfinite(values).all(axis=-1)
            reasons[~finite] = "it holds a number that is none"
    if "q_earth_sensor" in (records.dtype.names or ()):
        # Damaged numbers are as large as they like; they are told apart below.
        with np.errstate(over="ignore", invalid="ignore"):
            norm = np.linalg.norm(records["q_earth_sensor"].astype(np.float64), axis=-1)
            off = ~(np.abs(norm - 1.0) < NORM_TOLERANCE)
        reasons[off & (reasons == "")] = "its orientation is no unit quaternion"
    return list(reasons.tolist())
