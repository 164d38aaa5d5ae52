"""What a guided simulated person is like, in numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from imu_hip.names import Direction, Side, Task
from imu_hip.simulation.static_plan import Fault, LegPlan, StaticSession

SHORTEST_REACTION_S: Final = 0.3
"""The body is computed a quarter of a second ahead, which a reaction must not undercut."""

_LARGEST_DRAW: Final = 2.0
_MOST_BOUTS_THAT_HELP: Final = 4


def _usual_legs() -> Mapping[Side, LegPlan]:
    return {
        Side.LEFT: LegPlan((36.0,), (41.0,), (22.0,)),
        Side.RIGHT: LegPlan((30.0,), (42.0,), (26.0,)),
    }


@dataclass(frozen=True, slots=True)
class PersonTraits:
    """A person who does what a guided session asks.

    Parameters
    ----------
    legs
        Peaks of each side; the n-th attempt of a movement takes the n-th, the last one for good.
    spread_deg
        Standard deviation of what is added to each peak, drawn from the seed.
    reaction_s
        From being asked to beginning.
    ramp_s
        Time of a turn of the leg, one way, at pace 1.
    pace
        Everything but the reaction takes this many times less time.
    tremor_deg
        Standard deviation of each joint angle's unsteadiness.
    stretch_deepens_deg
        How far the crossed shin comes down in one long bout of the stretch.
    stretch_gain_deg
        What each of the first four bouts of a side adds to all its ranges.
    faults
        Attempts to perform badly. Every attempt counts, also those for familiarisation.
    """

    legs: Mapping[Side, LegPlan] = field(default_factory=_usual_legs)
    spread_deg: float = 0.8
    reaction_s: float = 0.5
    ramp_s: float = 1.2
    pace: float = 1.0
    tremor_deg: float = 0.2
    stretch_deepens_deg: float = 8.0
    stretch_gain_deg: float = 0.5
    faults: tuple[Fault, ...] = ()

    def __post_init__(self) -> None:
        if not self.reaction_s >= SHORTEST_REACTION_S:
            raise ValueError(f"a reaction time of {self.reaction_s} s cannot be simulated")
        if not self.pace > 0.0:
            raise ValueError(f"a pace of {self.pace} leads nowhere")

    def session(self, task: Task) -> StaticSession:
        """The postures of a test as this person takes them."""
        return StaticSession(task=task, legs=self.legs, faults=self.faults)

    def peak_deg(
        self, side: Side, direction: Direction | None, attempt: int, bouts: int, seed: int
    ) -> float:
        """What an attempt, counted from 1, is to reach.

        Parameters
        ----------
        direction
            None for crossing the leg, where the peak is the shin's slope.
        bouts
            Bouts of the stretch that this side has done.
        """
        peaks_deg = self.legs[side].peaks_deg(direction)
        movement = (side is Side.LEFT, *(direction is one for one in Direction))
        draw = np.random.default_rng((seed, 2000, *movement, attempt)).normal()
        spread_deg = self.spread_deg * float(np.clip(draw, -_LARGEST_DRAW, _LARGEST_DRAW))
        gained_deg = self.stretch_gain_deg * min(bouts, _MOST_BOUTS_THAT_HELP)
        # A shin that slopes less is the larger range.
        peak_deg = peaks_deg[min(attempt, len(peaks_deg)) - 1]
        return peak_deg + spread_deg + (-gained_deg if direction is None else gained_deg)
