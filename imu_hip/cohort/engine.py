"""The workers: processes of this computer, or those of a Dask scheduler."""

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any, Final

from imu_hip.cohort.errors import CohortError
from imu_hip.cohort.own_tls import own_security
from imu_hip.cohort.underway import Client

LOCAL_SETTINGS: Final = {
    # Each worker has one recording, so that its death is blamed on the one that it had.
    "distributed.scheduler.worker-saturation": 1.0,
    "distributed.scheduler.allowed-failures": 0,
    # Watching itself takes all of them some hundredths of their time.
    "distributed.worker.profile.enabled": False,
    "distributed.admin.system-monitor.interval": "5s",
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.tick.limit": "30s",
    "distributed.worker.memory.monitor-interval": "500ms",
    "distributed.scheduler.http.routes": [],
    # A worker that is started anew after a death leaves Ctrl-C to this program, too.
    "distributed.worker.preload": ["import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"],
}
CONNECT_S: Final = 10.0


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
    with ExitStack() as stack:
        stack.enter_context(dask.config.set(LOCAL_SETTINGS))
        with _deaf_to_interrupts():
            cluster = distributed.LocalCluster(
                n_workers=count or import_module("dask.system").CPU_COUNT,
                threads_per_worker=1,
                processes=True,
                security=security,
                # Workers look for modules in it; Dask's usual folder is open to all users.
                local_directory=stack.enter_context(_private_folder()),
                # Any free port of this computer; there is nothing to see on it.
                dashboard_address="127.0.0.1:0",
                silence_logs=logging.CRITICAL,
            )
            stack.enter_context(cluster)
            client = stack.enter_context(distributed.Client(cluster))
        try:
            yield client
        finally:
            with _deaf_to_interrupts():
                stack.close()


def _private_folder() -> TemporaryDirectory[str]:
    # A worker that was killed may have left something that does not go, which is no failure.
    return TemporaryDirectory(prefix="imu_hip_", ignore_cleanup_errors=True)


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Do not hear Ctrl-C: processes that are half started or half ended would be left behind.

    What is started inside never hears it, also where a terminal sends it to all.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


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
