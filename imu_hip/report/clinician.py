"""The part of a report for clinicians: percentiles of norms and values from the literature.

It is never shown unless somebody asks for it.
"""

from dataclasses import dataclass
from typing import Final

from imu_hip.measures.norms import norms_for
from imu_hip.measures.rotation_test import NormPlace, RotationTest
from imu_hip.names import FOOT, TURN, Direction, Sex, Side
from imu_hip.report.from_history import Tests
from imu_hip.report.sentences import norm_sentence
from imu_hip.report.tables import Grid
from imu_hip.report.wording import TEST_NAME, degrees, known, with_error

LITERATURE: Final = {
    "Krause et al. 2015": (
        "the smallest detectable change of an active seated inward turn, same rater, is 5.4°."
    ),
    "Gradoz et al. 2018": "6.1 to 8.6° for seated and supine rotation.",
    "Spörk et al. 2021": "10.9 to 16.4° for a single trial a week apart.",
    "Uding et al. 2019": (
        "an inward and an outward range that differ by 20° or more can reflect the shape of the "
        "bone, which stretching does not change."
    ),
    "Kouyoumdjian et al. 2012": (
        "in 120 adults outward exceeded inward in 48 %, inward exceeded outward in 13 %; only 61 % "
        "had the same pattern in both hips."
    ),
}


@dataclass(frozen=True, slots=True)
class ClinicianPart:
    """Norms of each test and what the literature says, for one who can weigh it."""

    grids: tuple[Grid, ...]
    literature: tuple[str, ...]


def clinician_part(tests: Tests, sex: Sex | None) -> ClinicianPart:
    """Place the ranges of a session among published norms, of both sexes where none is given."""
    grids = (
        _grid(TEST_NAME[task], [test for test in legs.values() if isinstance(test, RotationTest)],
              sex)
        for task, legs in tests.items()
    )  # fmt: skip
    literature = tuple(f"Literature, {source}: {words}" for source, words in LITERATURE.items())
    return ClinicianPart(tuple(grid for grid in grids if grid.rows), literature)


def _grid(name: str, tests: list[RotationTest], sex: Sex | None) -> Grid:
    rows = tuple(
        (
            f"{test.side.capitalize()}: {TURN[direction]} turn, {FOOT[direction]}",
            with_error(value, test.uncertainty.sem_deg),
            _places(test, direction, value, sex),
        )
        for direction in Direction
        for test in sorted(tests, key=lambda test: list(Side).index(test.side))
        if known(value := test.range(direction).mean_deg) and value is not None
    )
    return Grid(f"{name} among published norms", ("", "Range", "Place"), rows)


def _places(test: RotationTest, direction: Direction, value_deg: float, sex: Sex | None) -> str:
    found = norms_for(test.task, direction, sex)
    if not found:
        return "no norm for this position"
    places = (
        NormPlace(n.sex, n.percentile(value_deg), n.mean_deg, n.sd_deg, n.source) for n in found
    )
    return "; ".join(
        f"{norm_sentence(test.task, direction, place)} "
        f"({degrees(place.mean_deg)}, SD {degrees(place.sd_deg)}; {place.source})"
        for place in places
    )
