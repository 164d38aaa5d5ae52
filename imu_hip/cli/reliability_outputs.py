"""Where reliability comes from and goes: history or table, terminal, files, own errors kept."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from imu_hip.cli.history_keeping import opened
from imu_hip.cli.outputs import require_free, say, write_document
from imu_hip.cli.targets import Targets, tell_where, write_pages
from imu_hip.errors import ImuHipError, NothingMeasuredError
from imu_hip.history.records import Mode, Person
from imu_hip.history.store import History
from imu_hip.measures.own_error import OwnError
from imu_hip.names import Task
from imu_hip.report.csv_rows import write_rows
from imu_hip.report.reliability_page import render_reliability
from imu_hip.report.reliability_reading import (
    WINDOW_DAYS,
    MeasureRepeats,
    repeats_of,
    repeats_of_history,
)
from imu_hip.report.reliability_report import (
    ReliabilityReport,
    reliability_document,
    reliability_rows,
    terminal_table,
)
from imu_hip.report.reliability_results import (
    MeasureReliability,
    own_error_of,
    reliability_of,
    why_not,
)
from imu_hip.report.reliability_sentences import (
    kept_sentence,
    left_out_sentence,
    name_of,
    offer_sentence,
    reliability_sentences,
)
from imu_hip.report.reliability_table import values_of_table
from imu_hip.report.session_page import MODE_WORDS


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to know; `window_days` is None where they did not say."""

    person: str | None
    task: Task | None
    mode: Mode
    window_days: int | None
    db: str | None


def tell_of_history(asked: Asked, targets: Targets, *, keep: bool) -> None:
    """Report repeated sessions of the history, and keep their errors where that is asked for.

    Raises
    ------
    ImuHipError
        Where there is no such person, nothing is repeated, or no error is sure enough to be kept.
    """
    # One connection for reading and keeping, so that nobody changes the history in between.
    with opened(asked.db) as history:
        person = None if asked.person is None else history.person(asked.person)
        window_days = asked.window_days or WINDOW_DAYS
        repeats, simulated = repeats_of_history(
            history, person, asked.task, asked.mode, window_days
        )
        _require_values(
            repeats,
            asked,
            f"the history ({asked.mode})",
            "Choose another --task, --mode or --person; `imu-hip history list` shows what there "
            "is.",
        )
        alias = person.alias if person else None
        people = max(one.people for one in repeats)
        facts = (
            alias or f"{people} {'person' if people == 1 else 'people'}",
            MODE_WORDS[asked.mode],
            f"sessions within {window_days} days are repeats",
        )
        measures = _measures(
            repeats,
            f"within {window_days} days",
            "Measure on another day with `imu-hip test` or `imu-hip serve`, or widen "
            "--sessions-within.",
        )
        report = ReliabilityReport(alias, "history", facts, simulated, True, measures)
        _write(report, targets, f"reliability_{_name_of(person)}.html")
        if keep:
            _keep(history, report, person, asked.mode)


def tell_of_table(
    asked: Asked, table: Path, targets: Targets, *, keep: bool, mode_given: bool
) -> None:
    """Report repeated sessions of a table.

    Raises
    ------
    ImuHipError
        Where the table cannot be read, nothing is repeated, or more is asked than a table knows.
    """
    if keep:
        raise _only_history("--use", "on what day and with what sensors its values were measured")
    if asked.window_days is not None:
        raise _only_history("--sessions-within", "on what day its values were measured")
    if mode_given:
        raise _only_history("--mode", "who moved the leg")
    require_free(table, *targets.files)
    values, simulated = values_of_table(table, asked.person, asked.task)
    repeats = repeats_of(values, WINDOW_DAYS)
    _require_values(repeats, asked, table.name, "Choose another --task or --person.")
    person = (asked.person,) if asked.person else ()
    facts = (table.name, *person, "sessions in the order of their names")
    measures = _measures(
        repeats, "by one person", "Name a table in which people have several sessions."
    )
    report = ReliabilityReport(asked.person, table.name, facts, simulated, False, measures)
    _write(report, targets, f"reliability_{table.stem}.html")


def forget(asked: Asked, table: Path | None) -> None:
    """Go back to the published error for a person, or for everybody who has no own one."""
    if table is not None:
        raise _only_history("--use-published", "whose comparisons are meant")
    with opened(asked.db) as history:
        person = None if asked.person is None else history.person(asked.person)
        forgotten = sum(
            history.forget_own_errors(person, asked.mode, asked.task, simulated=simulated)
            # Both kinds: who goes back to published errors wants no own one left.
            for simulated in (False, True)
        )
        still = history.own_errors(person, asked.mode) if person else {}
    whose = person.alias if person else "everybody"
    console = Console()
    if not forgotten:
        _say(console, f"No own error ({asked.mode}) was kept for {whose}; nothing changed.")
        return
    errors = "1 own error" if forgotten == 1 else f"{forgotten} own errors"
    _say(console, f"Forgot {errors} ({asked.mode}) of {whose}.")
    if any(own.person is None for own in still.values()):
        _say(console, "The error of everybody in this clinic, which is kept, too, holds instead.")
    else:
        _say(console, "The published error between days holds again.")


def _only_history(option: str, unknown: str) -> ImuHipError:
    return ImuHipError(
        f"{option} does not go with --table: a table does not say {unknown}.",
        f"Leave out {option}, or --table to use the history.",
    )


def _require_values(
    found: Sequence[MeasureRepeats], asked: Asked, source: str, advice: str
) -> None:
    if found:
        return
    whose = f" of {asked.person}" if asked.person else ""
    what = f" of a {asked.task.words}" if asked.task else ""
    raise NothingMeasuredError(f"There are no results{what}{whose} in {source}.", advice)


def _measures(
    repeats: Sequence[MeasureRepeats], how: str, advice: str
) -> tuple[MeasureReliability, ...]:
    measures = tuple(reliability_of(found) for found in repeats)
    if all(one.within is None for one in measures):
        left_out: Counter[str] = Counter()
        for found in repeats:
            left_out.update(dict(found.left_out))
        said = [
            f"Nothing was measured twice in the same way {how}.",
            left_out_sentence(left_out.items()),
        ]
        raise NothingMeasuredError(" ".join(filter(None, said)), advice)
    return measures


def _write(report: ReliabilityReport, targets: Targets, name: str) -> None:
    if targets.csv is not None:
        write_rows(reliability_rows(report), targets.csv)
    if targets.json is not None:
        write_document(reliability_document(report), targets.json)
    page = write_pages(lambda: render_reliability(report), name, targets)
    console = Console()
    # Files first: what was asked for is there, even if the terminal breaks off.
    console.print(terminal_table(report))
    for one in report.measures:
        _say(console, f"{name_of(one)}: {' '.join(reliability_sentences(one))}")
        note = left_out_sentence(one.found.left_out)
        say(console, [f"Note: {note}"] if note else [])
    if report.offers:
        say(console, [offer_sentence(one, report.person) for one in report.measures])
    tell_where(console, page, targets)


def _keep(history: History, report: ReliabilityReport, person: Person | None, mode: Mode) -> None:
    found = [(one, own_error_of(one, report.person)) for one in report.measures]
    # What is sure enough is kept, also where other measures are not.
    own: list[OwnError] = [error for _, error in found if error is not None]
    if not own:
        reasons = "; ".join(f"{name_of(one)}: {why_not(one, report.person)}" for one, _ in found)
        raise ImuHipError(
            f"No own error is sure enough to be taken. {reasons}.",
            "The published one stays. Measure on more days, or widen --sessions-within.",
        )
    history.keep_own_errors(own, person, mode, simulated=report.simulated)
    console = Console()
    whose = f"comparisons of {person.alias}" if person else "everybody who has no own error"
    virtual = ", with virtual sensors only" if report.simulated else ""
    _say(console, f"Used from now on for {whose} ({mode}{virtual}):")
    for error in own:
        _say(console, f"  {kept_sentence(error)}")
    _say(console, "Go back with --use-published.")


def _say(console: Console, sentence: str) -> None:
    say(console, [sentence])


def _name_of(person: Person | None) -> str:
    """A name without anybody's name in it."""
    return "everybody" if person is None else f"person_{person.id}"
