"""How well measures repeat, as one report, as a table, as rows and as JSON values."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from imu_hip import __version__
from imu_hip.measures.agreement import Interval
from imu_hip.measures.own_error import mdc95
from imu_hip.report.json_numbers import Document, rounded
from imu_hip.report.reliability_results import LegReliability, MeasureReliability
from imu_hip.report.reliability_sentences import (
    amount,
    name_of,
    reliability_sentences,
    span,
)

if TYPE_CHECKING:
    from rich.table import Table

SCHEMA: Final = "imu_hip.reliability/1"
_OF_ERROR: Final = (
    "The standard error of measurement (SEM) is the standard deviation of repeated sessions about "
    "the mean of each leg (one-way analysis of variance, all sessions), so a change from session "
    "to session is part of it. MDC95 is 1.96 √2 SEM. Intervals follow from chi², with the two legs "
    "of one session counted once."
)
_OF_PEOPLE: Final = (
    "Agreement of people: ICC(2,1) for a single session and ICC(3,k) for the mean of k sessions "
    "(Shrout and Fleiss 1979; intervals after McGraw and Wong 1996), from the first k sessions of "
    "everybody who has k. k is the number that leaves the most degrees of freedom with five people "
    "or more. The SEM beside them comes from the error mean square of that two-way table, without "
    "what changes for everybody."
)
_OF_LIKE: Final = (
    "Only like with like: one test, measure and way to move the leg; real and virtual sensors are "
    "never mixed, nor are tests before and after a stretch. Of each day the first session counts."
)
METHOD: Final = (_OF_ERROR, _OF_PEOPLE, _OF_LIKE)


@dataclass(frozen=True, slots=True, eq=False)
class ReliabilityReport:
    """What is reported.

    Parameters
    ----------
    person
        Whose sessions they are, None for everybody.
    source
        'history', or the name of a table.
    facts
        Who, which mode, which sessions count as repeats.
    offers
        Whether errors may be kept: not from a table.
    """

    person: str | None
    source: str
    facts: tuple[str, ...]
    simulated: bool
    offers: bool
    measures: tuple[MeasureReliability, ...]


def reliability_rows(report: ReliabilityReport) -> list[Document]:
    """A row for all legs together and one for each leg that has an ICC; tidy."""
    return [row for one in report.measures for row in _rows(one)]


def reliability_document(report: ReliabilityReport) -> Document:
    """The report as JSON values."""
    return {
        "schema": SCHEMA,
        "version": __version__,
        "person": report.person,
        "source": report.source,
        "simulated": report.simulated,
        "facts": list(report.facts),
        "rows": reliability_rows(report),
        "sentences": {name_of(one): list(reliability_sentences(one)) for one in report.measures},
        "left_out": {
            name_of(one): dict(one.found.left_out) for one in report.measures if one.found.left_out
        },
        "method": list(METHOD),
    }


def terminal_table(report: ReliabilityReport) -> "Table":
    """One row a measure that repeats, for the terminal."""
    from rich.box import SIMPLE  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(title="Simulated" if report.simulated else None, box=SIMPLE, pad_edge=False)
    table.add_column("Measure", overflow="fold", min_width=14)
    for head in ("People", "Sessions", "SEM", "MDC95 (95 %)", "ICC(2,1)"):
        table.add_column(head, justify="right", overflow="fold")
    for one in report.measures:
        within, unit = one.within, one.found.unit
        if within is None:
            continue
        # Legs apart: two legs of a person are not two people.
        iccs = (
            f"{leg.side or ''} {amount(leg.icc_2_1.value, '', 2)}".strip()
            for leg in one.legs
            if leg.icc_2_1 is not None
        )
        table.add_row(
            name_of(one), str(within.people), str(within.sessions), amount(within.sem.value, unit),
            f"{amount(within.mdc95.value, unit)} ({span(within.mdc95, unit)})",
            "\n".join(iccs) or "–",
        )  # fmt: skip
    return table


def _rows(one: MeasureReliability) -> list[Document]:
    within = one.within
    if within is None:
        return []
    key = {"task": one.found.task, "measure": one.found.measure, "unit": one.found.unit}
    both = {
        **key, "legs": "all", "people": within.people, "sessions": within.sessions,
        "degrees_of_freedom": within.degrees_of_freedom,
        **_ends("sem", within.sem), **_ends("mdc95", within.mdc95), **_ends("drift", within.drift),
        **_ends("icc_2_1", None), **_ends("icc_3_k", None),
    }  # fmt: skip
    # ICCs are of one leg, errors of all.
    return [both, *(key | _leg_row(leg) for leg in one.legs)]


def _leg_row(leg: LegReliability) -> Document:
    return {
        "legs": leg.side or "one", "people": leg.squares.people, "sessions": leg.squares.sessions,
        "degrees_of_freedom": leg.squares.degrees_of_freedom,
        **_ends("sem", leg.sem), **_ends("mdc95", mdc95(leg.sem)), **_ends("drift", None),
        **_ends("icc_2_1", leg.icc_2_1), **_ends("icc_3_k", leg.icc_3_k),
    }  # fmt: skip


def _ends(name: str, interval: Interval | None) -> Document:
    if interval is None:
        return {name: None, f"{name}_low": None, f"{name}_high": None}
    values = (interval.value, interval.low, interval.high)
    return {
        key: rounded(value, 3)
        for key, value in zip((name, f"{name}_low", f"{name}_high"), values, strict=True)
    }
