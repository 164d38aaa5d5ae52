"""Recordings on their way through the workers, who have what keeps them busy and no more."""

import queue
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias
from uuid import uuid4

from imu_hip.cohort.errors import CohortError
from imu_hip.cohort.work import Job, Outcome, failure, measure_recording

Client: TypeAlias = Any
"""`distributed.Client`, which has no types."""

Future: TypeAlias = Any

AHEAD: Final = 2
"""Recordings that each thread of the workers has or waits for: the next is there when one ends."""

MOST_DEATHS: Final = 3
RESULT_S: Final = 30.0
PATIENCE_S: Final = 120.0
"""Without any worker for longer than this, nobody will come."""

_LOOK_S: Final = 2.0


@dataclass(slots=True)
class _Underway:
    """What the workers have, by key, and what has come back."""

    client: Client
    jobs: dict[str, tuple[Future, Job]] = field(default_factory=dict)
    back: queue.SimpleQueue[str] = field(default_factory=queue.SimpleQueue)

    def send(self, job: Job) -> None:
        # A key of its own, so that a scheduler that lives long gives no result of last time.
        key = f"imu_hip-{job.number}-{uuid4().hex}"
        future = self.client.submit(measure_recording, job, key=key, pure=False)
        self.jobs[key] = future, job
        future.add_done_callback(lambda done: self.back.put(done.key))

    def wait(self) -> tuple[Future, Job]:
        """The next that came back.

        Raises
        ------
        CohortError
            Where the scheduler or all workers are gone.
        """
        alone_since: float | None = None
        while True:
            try:
                return self.jobs.pop(self.back.get(timeout=_LOOK_S))
            except queue.Empty:
                if thread_count(self.client) > 0:
                    alone_since = None
                    continue
            alone_since = alone_since or time.monotonic()
            if time.monotonic() - alone_since > PATIENCE_S:
                raise CohortError(
                    "There is no worker left.",
                    "What was finished is kept; start workers and run the same command again.",
                )


def outcomes(client: Client, jobs: Iterable[Job]) -> Iterator[tuple[Job, Outcome]]:
    """What comes of each job, as it comes; no more are underway than keep the workers busy.

    A recording whose worker dies is tried again after all others, alone, so that it takes none
    with it; after three deaths it is given up.

    Raises
    ------
    CohortError
        Where the scheduler or all workers are gone.
    """
    suspects: list[tuple[Job, int]] = []
    underway = _Underway(client)
    waiting = iter(jobs)
    room = AHEAD * max(thread_count(client), 1)
    while True:
        while len(underway.jobs) < room and (job := next(waiting, None)) is not None:
            underway.send(job)
        if not underway.jobs:
            break
        future, job = underway.wait()
        deaths, outcome = _result(future)
        if outcome is None:
            suspects.append((job, deaths))
            # Workers that died may not have been replaced, and new ones may have come.
            room = AHEAD * max(thread_count(client), 1)
        else:
            yield job, outcome
    for job, deaths in suspects:
        yield job, _alone(underway, job, deaths)


def _alone(underway: _Underway, job: Job, deaths: int) -> Outcome:
    while True:
        underway.send(job)
        future, _ = underway.wait()
        more, outcome = _result(future)
        if outcome is not None:
            return outcome
        deaths += more
        if deaths >= MOST_DEATHS:
            return failure(
                f"{deaths} workers died while they measured it, killed or out of memory. "
                "Try it alone with imu-hip analyze."
            )


def _result(future: Future) -> tuple[int, Outcome | None]:
    """How many workers died of a job, and what came of it."""
    from distributed.scheduler import KilledWorker  # noqa: PLC0415

    try:
        outcome: Outcome = future.result(timeout=RESULT_S)
    except KilledWorker as killed:
        return killed.allowed_failures + 1, None
    except Exception as error:  # Whatever a worker or the network says, the others go on.
        if future.status in {"cancelled", "lost"}:
            raise _gone() from error
        return 0, failure(f"No worker could measure it: {type(error).__name__}: {error}.")
    finally:
        future.release()
    return 0, outcome


def thread_count(client: Client) -> int:
    """Threads of all workers.

    Raises
    ------
    CohortError
        Where the scheduler is gone.
    """
    try:
        return int(sum(client.nthreads().values()))
    except (OSError, TimeoutError) as error:
        raise _gone() from error


def _gone() -> CohortError:
    return CohortError(
        "The Dask scheduler is gone.",
        "What was finished is kept; run the same command again when it is back.",
    )
