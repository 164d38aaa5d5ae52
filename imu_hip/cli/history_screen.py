"""What `imu-hip history` shows of people and sessions."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from imu_hip.cli.history_keeping import opened
from imu_hip.cli.outputs import say_whole
from imu_hip.history.records import (
    BoutRecord,
    RepetitionRecord,
    ResultRecord,
    SessionRecord,
    SessionState,
)
from imu_hip.names import printable
from imu_hip.report.dates import time_words
from imu_hip.report.tables import measure_words
from imu_hip.report.wording import TEST_NAME, degrees, duration, give_or_take, known, with_error

Justify = Literal["left", "right"]

_STATE = {
    SessionState.RUNNING: "not finished",
    SessionState.FINISHED: "finished",
    SessionState.STOPPED: "stopped",
}


def show_people(db: str | None) -> None:
    """Print everybody."""
    with opened(db) as history:
        everybody = history.summaries()
    console = Console()
    if not everybody:
        nobody = "The history knows nobody yet. A guided test or stretch adds its person."
        say_whole(console, nobody)
        return
    table = _table("person", "sex", "sessions", "last session", numbers={2})
    for each in everybody:
        table.add_row(
            escape(each.person.alias),
            each.person.sex or "-",
            str(each.sessions),
            time_words(each.last_utc) if each.last_utc else "-",
        )
    console.print(table)


def show_sessions(db: str | None, alias: str | None, limit: int) -> None:
    """Print sessions of one person or of everybody."""
    with opened(db) as history:
        person = None if alias is None else history.person(alias)
        found = history.sessions(person, limit)
    console = Console()
    if not found:
        whose = "" if person is None else f" of {person.alias}"
        say_whole(console, f"The history holds no session{whose} yet.")
        return
    table = _table("session", "person", "started", "protocol", "mode", "state", numbers={0})
    for session in found:
        table.add_row(
            str(session.id),
            escape(session.person.alias),
            time_words(session.started_utc),
            escape(printable(session.protocol)),
            session.mode,
            _STATE[session.state] + (", simulated" if session.simulated else ""),
        )
    console.print(table)


def show_session(db: str | None, number: int) -> None:
    """Print one session whole."""
    with opened(db) as history:
        session = history.session(number)
        results = history.results(number)
        repetitions = history.repetitions(number)
        bouts = history.session_bouts(number)
        reports = history.reports(number)
    console = Console()
    for line in _heading(session):
        say_whole(console, line)
    if results:
        console.print(_results_table(results))
    if repetitions:
        console.print(_repetitions_table(repetitions))
    if bouts:
        console.print(_bouts_table(bouts))
    if not (results or repetitions or bouts):
        say_whole(console, "Nothing was measured.")
    for kind, paths in (("Recording", session.recordings), ("Report", reports)):
        for path in paths:
            absent = "" if Path(path).exists() else " (not there any more)"
            say_whole(console, f"{kind}: {path}{absent}")


def _heading(session: SessionRecord) -> Iterable[str]:
    yield f"Session {session.id}: {session.protocol}, {session.mode}, of {session.person.alias}"
    ended = f" to {time_words(session.ended_utc)}" if session.ended_utc else ""
    yield f"{time_words(session.started_utc)}{ended}, {_STATE[session.state]}"
    if session.simulated:
        yield "Simulated: measured with virtual sensors."
    if session.comment:
        yield session.comment
    yield f"Measured with imu_hip {session.version}"


def _results_table(results: Sequence[ResultRecord]) -> Table:
    table = _table(
        "result", "when", "side", "value", "spread", "repetitions", "MDC95", numbers={3, 4, 5, 6}
    )
    for result in results:
        table.add_row(
            f"{TEST_NAME[result.task]}: {measure_words(result.measure)}",
            result.moment,
            result.side,
            with_error(result.value_deg, result.sem_deg),
            give_or_take(result.sd_deg) if result.sd_deg is not None else "-",
            str(result.repetitions),
            degrees(result.mdc95_deg),
        )
    return table


def _repetitions_table(repetitions: Sequence[RepetitionRecord]) -> Table:
    table = _table("repetition", "when", "side", "peak", "held", "counted", numbers={3, 4})
    for each in repetitions:
        movement = f" {measure_words(each.direction)}" if each.direction else ""
        table.add_row(
            f"{TEST_NAME[each.task]}:{movement} {each.number}",
            each.moment,
            each.side,
            degrees(each.peak_deg),
            f"{each.plateau_s:.1f} s" if known(each.plateau_s) else "-",
            "yes" if each.counted else escape(printable(f"no: {each.reason}")),
        )
    return table


def _bouts_table(bouts: Sequence[BoutRecord]) -> Table:
    table = _table("stretch", "side", "length", "best angle", numbers={2, 3})
    for bout in bouts:
        best = "-" if bout.best_deg is None else degrees(bout.best_deg)
        table.add_row(time_words(bout.started_utc), bout.side, duration(bout.duration_s), best)
    return table


def _table(*columns: str, numbers: set[int]) -> Table:
    table = Table(box=SIMPLE, pad_edge=False)
    for position, column in enumerate(columns):
        justify: Justify = "right" if position in numbers else "left"
        table.add_column(column, overflow="fold", justify=justify)
    return table
