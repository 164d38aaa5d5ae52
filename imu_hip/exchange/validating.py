"""An estimate of angles against a reference: which angles both have, and how well they agree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from imu_hip.errors import NothingMeasuredError
from imu_hip.exchange.angle_columns import Angle, Key, column_name, in_words
from imu_hip.exchange.angle_file import AngleFile, AngleFileError, listed
from imu_hip.exchange.angle_names import folded, meaning_of
from imu_hip.exchange.estimates import Estimate, tracks_of
from imu_hip.measures.cycles import (
    FEWEST_CYCLES,
    NO_UNITS,
    Units,
    cycles_of,
    units_of,
)
from imu_hip.measures.delay import Delay, NoDelayError, common_delay
from imu_hip.measures.drift import Drift, drift_of
from imu_hip.measures.tracks import Pair, Track
from imu_hip.measures.validation import AngleAgreement, agreement_of
from imu_hip.names import Side

OWN_DELAY_S: Final = 0.25
"""Filters and skin delay an angle by less than this; a stride is longer than twice that."""

_TURNED: Final = -0.5
_COPIED_DEG: Final = 0.002
"""Files hold three decimals or more: only what was written twice differs by so little."""

_CLEAREST: Final = (Angle.KNEE_FLEXION, Angle.HIP_FLEXION)
"""Angles in which each stride has one clear peak, the clearest first."""


@dataclass(frozen=True, slots=True, eq=False)
class Validation:
    """Angles of an estimate against those of a reference.

    Parameters
    ----------
    delay
        Of the estimate's clock; None where the clocks were taken as they stand.
    longest_delay_s
        How far it was looked for; 0 where it was not.
    drift
        Where one clock runs faster, how much the delay changes; else None.
    angles
        What agrees how well, left before right within an angle.
    own_delays
        How much later than all angles together each one is; None where it cannot be told.
    """

    estimate: str
    reference: str
    delay: Delay | None
    longest_delay_s: float
    drift: Drift | None
    angles: Mapping[Key, AngleAgreement]
    own_delays: Mapping[Key, Delay | None]
    notes: tuple[str, ...]
    simulated: bool


def validate(
    estimate: Estimate, reference: AngleFile, wanted: Sequence[str], longest_s: float
) -> Validation:
    """Compare every angle that both have, or those that are wanted.

    The delay comes from all angles that both have, whatever is wanted: they share one clock.

    Parameters
    ----------
    wanted
        Names such as `knee_flexion` or `left_hip_rotation`; all where empty.
    longest_s
        How far to look for a delay of the clocks; 0 takes them as they stand.

    Raises
    ------
    AngleFileError
        Where the two have no angle in common, or none that is wanted.
    NoDelayError
        Where the delay cannot be told.
    NothingMeasuredError
        Where the two never measured at the same time.
    """
    pairs = _common(estimate, reference)
    chosen = _wanted(tuple(pairs), wanted)
    # From every pair, also where one angle is wanted: more movement tells the delay better.
    delay = common_delay(list(pairs.values()), longest_s) if longest_s > 0.0 else None
    delay_s = delay.delay_s if delay else 0.0
    angles: dict[Key, AngleAgreement] = {}
    own: dict[Key, Delay | None] = {}
    missed: list[str] = []
    for key in chosen:
        # Those of the leg where there are any, so that all of its angles show the same strides.
        units = _units_for(key, estimate, reference, delay_s)
        try:
            angles[key] = agreement_of(pairs[key], delay_s, units)
        except NothingMeasuredError:
            missed.append(in_words(key))
            continue
        own[key] = _own_delay(pairs[key], delay_s)
    if not angles:
        raise NothingMeasuredError(
            f"{estimate.source} and {reference.source} never measured {listed(missed)} at the same "
            "time.",
            "Check that both are of one session, or let the delay be found with --max-delay.",
        )
    return Validation(
        estimate.source,
        reference.source,
        delay,
        longest_s,
        # Clocks that were taken as they stand are not questioned.
        drift_of(list(pairs.values()), delay_s) if delay else None,
        angles,
        own,
        (*_warnings(angles, missed), *estimate.notes, *reference.notes),
        estimate.simulated,
    )


def _warnings(angles: Mapping[Key, AngleAgreement], missed: Sequence[str]) -> list[str]:
    warnings = [
        f"{in_words(key).capitalize()} runs the other way than the reference: check which "
        "direction each counts as positive."
        for key, found in angles.items()
        if found.correlation.value < _TURNED
    ]
    if all(found.rms_deg.value < _COPIED_DEG for found in angles.values()):
        warnings.append(
            "The two are the same to the last digits of a file: copies of one measurement, which "
            "say nothing about how well it measures."
        )
    if missed:
        warnings.append(f"Never measured at the same time in both: {listed(missed)}.")
    return warnings


def _common(estimate: Estimate, reference: AngleFile) -> dict[Key, Pair]:
    references = tracks_of(reference)
    common = {
        (side, angle): Pair(estimate.tracks[(side, angle)], references[(side, angle)])
        for angle in Angle
        for side in Side
        if (side, angle) in estimate.tracks and (side, angle) in references
    }
    if not common:
        raise AngleFileError(
            f"{estimate.source} and {reference.source} have no angle in common: the first has "
            f"{listed(map(column_name, estimate.tracks)) or 'none'}, the second "
            f"{listed(map(column_name, references)) or 'none'}.",
            "Compute the same angle in both; hip rotation needs a pelvis sensor.",
        )
    return common


def _wanted(common: Sequence[Key], names: Sequence[str]) -> list[Key]:
    """The angles that the names mean, in the order of `common`."""
    chosen: set[Key] = set()
    for name in names:
        meaning = meaning_of(name)
        # A name without a side means both legs.
        bare = folded(name).removesuffix("_deg")
        found = {key for key in common if bare == key[1] or (meaning and meaning.key == key)}
        if not found:
            raise AngleFileError(
                f"There is no {name!r} in both; they have {listed(map(column_name, common))} in "
                "common.",
                "Name one of these with --angle, without left or right for both legs.",
            )
        chosen |= found
    return [key for key in common if not names or key in chosen]


def _units_for(key: Key, estimate: Estimate, reference: AngleFile, delay_s: float) -> Units:
    """Strides or repetitions on the reference's clock; cycles of the reference where none."""
    side, _ = key
    start_s, end_s = reference.time_s[0], reference.time_s[-1]
    for units in estimate.units[side]:
        own = units.later(-delay_s)
        inside = [
            (start, end)
            for start, end in zip(own.start_s, own.end_s, strict=True)
            if start >= start_s and end <= end_s
        ]
        if len(inside) >= FEWEST_CYCLES:
            return units_of(units.word, *zip(*inside, strict=True))
    # Only the reference decides: an estimate that misses a peak must not choose the cycles.
    for angle in (*_CLEAREST, key[1]):
        values = reference.values.get((side, angle))
        if values is not None and len(found := cycles_of(Track(reference.time_s, values))):
            return found
    return NO_UNITS


def _own_delay(pair: Pair, delay_s: float) -> Delay | None:
    # What the clocks differ by is taken off first, so that this angle alone remains.
    try:
        return common_delay([pair.without_delay(delay_s)], OWN_DELAY_S)
    except NoDelayError:
        return None
