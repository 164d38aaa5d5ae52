"""What a worker does: one recording to rows. Only paths go to it, only rows come back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from imu_hip import __version__
from imu_hip.cohort.tidy import TidyRow
from imu_hip.errors import ImuHipError
from imu_hip.names import Task

KEPT_BYTES: Final = 128 * 2**20
"""Freed memory that a worker keeps: a recording of minutes needs no more."""


@dataclass(frozen=True, slots=True)
class Job:
    """One recording to measure.

    Parameters
    ----------
    number
        Its place in the list.
    recording
        An absolute path or a URL, as the worker sees it.
    contents
        Files of the recording by name, where the worker could not read them by itself.
    """

    number: int
    recording: str
    task: Task | None
    contents: Mapping[str, bytes] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """Rows, or the reason why there are none.

    `final` is False where trying again may end otherwise.
    """

    rows: tuple[TidyRow, ...]
    reason: str
    final: bool
    version: str = __version__


def failure(reason: str, *, final: bool = False) -> Outcome:
    """An outcome without rows."""
    return Outcome((), reason, final)


def measure_recording(job: Job) -> Outcome:
    """Open and analyse one recording; never raises for anything that the recording does."""
    # The program that only sends jobs needs none of these.
    from imu_hip.analysis.analyze import analyze  # noqa: PLC0415
    from imu_hip.analysis.memory import keep_freed_memory  # noqa: PLC0415
    from imu_hip.cohort.fetching import at_hand, is_missing  # noqa: PLC0415
    from imu_hip.cohort.tidy import tidy_rows  # noqa: PLC0415
    from imu_hip.recording.formats import open_recording  # noqa: PLC0415

    keep_freed_memory(KEPT_BYTES)
    try:
        with at_hand(job.recording, job.contents) as path:
            analysis = analyze(open_recording(path), job.task)
    except ImuHipError as error:
        # A disk that is not connected now may be the next time.
        return failure(str(error), final=not is_missing(job.recording))
    except MemoryError:
        return failure("The worker has too little memory for it. Use fewer workers.")
    except Exception as error:  # A fault of the program, or of a file system, stops nothing.
        return failure(f"It could not be measured: {type(error).__name__}: {error}.")
    rows = tidy_rows(analysis)
    if not rows:
        return failure(
            "No test, walk or run was found in it. Mark what was done in NAME.markers.csv.",
            final=True,
        )
    return Outcome(rows, "", final=True)
