"""The page of a comparison with a reference."""

from dataclasses import dataclass

import numpy as np

from imu_hip import __version__
from imu_hip.exchange.angle_columns import MEANING, Angle, in_words
from imu_hip.exchange.validating import Validation
from imu_hip.measures.validation import AngleAgreement, Legs
from imu_hip.names import DEVICE_WORDING, Side
from imu_hip.report.bland_altman_figure import bland_altman_figure
from imu_hip.report.drawn import Figure
from imu_hip.report.html import render
from imu_hip.report.tables import Grid
from imu_hip.report.validation_figure import of_test, overlay_figure, shown_s
from imu_hip.report.validation_grids import agreement_grid, unit_grid
from imu_hip.report.validation_sentences import (
    FEW_UNITS,
    NO_ZERO,
    WITHOUT_ZERO,
    leg_sentences,
    overview_sentences,
    unit_words,
)
from imu_hip.report.wording import capital, duration


@dataclass(frozen=True, slots=True)
class ValidationSection:
    """One angle on the page."""

    title: str
    sentences: tuple[str, ...]
    note: str
    figures: tuple[Figure, ...]
    grids: tuple[Grid, ...]


@dataclass(frozen=True, slots=True)
class ValidationPage:
    """Everything on the page."""

    title: str
    facts: tuple[str, ...]
    simulated: bool
    sentences: tuple[str, ...]
    notes: tuple[str, ...]
    sections: tuple[ValidationSection, ...]
    meanings: tuple[str, ...]
    version: str
    device_wording: str


def render_validation(validation: Validation) -> str:
    """A comparison with a reference as one HTML page that needs nothing else."""
    return render("validation.html.j2", validation_page(validation))


def validation_page(validation: Validation) -> ValidationPage:
    """Arrange a comparison with a reference for its page."""
    by_angle = legs_by_angle(validation)
    # The longest: angles may be missing for parts of the time.
    compared_s = max(leg.compared_s for leg in validation.angles.values())
    return ValidationPage(
        title=f"{validation.estimate} against {validation.reference}",
        facts=(
            f"{duration(compared_s)} in common",
            f"{unit_words('angle', len(validation.angles))} compared",
        ),
        simulated=validation.simulated,
        sentences=overview_sentences(validation),
        notes=validation.notes,
        sections=tuple(_section(validation, angle, legs) for angle, legs in by_angle.items()),
        meanings=tuple(f"{_name(angle)}: {MEANING[angle]}." for angle in by_angle),
        version=__version__,
        device_wording=DEVICE_WORDING,
    )


def legs_by_angle(validation: Validation) -> dict[Angle, dict[Side, AngleAgreement]]:
    """The legs of each angle that was compared."""
    angles = dict.fromkeys(angle for _, angle in validation.angles)
    return {
        angle: {side: leg for (side, own), leg in validation.angles.items() if own is angle}
        for angle in angles
    }


def _section(validation: Validation, angle: Angle, legs: Legs) -> ValidationSection:
    own = {side: validation.own_delays[(side, angle)] for side in legs}
    grids = (agreement_grid(legs, own), *unit_grid(legs))
    return ValidationSection(
        title=_name(angle),
        sentences=leg_sentences(legs),
        # A level thigh shows its rotation to gravity, zero and all.
        note=NO_ZERO if angle in WITHOUT_ZERO and not of_test(legs) else "",
        figures=(_overlay(angle, legs), *_bland_altman(angle, legs)),
        grids=grids,
    )


def _name(angle: Angle) -> str:
    return capital(angle.words)


def _overlay(angle: Angle, legs: Legs) -> Figure:
    start_s, end_s = shown_s(legs)
    shown, whole = end_s - start_s, max(leg.compared_s for leg in legs.values())
    part = f" {duration(shown)} from the middle of {duration(whole)}." if shown < whole - 1 else ""
    title = f"{_name(angle)} as estimated, over the reference"
    svg = overlay_figure(legs, f"overlay-{angle}", title)
    return Figure(svg, f"Broad grey line: reference. Coloured line: estimate.{part}", "In time")


def _bland_altman(angle: Angle, legs: Legs) -> list[Figure]:
    found = []
    # A picture a leg, since the limits are of one leg.
    for side, leg in legs.items():
        name, words = f"agreement-{angle}-{side}", in_words((side, angle))
        if leg.units is not None:
            values = leg.units.excursion
            svg = bland_altman_figure(
                values.mean_deg, values.difference_deg, values.limits, name,
                f"Excursion of {words}: differences against means",
                difference_label="estimate − reference (°)",
                mean_label="excursion, mean of both (°)",
                sides=[side] * len(values.mean_deg),
            )  # fmt: skip
            worth = unit_words(leg.units.word, leg.units.count)
            key = f"Each point is the excursion of one {leg.units.word}: {worth}."
        elif leg.sample_limits is not None:
            use = np.isfinite(leg.estimate_deg)
            estimate, reference = leg.estimate_deg[use], leg.reference_deg[use]
            svg = bland_altman_figure(
                0.5 * (estimate + reference), estimate - reference, leg.sample_limits, name,
                f"{capital(words)}: differences against means",
                difference_label="estimate − reference (°)",
                sides=[side] * len(estimate),
            )  # fmt: skip
            key = FEW_UNITS
        else:
            continue
        bars = " Bars at the right: 95 % intervals of the bias and the limits of agreement."
        found.append(Figure(svg, key + bars, f"Agreement, {side}"))
    return found
