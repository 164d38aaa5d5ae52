"""What a session begins with: who it is, what was measured last time, and what is left to do."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from imu_hip.guidance.errors import ResumeError
from imu_hip.guidance.plan import Progress, SessionPlan
from imu_hip.guidance.protocol import Protocol, ProtocolKind
from imu_hip.guidance.protocol_file import read_protocol
from imu_hip.guidance.restriction import restricted_side
from imu_hip.guidance.session import from_json
from imu_hip.guidance.stretch import plan_bouts
from imu_hip.history.records import (
    Mode,
    Moment,
    Person,
    RepetitionRecord,
    ResultRecord,
    SessionRecord,
    SessionState,
)
from imu_hip.history.store import History
from imu_hip.live.kept import record_of
from imu_hip.live.session_files import finish_interrupted
from imu_hip.names import Direction, Sex, Side, Task
from imu_hip.report.from_history import result_views

RETEST_PROTOCOL = "seated"

STATIC = (Task.SEATED, Task.PRONE, Task.CROSS_LEGGED)


@dataclass(frozen=True, slots=True)
class SessionWish:
    """What a session is to be.

    Parameters
    ----------
    person
        An alias; somebody new is added to the history.
    sex
        For the norms; None where it is not said.
    virtual
        A description of virtual sensors, None for real ones.
    folder
        Where recordings and reports go; `history.address.recordings_folder()` is the usual one.
    resume
        The session of the history that is to go on, None for a new one. Person, protocol and
        mode must be those of that session.
    """

    person: str
    sex: Sex | None
    protocol: Protocol
    mode: Mode
    virtual: str | None
    folder: Path
    resume: int | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """What a session begins with.

    Parameters
    ----------
    resumed
        The session of the history that goes on, None for a new one.
    notes
        What could not be recovered of its earlier recordings, in sentences.
    """

    person: Person
    plan: SessionPlan
    resumed: SessionRecord | None
    notes: tuple[str, ...]


def open_session(wish: SessionWish, history: History, *, simulated: bool, pelvis: bool) -> Opened:
    """Read what a session begins with; blocks.

    Raises
    ------
    ResumeError
        Where the session that is to go on has ended, or is another one.
    HistoryError
        Where the history cannot be read.
    """
    resumed = None if wish.resume is None else _resumed(wish, history, simulated=simulated)
    person = history.add_person(wish.person, wish.sex) if resumed is None else resumed.person
    # A stretch is judged by a short test before and after it.
    retest = read_protocol(RETEST_PROTOCOL) if wish.protocol.stretch is not None else None
    tasks = STATIC if wish.protocol.stretch else [part.task for part in wish.protocol.parts]
    last = history.last_results(person, tasks, wish.mode, wish.resume, simulated=simulated)
    today = history.bouts(person, date.today())
    plan = SessionPlan(
        protocol=wish.protocol,
        person=person.alias,
        session=wish.resume,
        simulated=simulated,
        pelvis=pelvis,
        last_time=result_views(last),
        bout_sides=_bout_sides(wish.protocol, last),
        today_bouts=len(today),
        today_s=sum(bout.duration_s for bout in today),
        retest=retest,
    )
    if resumed is None:
        return Opened(person, plan, None, ())
    # Before anything is read: what was recorded up to the moment becomes a recording.
    notes = finish_interrupted(resumed.recordings)
    if resumed.progress:
        plan = replace(plan, progress=from_json(resumed.progress, plan).progress)
    _complete(history, resumed, plan.progress)
    return Opened(person, plan, resumed, notes)


def _resumed(wish: SessionWish, history: History, *, simulated: bool) -> SessionRecord:
    record = history.session(wish.resume or 0)
    if record.state is not SessionState.RUNNING:
        raise ResumeError(
            f"Session {record.id} has ended and cannot be gone on with.", "Begin a new one."
        )
    same = (
        record.protocol == wish.protocol.name
        and record.person.alias.casefold() == wish.person.casefold()
        and record.mode is wish.mode
    )
    if not same:
        raise ResumeError(
            f"Session {record.id} is {record.person.alias}'s, with the protocol "
            f"{record.protocol}, {record.mode}.",
            "Go on with it as it was begun, or begin a new one.",
        )
    if record.simulated != simulated:
        kind = "virtual" if record.simulated else "real"
        raise ResumeError(
            f"Session {record.id} was begun with {kind} sensors.", f"Go on with {kind} ones."
        )
    return record


def _complete(history: History, record: SessionRecord, progress: Progress) -> None:
    """Let the history hold the repetitions of the progress, whatever an older version left.

    One that the progress does not know is measured again, and would be in its own way.
    """
    kept = {_key(one): one for one in history.repetitions(record.id)}
    recording = record.recordings[-1] if record.recordings else ""
    known = {_key(one): one for one in (record_of(r, recording) for r in progress.repetitions)}
    for key in kept.keys() - known.keys():
        history.withdraw_repetition(record.id, *key)
    for key, own in known.items():
        if key not in kept:
            history.add_repetition(record.id, own)


def _key(one: RepetitionRecord) -> tuple[Task, Side, Direction | None, Moment, int]:
    return one.task, one.side, one.direction, one.moment, one.number


def _bout_sides(protocol: Protocol, last: Sequence[ResultRecord]) -> tuple[Side, ...]:
    if protocol.kind is not ProtocolKind.STRETCH or protocol.stretch is None:
        return ()
    return plan_bouts(protocol.stretch, restricted_side(result_views(last)), protocol.sides)
