"""The report of one guided session, ready for its template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from imu_hip.history.records import BoutRecord, Mode, Moment, SessionState
from imu_hip.history.store import History
from imu_hip.names import DEVICE_WORDING, Side, Task
from imu_hip.report.clinician import ClinicianPart, clinician_part
from imu_hip.report.dates import day_words, time_words
from imu_hip.report.from_history import legs_at
from imu_hip.report.html import render, write_html
from imu_hip.report.own_error_words import sources_with_own
from imu_hip.report.repeated_sentences import (
    BEFORE,
    LAST_TIME,
    Occasion,
    change_sentences,
    percent_sentences,
)
from imu_hip.report.repeated_tables import change_grid
from imu_hip.report.sections import Section, section_of
from imu_hip.report.session_advice import Advice, advice_for, held_against_other_days
from imu_hip.report.session_material import SessionMaterial, read_session
from imu_hip.report.session_sentences import (
    before_after,
    before_after_sentences,
    changes_since,
    differences_of,
)
from imu_hip.report.tables import Grid, sensor_grid
from imu_hip.report.wording import TEST_NAME, degrees, duration

MODE_WORDS: Final = {
    Mode.ACTIVE: "active: the person moves the leg",
    Mode.SELF_ASSISTED: "self-assisted: the person helps with the hands",
    Mode.PASSIVE: "passive: somebody else moves the leg",
}
RETEST_WORDS: Final = "after the stretch"
MDC_SOURCE: Final = (
    "Errors of differences on one day follow from the errors of both values: sensors, calibration, "
    "the spread of the repetitions, and what a person does differently each time (Krause et al. "
    "2015). Between two days sensors sit differently: nothing below 9° counts as a change of a "
    "mean of three repetitions (Gradoz et al. 2018: 6.1 to 8.6°), and nothing below 16° of a "
    "single one (Spörk et al. 2021: 10.9 to 16.4°)."
)


@dataclass(frozen=True, slots=True)
class TestPage:
    """One test of the session: its section, and how it compares with last time."""

    __test__ = False

    section: Section
    percents: tuple[str, ...]
    changes: tuple[str, ...]
    last_grid: Grid | None


@dataclass(frozen=True, slots=True)
class SessionPage:
    """Everything on the page."""

    title: str
    facts: tuple[str, ...]
    simulated: bool
    warnings: tuple[str, ...]
    tests: tuple[TestPage, ...]
    before_after: tuple[str, ...]
    before_after_grid: Grid | None
    advice: Advice
    bouts: Grid | None
    clinician: ClinicianPart | None
    calibration: tuple[str, ...]
    sensors: Grid | None
    recordings: tuple[str, ...]
    mdc_source: str
    version: str
    device_wording: str


def write_session_report(
    history: History,
    session: int,
    path: Path,
    title: str = "",
    calibration_deg: Mapping[Side, float] = MappingProxyType({}),
) -> None:
    """Write the report of a session of the history as one HTML file.

    Parameters
    ----------
    title
        Title of the protocol; its name where empty.
    calibration_deg
        Standard uncertainty that each leg's calibration gave, where it is known.

    Raises
    ------
    HistoryError
        Where the history has no such session.
    OutputError
        Where the file cannot be written.
    """
    write_html(render_session(read_session(history, session, title, calibration_deg)), path)


def render_session(material: SessionMaterial) -> str:
    """The report as HTML."""
    return render("session.html.j2", session_page(material))


def render_session_for_clinician(material: SessionMaterial) -> str:
    """The report with a part for clinicians: only for one who asks for it."""
    tests = legs_at(Moment.TEST, material.results)
    part = clinician_part(tests, material.session.person.sex)
    return render("session.html.j2", replace(session_page(material), clinician=part))


def session_page(material: SessionMaterial) -> SessionPage:
    """Arrange a session for its page."""
    session = material.session
    with_before = material.with_test_before
    changes = before_after(with_before)
    held = held_against_other_days(material.results, material.own)
    return SessionPage(
        title=material.title,
        facts=_facts(material),
        simulated=session.simulated,
        warnings=_warnings(material),
        tests=_tests(material),
        before_after=before_after_sentences(with_before),
        before_after_grid=change_grid("Before and after", changes, "Before", "After"),
        advice=advice_for(material.results, material.own),
        bouts=_bouts_grid(material.bouts, material.bouts_today),
        clinician=None,
        calibration=tuple(
            f"Calibration of the {side} leg: ±{degrees(error_deg, 1)} on every rotation."
            for side, error_deg in material.calibration_deg.items()
        ),
        sensors=sensor_grid(material.sensors) if material.sensors else None,
        recordings=tuple(Path(name).name for name in session.recordings),
        mdc_source=sources_with_own(MDC_SOURCE, [own for _, own in held]),
        version=session.version,
        device_wording=DEVICE_WORDING,
    )


def _facts(material: SessionMaterial) -> tuple[str, ...]:
    session = material.session
    return (
        session.person.alias,
        time_words(session.started_utc),
        MODE_WORDS[session.mode],
        f"session {session.id}",
    )


def _warnings(material: SessionMaterial) -> tuple[str, ...]:
    session = material.session
    state = {
        SessionState.STOPPED: "The session was stopped before its end.",
        SessionState.RUNNING: "The session has not ended; this is what is there so far.",
        SessionState.FINISHED: "",
    }[session.state]
    return tuple(filter(None, (state, session.comment)))


def _tests(material: SessionMaterial) -> tuple[TestPage, ...]:
    last = legs_at(Moment.TEST, material.last)
    pages = []
    for task, legs in legs_at(Moment.TEST, material.results, material.repetitions).items():
        differences = differences_of(task, material.results)
        changes = changes_since(task, material.results, material.last, own=material.own)
        when = _last_time(material, task)
        pages.append(
            TestPage(
                section=section_of(task, legs, differences, last.get(task, {})),
                percents=percent_sentences(differences),
                changes=change_sentences(changes, when),
                last_grid=change_grid(f"Against {when.noun}", changes, "Then", "Now"),
            )
        )
    return (*pages, *_retests(material))


def _retests(material: SessionMaterial) -> list[TestPage]:
    before = legs_at(Moment.TEST, material.with_test_before)
    found = legs_at(Moment.RETEST, material.results, material.repetitions)
    pages = []
    for task, legs in found.items():
        differences = differences_of(task, material.results, Moment.RETEST)
        section = section_of(task, legs, differences, before.get(task, {}), BEFORE.when)
        title = f"{TEST_NAME[task]} {RETEST_WORDS}"
        pages.append(TestPage(replace(section, title=title), (), (), None))
    return pages


def _last_time(material: SessionMaterial, task: Task) -> Occasion:
    day = material.last_day.get(task)
    if day is None:
        return LAST_TIME
    words = f"{LAST_TIME.noun} ({day_words(day)})"
    return Occasion(words, words)


def _bouts_grid(bouts: Sequence[BoutRecord], today: Sequence[BoutRecord]) -> Grid | None:
    if not today and not bouts:
        return None
    rows = [
        (side.capitalize(), _time_in(bouts, side), _time_in(today, side))
        for side in Side
        if any(bout.side is side for bout in (*bouts, *today))
    ]
    return Grid("Bouts of the stretch", ("", "This session", "This day"), tuple(rows))


def _time_in(bouts: Sequence[BoutRecord], side: Side) -> str:
    of_side = [bout.duration_s for bout in bouts if bout.side is side]
    if not of_side:
        return "none"
    return f"{len(of_side)} × {duration(sum(of_side) / len(of_side))}, {duration(sum(of_side))}"
