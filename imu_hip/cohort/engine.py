"""The workers: processes of this computer, or those of a Dask scheduler, kept busy but not more."""

import logging
import queue
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from types import ModuleType
from typing import Any, Final, TypeAlias
from uuid import uuid4

from imu_hip.cohort.errors import CohortError
from imu_hip.cohort.own_tls import own_security
from imu_hip.cohort.work import Job, Outcome, failure, measure_recording

Client: TypeAlias = Any
"""`distributed.Client`, which has no types."""

Future: TypeAlias = Any

LOCAL_SETTINGS: Final = {
    # Each worker has one recording, so that its death is blamed on the one that it had.
    "distributed.scheduler.worker-saturation": 1.0,
    "distributed.scheduler.allowed-failures": 0,
    # Watching itself takes a worker some hundredths of its time.
    "distributed.worker.profile.enabled": False,
    "distributed.admin.system-monitor.interval": "5s",
    "distributed.scheduler.http.routes": [],
}
AHEAD: Final = 2
"""Recordings that each thread of the workers has or waits for: the next is there when one ends."""

MOST_DEATHS: Final = 3
CONNECT_S: Final = 20
PATIENCE_S: Final = 120.0
"""Without any worker for longer than this, nobody will come."""

_LOOK_S: Final = 2.0


@contextmanager
def workers(scheduler: str | None, count: int | None) -> Iterator[Client]:
    """Workers for as long as they are needed; those that were started here end with it.

    Parameters
    ----------
    scheduler
        Address of a Dask scheduler; None starts processes on this computer.
    count
        How many processes to start; None starts one for each processor.

    Raises
    ------
    CohortError
        Where Dask is not installed, no scheduler answers, or its workers lack imu_hip.
    """
    try:
        dask: Any = import_module("dask")
        distributed: Any = import_module("distributed")
        security = own_security() if scheduler is None else None
    except ImportError as error:
        raise CohortError(
            "A cohort needs Dask, which is not installed.", "Run pip install 'imu-hip[cohort]'."
        ) from error

    if scheduler is not None:
        with _connected(distributed, scheduler) as client:
            _require_imu_hip(client, scheduler)
            yield client
        return
    with (
        dask.config.set(LOCAL_SETTINGS),
        distributed.LocalCluster(
            n_workers=count or import_module("dask.system").CPU_COUNT,
            threads_per_worker=1,
            processes=True,
            security=security,
            # Any free port of this computer; there is nothing to see on it.
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


@contextmanager
def _connected(distributed: ModuleType, scheduler: str) -> Iterator[Client]:
    try:
        client = distributed.Client(scheduler, timeout=CONNECT_S)
    except (OSError, ValueError, TypeError) as error:
        raise CohortError(
            f"No Dask scheduler answers at {scheduler}.",
            "Start one with `dask scheduler` and give its address, such as tcp://host:8786.",
        ) from error
    with client:
        yield client


def _require_imu_hip(client: Client, scheduler: str) -> None:
    """Ask the workers for their version before they are given work."""
    try:
        client.wait_for_workers(1, timeout=CONNECT_S)
    except TimeoutError as error:
        raise CohortError(
            f"The scheduler at {scheduler} has no worker.",
            f"Start some with `dask worker {scheduler} --nthreads 1`.",
        ) from error

    # Defined here, because what a worker cannot import is sent to it whole.
    def version() -> str | None:
        try:
            from imu_hip import __version__  # noqa: PLC0415
        except ImportError:
            return None
        return __version__

    from imu_hip import __version__ as own  # noqa: PLC0415

    others = {told for told in client.run(version).values() if told != own}
    if others:
        told = ", ".join(sorted(f"imu_hip {v}" if v else "no imu_hip" for v in others))
        raise CohortError(
            f"Workers of {scheduler} have {told}, and this is {own}.",
            "Install the same version of imu_hip for all workers.",
        )


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
        outcome: Outcome = future.result(timeout=CONNECT_S)
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
