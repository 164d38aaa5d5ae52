"""A comparison with a reference as JSON values and as tidy rows, one for each number."""

import math
from typing import Final

from imu_hip import __version__
from imu_hip.exchange.angle_columns import Angle
from imu_hip.exchange.validating import Validation
from imu_hip.measures.agreement import Agreement, Interval
from imu_hip.measures.delay import Delay
from imu_hip.measures.drift import Drift
from imu_hip.measures.unit_agreement import UnitAgreement, UnitValues
from imu_hip.measures.validation import AngleAgreement
from imu_hip.names import Side
from imu_hip.report.json_numbers import Document, rounded
from imu_hip.report.validation_sentences import leg_sentences, overview_sentences

SCHEMA: Final = "imu_hip.validation/1"

_MEASURES: Final = (
    ("rms", "rms_deg"),
    ("rms_without_offset", "rms_without_offset_deg"),
    ("offset", "offset_deg"),
    ("correlation", "correlation"),
)
_UNIT_MEASURES: Final = ("excursion", "highest", "lowest")

Row = tuple[str, Interval, str, int]


def validation_document(validation: Validation) -> Document:
    """The comparison as JSON values; differences are estimate minus reference."""
    return {
        "schema": SCHEMA,
        "version": __version__,
        "estimate": validation.estimate,
        "reference": validation.reference,
        "simulated": validation.simulated,
        "longest_delay_s": rounded(validation.longest_delay_s, 3),
        "delay": _delay(validation.delay),
        "drift": _drift(validation.drift),
        "angles": [
            _angle(side, angle, leg, validation.own_delays[(side, angle)])
            for (side, angle), leg in validation.angles.items()
        ],
        "sentences": list(overview_sentences(validation)),
        "notes": list(validation.notes),
    }


def validation_rows(validation: Validation) -> list[Document]:
    """A row for each number, with its interval and how many values it comes from; tidy."""
    return [
        {
            "estimate": validation.estimate,
            "reference": validation.reference,
            "side": side,
            "angle": angle,
            "quantity": quantity,
            **_interval(interval),
            "unit": unit,
            "count": count,
            "version": __version__,
        }
        for (side, angle), leg in validation.angles.items()
        for quantity, interval, unit, count in _rows(leg)
    ]


def _rows(leg: AngleAgreement) -> list[Row]:
    rows: list[Row] = [
        (name, getattr(leg, field), "" if name == "correlation" else "deg", leg.samples)
        for name, field in _MEASURES
    ]
    # An excursion of a whole recording rests on two samples, which tell no interval.
    alone = Interval(leg.excursion_error_deg, math.nan, math.nan)
    rows.append(("excursion_over_all_difference", alone, "deg", leg.samples))
    if leg.units is not None:
        for name in _UNIT_MEASURES:
            limits: Agreement = getattr(leg.units, name).limits
            led = f"{leg.units.word}_{name}"
            rows += [
                (f"{led}_bias", limits.bias, "deg", limits.pairs),
                (f"{led}_lower_limit", limits.lower, "deg", limits.pairs),
                (f"{led}_upper_limit", limits.upper, "deg", limits.pairs),
            ]
    return rows


def _delay(delay: Delay | None) -> Document | None:
    if delay is None:
        return None
    return {
        "delay_s": rounded(delay.delay_s, 5),
        "error95_s": rounded(delay.error_s, 5),
        "correlation": rounded(delay.correlation, 4),
        "other_delays_s": [rounded(rival, 3) for rival in delay.rivals_s],
    }


def _drift(drift: Drift | None) -> Document | None:
    if drift is None:
        return None
    return {
        "change_s": rounded(drift.change_s, 5),
        "error95_s": rounded(drift.error_s, 5),
        "over_s": rounded(drift.over_s, 1),
        "rate_ppm": rounded(drift.rate_ppm, 1),
    }


def _angle(side: Side, angle: Angle, leg: AngleAgreement, own: Delay | None) -> Document:
    return {
        "side": side,
        "angle": angle,
        "samples": leg.samples,
        "independent_samples": rounded(leg.effective_samples, 1),
        "covered_percent": rounded(leg.covered_percent, 2),
        **{field: _interval(getattr(leg, field)) for _, field in _MEASURES},
        "reference_sd_deg": rounded(leg.reference_sd_deg, 3),
        "excursion_over_all_difference_deg": rounded(leg.excursion_error_deg, 3),
        "sample_limits_deg": _limits(leg.sample_limits) if leg.sample_limits else None,
        "own_delay": _delay(own),
        "units": _units(leg.units) if leg.units else None,
        "sentence": leg_sentences({side: leg})[0],
    }


def _units(units: UnitAgreement) -> Document:
    found: Document = {"kind": units.word, "usual_s": rounded(units.usual_s, 3)}
    for name in _UNIT_MEASURES:
        values: UnitValues = getattr(units, name)
        found[name] = {
            "independent": rounded(values.effective, 1),
            "limits_deg": _limits(values.limits),
            "estimate_deg": [rounded(value, 2) for value in values.estimate_deg.tolist()],
            "reference_deg": [rounded(value, 2) for value in values.reference_deg.tolist()],
        }
    return found


def _limits(limits: Agreement) -> Document:
    return {
        "pairs": limits.pairs,
        "sd": rounded(limits.sd, 3),
        "bias": _interval(limits.bias),
        "lower": _interval(limits.lower),
        "upper": _interval(limits.upper),
    }


def _interval(interval: Interval) -> Document:
    return {
        "value": rounded(interval.value, 4),
        "low95": rounded(interval.low, 4),
        "high95": rounded(interval.high, 4),
    }
