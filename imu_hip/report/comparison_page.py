"""The page of a comparison, and the same as a document for programs."""

from dataclasses import dataclass
from typing import Final

from imu_hip import __version__
from imu_hip.history.records import Mode
from imu_hip.measures.measured_range import SLOPE
from imu_hip.names import DEVICE_WORDING
from imu_hip.report.comparands import Comparand
from imu_hip.report.compared import ComparedRange, Comparison
from imu_hip.report.compared_figure import comparison_figure
from imu_hip.report.drawn import Figure
from imu_hip.report.html import render
from imu_hip.report.json_numbers import Document, deg, rounded
from imu_hip.report.own_error_words import source_key, sources_with_own
from imu_hip.report.repeated_tables import balance_grid
from imu_hip.report.session_page import MDC_SOURCE, MODE_WORDS
from imu_hip.report.tables import Grid, judged, measure_words
from imu_hip.report.wording import TEST_NAME, capital, with_error

SCHEMA: Final = "imu_hip.comparison/1"
_KEY: Final = (
    "Thin lines: uncertainty of each value. Grey band: what cannot be told from the first value; a "
    "second value inside it is no measurable difference."
)


@dataclass(frozen=True, slots=True)
class ComparisonPage:
    """Everything on the page."""

    title: str
    facts: tuple[str, ...]
    simulated: bool
    sentences: tuple[str, ...]
    notes: tuple[str, ...]
    figure: Figure | None
    grid: Grid
    percents: tuple[str, ...]
    balances: tuple[str, ...]
    balance_grid: Grid | None
    mdc_source: str
    version: str
    device_wording: str


def render_comparison(comparison: Comparison) -> str:
    """The comparison as one HTML page that needs nothing else."""
    return render("comparison.html.j2", comparison_page(comparison))


def comparison_page(comparison: Comparison) -> ComparisonPage:
    """Arrange a comparison for its page."""
    return ComparisonPage(
        title=title_of(comparison),
        facts=_facts(comparison),
        simulated=comparison.simulated,
        sentences=comparison.sentences,
        notes=comparison.notes,
        figure=_figure(comparison),
        grid=ranges_compared(comparison),
        percents=comparison.percents,
        balances=comparison.balance_sentences,
        balance_grid=balance_grid(comparison.balances),
        mdc_source=_sources(comparison),
        version=__version__,
        device_wording=DEVICE_WORDING,
    )


def comparison_document(comparison: Comparison) -> Document:
    """The comparison as JSON values, its picture as SVG text; see `comparison_numbers`."""
    figure = _figure(comparison)
    return comparison_numbers(comparison) | {
        "picture_svg": str(figure.svg) if figure else None,
        "picture_key": figure.key if figure else "",
    }


def comparison_numbers(comparison: Comparison) -> Document:
    """The comparison as JSON values without its picture.

    Angles have one decimal; `difference_deg` is second minus first.
    """
    return {
        "schema": SCHEMA,
        "version": __version__,
        "kind": "legs" if comparison.of_legs else "times",
        "title": title_of(comparison),
        "first": _comparand(comparison.first),
        "second": _comparand(comparison.second),
        "simulated": comparison.simulated,
        "ranges": [range_document(one) for one in comparison.ranges],
        "balance": [
            {
                "task": balance.task,
                "side": balance.side,
                "internal_minus_external_deg": deg(balance.difference_deg),
                "error95_deg": deg(balance.error95_deg),
                "measurable": balance.measurable,
            }
            for balance in comparison.balances
        ],
        "sentences": list(comparison.sentences),
        "percents": list(comparison.percents),
        "balance_sentences": list(comparison.balance_sentences),
        "notes": list(comparison.notes),
        "mdc_source": _sources(comparison),
    }


def _sources(comparison: Comparison) -> str:
    return sources_with_own(MDC_SOURCE, [one.own for one in comparison.ranges])


def title_of(comparison: Comparison) -> str:
    """What is compared, such as 'Left and right' or 'Session 9 and session 12'."""
    if comparison.of_legs:
        return f"Left and right in {comparison.first.source}"
    return capital(f"{comparison.first.words} and {comparison.second.words}")


def names_of(comparison: Comparison) -> tuple[str, str]:
    """Short names of the two for the head of a table."""
    if comparison.of_legs:
        return "Left", "Right"
    one, other = comparison.first, comparison.second
    if one.source != other.source:
        return capital(one.source), capital(other.source)
    return "Before", "After"


def ranges_compared(comparison: Comparison) -> Grid:
    """Every measure of both with its error and whether they differ."""
    first, second = names_of(comparison)
    rows = tuple(
        (
            range_words(comparison, one),
            *(with_error(r.value_deg, r.uncertainty.sem_deg) for r in (one.first, one.second)),
            judged(one.difference_deg, one.mdc95_deg, measurable=one.measurable),
        )
        for one in comparison.ranges
    )
    minus = "Right minus left" if comparison.of_legs else "Later minus earlier"
    return Grid("In numbers", ("", first, second, minus), rows)


def range_words(comparison: Comparison, one: ComparedRange) -> str:
    """What is measured, with its test where there are several."""
    several = len({found.task for found in comparison.ranges}) > 1
    test = f"{TEST_NAME[one.task]}: " if several else ""
    leg = f"{one.side} " if one.side else ""
    return f"{test}{leg}{measure_words(one.measure)}"


def _facts(comparison: Comparison) -> tuple[str, ...]:
    first = comparison.first
    tests = " and ".join(dict.fromkeys(TEST_NAME[one.task] for one in comparison.ranges))
    mode = first.mode or comparison.second.mode
    words = MODE_WORDS[Mode(mode)] if mode else ""
    return tuple(filter(None, (first.person or "", tests, words)))


def _figure(comparison: Comparison) -> Figure | None:
    title = f"{title_of(comparison)}: each range with its uncertainty"
    svg = comparison_figure(comparison, "compared", title)
    if svg is None:
        return None
    if comparison.of_legs:
        marks = "Blue circle: left. Orange square: right."
    else:
        first, second = names_of(comparison)
        marks = f"Hollow: {first.lower()}. Filled: {second.lower()}. Blue: left, orange: right."
    target = "" if all(one.measure == SLOPE for one in comparison.ranges) else " Dashed: target."
    return Figure(svg, f"{marks} {_KEY}{target}", "Side by side")


def _comparand(found: Comparand) -> Document:
    return {
        "source": found.source,
        "words": found.words,
        "person": found.person,
        "side": found.side,
        "moment": found.moment,
        "mode": found.mode,
        "started_utc": found.started_utc.isoformat() if found.started_utc else None,
        "version": found.version or None,
    }


def range_document(one: ComparedRange) -> Document:
    """One measure of both as JSON values."""
    return {
        "task": one.task,
        "side": one.side,
        "measure": one.measure,
        "first_deg": deg(one.first.value_deg),
        "first_sem_deg": deg(one.first.uncertainty.sem_deg),
        "first_repetitions": one.first.repetitions,
        "second_deg": deg(one.second.value_deg),
        "second_sem_deg": deg(one.second.uncertainty.sem_deg),
        "second_repetitions": one.second.repetitions,
        "difference_deg": deg(one.difference_deg),
        "mdc95_deg": deg(one.mdc95_deg),
        "mdc95_source": source_key(one.apart, one.own),
        "measurable": one.measurable,
        "percent_of_larger": rounded(one.percent_of_larger, 0),
    }
