"""What is fuzzed: one function from bytes to nothing, which may only refuse them in a sentence."""

import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import numpy as np

from imu_hip.errors import ImuHipError
from imu_hip.recording.recording import Recording, SensorStream

MEMORY = Path("/dev/shm")
"""Where there is such a place, files in it are read without waiting for a disk."""

WITHIN = "IMU_HIP_FUZZ_FOLDER"
"""Names the folder of the process that watches, for those that it starts."""

_FILE = re.compile(rb"(?:\A|\n)#### FILE ([^\n]{1,80})\n")
_FORBIDDEN = re.compile(r"[/\\\0]")


class WrongNumberError(Exception):
    """Something was read without a complaint and holds a number that cannot be."""


@dataclass(frozen=True, slots=True)
class Target:
    """One reader of bytes that come from outside.

    Parameters
    ----------
    name
        For the table and the command line.
    seeds
        Makes valid inputs, small ones.
    prepare
        Makes the function that is fuzzed; it is given a folder of its own, and returns nothing.
    expected
        How it may refuse what it is given.
    covers
        Names of the formats or drivers that it reads, to find those that nothing reads.
    weight
        Its part of all runs: slow ones get less.
    """

    name: str
    seeds: Callable[[], Sequence[bytes]]
    prepare: Callable[[Path], Callable[[bytes], None]]
    expected: tuple[type[Exception], ...] = (ImuHipError,)
    covers: tuple[str, ...] = ()
    weight: float = 1.0


def runner(run: Callable[[bytes], None]) -> Callable[[Path], Callable[[bytes], None]]:
    """What needs no preparation and no folder."""
    return lambda _: run


def file_named(
    name: str, read: Callable[[Path], object]
) -> Callable[[Path], Callable[[bytes], None]]:
    """Prepare a target that reads one file, whose name may tell its format."""

    def prepare(folder: Path) -> Callable[[bytes], None]:
        def run(data: bytes) -> None:
            (folder / name).write_bytes(data)
            read(folder / name)

        return run

    return prepare


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder that is gone afterwards, in memory where that is possible.

    That of a process that is killed lies within that of the process that watches it.
    """
    place = os.environ.get(WITHIN) or (MEMORY if MEMORY.is_dir() else None)
    folder = Path(mkdtemp(prefix="imu_hip_fuzz_", dir=place))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def packed(files: Mapping[str, bytes]) -> bytes:
    """Several files as one input; `written` makes them again, however damaged."""
    parts = (b"#### FILE " + name.encode() + b"\n" + data for name, data in files.items())
    return b"\n".join(parts)


def unpacked(data: bytes) -> dict[str, bytes]:
    """The files of an input by name; a name with a folder in it loses that."""
    parts = _FILE.split(data)
    names = [_FORBIDDEN.sub("_", name.decode("utf-8", "replace")) for name in parts[1::2]]
    return {
        name: content
        for name, content in zip(names, parts[2::2], strict=True)
        if name not in {"", ".", ".."}
    }


def written(data: bytes, folder: Path) -> list[Path]:
    """Write the files of an input into an emptied folder, in their order.

    A `|` in a name parts a folder from a file in it.
    """
    for old in folder.iterdir():
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    paths = []
    for name, content in unpacked(data).items():
        inner, _, file = name.rpartition("|")
        place = folder / (inner.replace("|", "_") or ".")
        if place.is_file() or file in {"", ".", ".."} or (place / file).is_dir():
            continue
        place.mkdir(exist_ok=True)
        (place / file).write_bytes(content)
        paths.append(place / file)
    return paths


def require_possible(recording: Recording) -> None:
    """Check that a recording holds no number that cannot be.

    Raises
    ------
    WrongNumberError
        Naming the first one.
    """
    for segment, stream in recording.streams.items():
        wrong = _wrong_times(stream) or _wrong_values(stream)
        if wrong:
            raise WrongNumberError(f"{segment}: {wrong}")
    texts = (recording.source, *recording.warnings, *(entry.step for entry in recording.log))
    if not all(isinstance(text, str) for text in texts) or recording.simulated not in {True, False}:
        raise WrongNumberError("what is told of the recording is no text")
    for marker in recording.markers:
        if not np.isfinite([marker.start_s, marker.end_s]).all():
            raise WrongNumberError(f"marker {marker.label} is not finite")


def _wrong_times(stream: SensorStream) -> str:
    if not (np.isfinite(stream.sampling_rate_hz) and stream.sampling_rate_hz > 0):
        return f"{stream.sampling_rate_hz} Hz"
    if not np.isfinite(stream.time_s).all() or not (np.diff(stream.time_s) > 0).all():
        return "times do not rise"
    # What every command asks of a stream.
    return "fewer than no samples lost" if stream.lost_samples() < 0 else ""


def _wrong_values(stream: SensorStream) -> str:
    for name, width in (("q_earth_sensor", 4), ("acc_mps2", 3), ("gyr_dps", 3), ("mag_au", 3)):
        values = getattr(stream, name)
        if values is None:
            continue
        if values.dtype != np.float64 or values.shape != (len(stream.time_s), width):
            return f"{name} is {values.dtype} {values.shape}"
        if not np.isfinite(values).all():
            return f"{name} is not finite"
    q = stream.q_earth_sensor
    if q is not None and np.abs(np.linalg.norm(q, axis=1) - 1.0).max() > 1e-6:
        return "an orientation has not length 1"
    return ""
