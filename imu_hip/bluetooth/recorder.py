"""Recording what sensors stream: from a capture through a journal to a recording."""

import asyncio
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from imu_hip.bluetooth.capture import Capture, Captured
from imu_hip.bluetooth.errors import NotStreamingError
from imu_hip.bluetooth.journal_entries import rows_of
from imu_hip.bluetooth.journal_keeper import JournalKeeper, clock_step_text
from imu_hip.bluetooth.status import SensorStatus, since
from imu_hip.errors import ImuHipError, OutputError
from imu_hip.names import Segment
from imu_hip.recording.journal import JournalEvent, JournalHeader
from imu_hip.recording.journal_writer import JournalWriter
from imu_hip.recording.recording import Recording
from imu_hip.recording.recover import finish, journal_path, remove_if_empty

TAKE_S: Final = 0.1
"""Samples are read this often; the sensors' queues hold many times more."""

FLUSH_S: Final = 0.25
"""A crash costs this and one reading; on a computer that is very busy still less than a second."""

SHOW_S: Final = 0.25

Show = Callable[["RecordingView"], None]
Hear = Callable[[Captured], None]


@dataclass(frozen=True, slots=True)
class RecordingView:
    """What a person is shown while recording.

    Parameters
    ----------
    trouble
        Why the disk takes nothing now, as a sentence; empty where it does.
    held_rows
        Samples that are only in memory because of that.
    news
        What happened since the last view, in sentences.
    """

    elapsed_s: float
    duration_s: float | None
    sensors: tuple[SensorStatus, ...]
    trouble: str
    held_rows: int
    news: tuple[str, ...]


class UnfinishedError(ImuHipError):
    """The recording could not be written, but its journal is there."""


def require_target(target: Path) -> None:
    """Refuse early what could not be written after the person has run an hour.

    Raises
    ------
    OutputError
        Where the name is not one of a recording, or is taken, or nothing can be written there.
    """
    if target.suffix.lower() != ".parquet":
        raise OutputError(
            f"{target} does not end with .parquet.",
            "Record to a .parquet file; `imu-hip convert` makes other formats of it.",
        )
    if target.exists():
        raise OutputError(f"{target} exists already.", "Choose another name; nothing is lost.")
    if not target.parent.is_dir():
        raise OutputError(
            f"There is no folder {target.parent}.", "Create it or choose another one."
        )
    if not os.access(target.parent, os.W_OK):
        raise OutputError(
            f"Nothing can be written to the folder {target.parent}.",
            "Choose one that you may write to.",
        )
    journal = journal_path(target)
    remove_if_empty(journal)
    if journal.exists():
        raise OutputError(
            f"There is already a journal {journal}.",
            f"Turn it into a recording with: imu-hip recover {journal}",
        )


async def record(
    capture: Capture,
    header: JournalHeader,
    target: Path,
    *,
    duration_s: float | None,
    stop: asyncio.Event,
    show: Show,
    hear: Hear = lambda _: None,
    take_s: float = TAKE_S,
) -> Recording:
    """Record from now until `stop` or for a time; the capture is stopped at the end.

    Parameters
    ----------
    target
        The Parquet file; beside it lies a journal until it is written.
    show
        Is called several times a second and must return quickly.
    hear
        Is given everything that goes into the recording, at once, and must return quickly.
    take_s
        Samples are read this often.

    Raises
    ------
    OutputError
        Where the journal cannot be begun.
    NotStreamingError
        Where no sample came; nothing is left behind.
    UnfinishedError
        Where the recording cannot be written; says where the journal is and what to do.
    """
    writer = await asyncio.to_thread(JournalWriter, journal_path(target), header)
    keeper = JournalKeeper(writer)
    try:
        recorder = _Recorder(
            capture, keeper, header, duration_s, show=show, hear=hear, take_s=take_s
        )
        await recorder.run(stop)
        if keeper.saved_rows:
            return await asyncio.to_thread(finish, writer.path, target)
    except ImuHipError as error:
        if not keeper.saved_rows:
            raise
        raise UnfinishedError(
            f"{target.name} is not finished: {error.what}",
            f"{error.advice} What was saved is in {writer.path}; then run: "
            f"imu-hip recover {writer.path}",
        ) from error
    finally:
        if not keeper.saved_rows:
            # It holds no sample and would only be in the way of the next recording.
            await asyncio.to_thread(writer.path.unlink, missing_ok=True)
    raise NotStreamingError(
        "No sensor sent a sample before the recording ended; nothing was written.",
        "Record for longer, with the sensors near the computer.",
    )


class _Recorder:
    """The loop that reads, saves and shows."""

    def __init__(
        self,
        capture: Capture,
        keeper: JournalKeeper,
        header: JournalHeader,
        duration_s: float | None,
        *,
        show: Show,
        hear: Hear,
        take_s: float,
    ) -> None:
        self._capture = capture
        self._keeper = keeper
        self._place_of = {sensor.segment: i for i, sensor in enumerate(header.sensors)}
        self._duration_s = duration_s
        self._show = show
        self._hear = hear
        self._take_s = take_s
        self._news: list[str] = []
        self._before: dict[Segment, SensorStatus] = {}
        self._clocks = (time.time(), time.monotonic())

    async def run(self, stop: asyncio.Event) -> None:
        began_s = time.perf_counter()
        flush_due_s = show_due_s = began_s
        self._leave_out_early()
        try:
            while not stop.is_set():
                now_s = time.perf_counter()
                if self._duration_s is not None and now_s - began_s >= self._duration_s:
                    break
                self._take()
                if now_s >= flush_due_s:
                    flush_due_s = now_s + FLUSH_S
                    self._look_at_clocks()
                    await self._flush()
                if now_s >= show_due_s:
                    show_due_s = now_s + SHOW_S
                    self._show_now(now_s - began_s)
                await _wait(stop, self._take_s)
        finally:
            await self._capture.stop()
            self._take()
            self._show_now(time.perf_counter() - began_s)
            await self._keeper.close()

    def _leave_out_early(self) -> None:
        # Sensors start one after the other, and what only some of them felt is of no use.
        captured = self._capture.take()
        self._before = {sensor.segment: sensor for sensor in self._capture.status()}
        self._keep(Captured(dict.fromkeys(captured.samples, ()), captured.events))

    def _take(self) -> None:
        self._keep(self._capture.take())

    def _keep(self, captured: Captured) -> None:
        events = [
            JournalEvent(event.arrival_ns, self._place_of[event.segment], event.text)
            for event in captured.events
        ]
        self._keeper.add(rows_of(captured, self._place_of), events)
        self._news.extend(event.text for event in captured.events)
        self._hear(captured)

    async def _flush(self) -> None:
        before = self._keeper.trouble
        await self._keeper.flush()
        if self._keeper.trouble and not before:
            self._news.append(f"Samples are kept in memory: {self._keeper.trouble}")
        elif before and not self._keeper.trouble:
            self._news.append("The disk takes samples again; nothing was lost.")

    def _look_at_clocks(self) -> None:
        now = (time.time(), time.monotonic())
        if text := clock_step_text(*now, self._clocks):
            self._keeper.add([], [JournalEvent(time.perf_counter_ns(), None, text)])
            self._news.append(text)
        self._clocks = now

    def _show_now(self, elapsed_s: float) -> None:
        news, self._news = tuple(self._news), []
        self._show(
            RecordingView(
                elapsed_s,
                self._duration_s,
                tuple(since(self._before[now.segment], now) for now in self._capture.status()),
                self._keeper.trouble,
                self._keeper.held_rows if self._keeper.trouble else 0,
                news,
            )
        )


async def _wait(stop: asyncio.Event, duration_s: float) -> None:
    try:
        async with asyncio.timeout(duration_s):
            await stop.wait()
    except TimeoutError:
        return
