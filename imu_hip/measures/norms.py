"""Published norms of hip rotation, by position and sex."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from statistics import NormalDist

from imu_hip.names import Direction, Sex, Task


@dataclass(frozen=True, slots=True)
class Norm:
    """Mean and SD of one direction in one position for one sex, in degrees."""

    position: Task
    sex: Sex
    direction: Direction
    mean_deg: float
    sd_deg: float
    n: int
    population: str
    source: str

    def percentile(self, value_deg: float) -> float:
        """Share of the population below a value, 0 to 100, taking it as normally distributed."""
        return 100.0 * NormalDist(self.mean_deg, self.sd_deg).cdf(value_deg)


@cache
def all_norms() -> tuple[Norm, ...]:
    """Every norm of `norms.csv`."""
    norms: list[Norm] = []
    with files("imu_hip.measures").joinpath("norms.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            norms.extend(
                Norm(
                    position=Task(row["position"]),
                    sex=Sex(row["sex"]),
                    direction=direction,
                    mean_deg=float(row[f"{direction}_mean_deg"]),
                    sd_deg=float(row[f"{direction}_sd_deg"]),
                    n=int(row["n"]),
                    population=row["population"],
                    source=row["source"],
                )
                for direction in Direction
            )
    return tuple(norms)


def norms_for(position: Task, direction: Direction, sex: Sex | None) -> tuple[Norm, ...]:
    """Norms of one position and direction; of both sexes where the sex is not given."""
    return tuple(
        norm
        for norm in all_norms()
        if norm.position is position
        and norm.direction is direction
        and (sex is None or norm.sex is sex)
    )
