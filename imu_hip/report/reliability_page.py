"""The page of reliability."""

from dataclasses import dataclass

from imu_hip import __version__
from imu_hip.measures.agreement import Interval
from imu_hip.measures.measured_range import ARC
from imu_hip.names import DEVICE_WORDING, Side
from imu_hip.report.bland_altman_figure import bland_altman_figure
from imu_hip.report.drawn import Figure
from imu_hip.report.html import render
from imu_hip.report.reliability_report import METHOD, ReliabilityReport
from imu_hip.report.reliability_results import LegReliability, MeasureReliability
from imu_hip.report.reliability_sentences import (
    amount,
    left_out_sentence,
    name_of,
    offer_sentence,
    reliability_sentences,
    signed_amount,
    span,
)
from imu_hip.report.tables import Grid


@dataclass(frozen=True, slots=True)
class MeasureSection:
    """One measure on the page."""

    title: str
    sentences: tuple[str, ...]
    notes: tuple[str, ...]
    figure: Figure | None
    grids: tuple[Grid, ...]


@dataclass(frozen=True, slots=True)
class ReliabilityPage:
    """Everything on the page."""

    title: str
    facts: tuple[str, ...]
    simulated: bool
    sections: tuple[MeasureSection, ...]
    offers: tuple[str, ...]
    method: tuple[str, ...]
    version: str
    device_wording: str


def render_reliability(report: ReliabilityReport) -> str:
    """The report as one HTML page that needs nothing else."""
    return render("reliability.html.j2", reliability_page(report))


def reliability_page(report: ReliabilityReport) -> ReliabilityPage:
    """Arrange the report for its page."""
    # A table may be of anybody, a history is of a clinic.
    whose = report.person or ("everybody" if report.offers else report.source)
    return ReliabilityPage(
        title=f"How well measures of {whose} repeat",
        facts=report.facts,
        simulated=report.simulated,
        sections=tuple(_section(one, number) for number, one in enumerate(report.measures)),
        offers=tuple(offer_sentence(one, report.person) for one in report.measures)
        if report.offers
        else (),
        method=METHOD,
        version=__version__,
        device_wording=DEVICE_WORDING,
    )


def _section(one: MeasureReliability, number: int) -> MeasureSection:
    note = left_out_sentence(one.found.left_out)
    return MeasureSection(
        title=name_of(one),
        sentences=reliability_sentences(one),
        notes=(note,) if note else (),
        figure=_figure(one, number),
        grids=_grids(one),
    )


def _figure(one: MeasureReliability, number: int) -> Figure | None:
    pairs = one.pairs
    # The sum of two turns adds a picture and no news.
    if pairs is None or one.found.measure == ARC:
        return None
    unit = one.found.unit
    words = "second minus first session" if pairs.first_two else "later minus earlier session"
    svg = bland_altman_figure(
        pairs.mean,
        pairs.difference,
        pairs.agreement,
        f"agreement-{number}",
        f"{name_of(one)}: {words} against the mean of both",
        difference_label=f"{words} ({unit})",
        mean_label=f"mean of both ({unit})",
        sides=pairs.sides,
        in_words=lambda value: signed_amount(value, unit),
        least_reach=0.01 if unit == "s" else 1.0,
    )
    key = (
        "Each mark: one leg in two sessions. Whole line: mean difference (bias). Dashed: 95 % of "
        "differences lie between these limits of agreement. Bars: their 95 % intervals."
    )
    return Figure(svg, key, "Two sessions against each other")


def _grids(one: MeasureReliability) -> tuple[Grid, ...]:
    within, unit = one.within, one.found.unit
    if within is None:
        return ()
    rows = [
        ("Standard error (SEM)", _with_span(within.sem, unit)),
        ("Smallest measurable change (MDC95)", _with_span(within.mdc95, unit)),
        ("Change from session to session", _drift(within.drift, unit)),
        ("Sessions, people", f"{within.sessions}, {within.people}"),
        ("Degrees of freedom", str(within.degrees_of_freedom)),
    ]
    found = [Grid("All repeated sessions", ("", "Value (95 % interval)"), tuple(rows))]
    if one.legs:
        rows_of_legs = (
            ("ICC(2,1), one session", *(_icc(leg.icc_2_1) for leg in one.legs)),
            ("ICC(3,k), mean of k", *(_icc(leg.icc_3_k) for leg in one.legs)),
            ("SEM, two-way", *(_with_span(leg.sem, unit) for leg in one.legs)),
            ("People, k sessions", *(_size(leg) for leg in one.legs)),
        )
        head = ("", *(_leg_words(leg.side) for leg in one.legs))
        found.append(Grid("First sessions of everybody", head, rows_of_legs))
    return tuple(found)


def _size(leg: LegReliability) -> str:
    return f"{leg.squares.people}, {leg.squares.sessions}"


def _leg_words(side: Side | None) -> str:
    return side.capitalize() if side else "Value"


def _with_span(value: Interval, unit: str) -> str:
    return f"{amount(value.value, unit)} ({span(value, unit)})"


def _icc(value: Interval | None) -> str:
    if value is None:
        return "nothing varies"
    return f"{amount(value.value, '', 2)} ({span(value, '', 2)})"


def _drift(drift: Interval | None, unit: str) -> str:
    return "too few to tell" if drift is None else _with_span(drift, unit)
