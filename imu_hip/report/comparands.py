"""What can be compared: a session of the history, one leg or moment of it, or a recording."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from imu_hip.errors import NothingMeasuredError, RecordingError
from imu_hip.history.errors import HistoryError
from imu_hip.history.records import Moment, SessionRecord
from imu_hip.history.store import History
from imu_hip.measures.measured_range import MeasuredRange, ranges_of
from imu_hip.measures.own_error import OwnErrors
from imu_hip.measures.running import GaitTest
from imu_hip.names import Side
from imu_hip.report.dates import day_words, local_day
from imu_hip.report.from_history import ranges_at

AFTER_STRETCH = "after the stretch"


@dataclass(frozen=True, slots=True)
class Comparand:
    """One of the two that are compared.

    Parameters
    ----------
    source
        What it is from, such as 'session 12' or 'run.parquet'.
    side
        The leg that is meant, None for both.
    moment
        Test or retest.
    person, mode, started_utc
        None where they are not known, as of a recording.
    own
        Own errors between days that hold for the person, mode and kind of sensors.
    """

    source: str
    side: Side | None
    moment: Moment
    person: str | None
    mode: str | None
    started_utc: datetime | None
    simulated: bool
    version: str
    ranges: tuple[MeasuredRange, ...]
    own: OwnErrors = field(default_factory=dict)

    @property
    def day(self) -> date | None:
        """The day on which it was measured."""
        return None if self.started_utc is None else local_day(self.started_utc)

    @property
    def words(self) -> str:
        """How it is named to people, such as 'session 12 (3 March 2026)'."""
        day = f" ({day_words(self.day)})" if self.day else ""
        moment = f", {AFTER_STRETCH}" if self.moment is Moment.RETEST else ""
        leg = f", {self.side}" if self.side else ""
        return f"{self.source}{day}{moment}{leg}"


def comparand(words: str, history: Callable[[], History]) -> Comparand:
    """Find what somebody named.

    Parameters
    ----------
    words
        The number of a session, a person (their latest session with results), or the path of a
        recording, which is analysed; `:left`, `:right`, `:test` and `:retest` choose a part.
    history
        Gives the history, opened where it is needed.

    Raises
    ------
    ImuHipError
        Where there is no such session, person or recording, or it holds no measured test.
    """
    name, side, moment = parts_of(words)
    if name.isdecimal():
        return of_session(history(), history().session(int(name)), side, moment)
    path = Path(name)
    if path.is_file():
        return of_recording(path, side, moment)
    try:
        record = _latest(history(), name)
    except HistoryError:
        if path.is_dir():
            return of_recording(path, side, moment)
        if path.suffix or len(path.parts) > 1:
            raise RecordingError(
                f"There is no file {name}.", "Check the name and the folder."
            ) from None
        raise
    return of_session(history(), record, side, moment)


def of_session(
    history: History, record: SessionRecord, side: Side | None = None, moment: Moment | None = None
) -> Comparand:
    """A session of the history; its test, or the retest where it has no test.

    Raises
    ------
    NothingMeasuredError
        Where it has no results of the leg and moment that are asked for.
    """
    results = history.results(record.id)
    wanted = moment or next((m for m in Moment if any(r.moment is m for r in results)), Moment.TEST)
    whole = Comparand(
        source=f"session {record.id}",
        side=side,
        moment=wanted,
        person=record.person.alias,
        mode=record.mode.value,
        started_utc=record.started_utc,
        simulated=record.simulated,
        version=record.version,
        ranges=_of_side(ranges_at(wanted, results), side),
        own=history.own_errors(record.person, record.mode, simulated=record.simulated),
    )
    return _require_measured(whole)


def of_recording(path: Path, side: Side | None = None, moment: Moment | None = None) -> Comparand:
    """A recording, analysed now.

    Raises
    ------
    ImuHipError
        Where it cannot be read or analysed.
    NothingMeasuredError
        Where it holds no test of the leg that is asked for, or a retest is asked for.
    """
    from imu_hip.analysis.analyze import analyze  # noqa: PLC0415
    from imu_hip.recording.formats import open_recording  # noqa: PLC0415

    if moment is Moment.RETEST:
        raise NothingMeasuredError(
            f"{path.name} is one recording and knows no retest.",
            "Name the recording of the retest itself, or a session of the history.",
        )
    analysis = analyze(open_recording(path))
    tests = [result for result in analysis.results if not isinstance(result, GaitTest)]
    whole = Comparand(
        source=path.name,
        side=side,
        moment=Moment.TEST,
        person=None,
        mode=None,
        started_utc=None,
        simulated=analysis.recording.simulated,
        version="",
        ranges=_of_side([one for test in tests for one in ranges_of(test)], side),
    )
    return _require_measured(whole)


def both_legs(whole: Comparand) -> tuple[Comparand, Comparand]:
    """The left and the right leg of one session, to compare them."""
    left, right = (replace(whole, side=side, ranges=_of_side(whole.ranges, side)) for side in Side)
    return left, right


def of_two_legs(one: Comparand, other: Comparand) -> bool:
    """Whether one is the left leg and the other the right one."""
    return bool(one.side and other.side and one.side is not other.side)


def parts_of(words: str) -> tuple[str, Side | None, Moment | None]:
    """What is named, and the leg and moment that are chosen of it."""
    name, side, moment = words, None, None
    while ":" in name:
        rest, part = name.rsplit(":", 1)
        if part.lower() in set(Side):
            side = Side(part.lower())
        elif part.lower() in set(Moment):
            moment = Moment(part.lower())
        else:
            break
        name = rest
    return name, side, moment


def _latest(history: History, alias: str) -> SessionRecord:
    person = history.person(alias)
    for record in history.sessions(person):
        if history.results(record.id):
            return record
    raise NothingMeasuredError(
        f"{person.alias} has no session with results.",
        "Measure one with `imu-hip test` or `imu-hip serve`.",
    )


def _of_side(ranges: Sequence[MeasuredRange], side: Side | None) -> tuple[MeasuredRange, ...]:
    return tuple(one for one in ranges if side is None or one.side is side)


def _require_measured(found: Comparand) -> Comparand:
    if not found.ranges:
        leg = f" of the {found.side} leg" if found.side else ""
        retest = " after the stretch" if found.moment is Moment.RETEST else ""
        raise NothingMeasuredError(
            f"{found.source.capitalize() if found.person else found.source} holds no measured "
            f"test{leg}{retest}.",
            "Only seated, prone and cross-legged tests are compared; name another one.",
        )
    return found
