"""A simulated person who does what a guided session asks, while it asks."""

from dataclasses import replace
from typing import Final

from imu_hip.names import Direction, Doing, Segment, Side, Task
from imu_hip.simulation.live_acting import Actor, Attempt, Request
from imu_hip.simulation.live_body import RATE_HZ, LiveBody, LiveSensor
from imu_hip.simulation.person_traits import PersonTraits
from imu_hip.simulation.sensor_errors import TYPICAL, SensorErrors
from imu_hip.simulation.static_score import Performed
from imu_hip.simulation.static_sessions import true_columns, true_repetition
from imu_hip.simulation.truth import TrueRepetition

WORN: Final = replace(TYPICAL, orientation=True)
"""Sensors as somebody straps them on at home."""

_LONGEST_MEAN_S: Final = 30.0


class LivePerson:
    """A person in real time: asked for something, they react and do it until asked otherwise.

    Whatever is asked takes effect after the reaction time, so all times up to then are final. A
    movement on its way blends into the next one. Sensors may ask for any time of the last hour.

    Parameters
    ----------
    traits
        What the person is like.
    errors
        How good the sensors are; lost samples and drifting clocks are left to the air.
    seed
        The same seed and the same requests give the same person.
    """

    def __init__(
        self, traits: PersonTraits | None = None, errors: SensorErrors = WORN, seed: int = 0
    ) -> None:
        self.traits = traits or PersonTraits()
        self._actor = Actor(self.traits, seed)
        self._body = LiveBody(self._actor, self.traits.tremor_deg, seed)
        self._sensors = {
            segment: LiveSensor(self._body, segment, errors, seed) for segment in Segment
        }
        self._true: list[TrueRepetition] = []
        self._told = 0

    def ask(
        self,
        doing: Doing,
        side: Side | None = None,
        direction: Direction | None = None,
        *,
        at_s: float,
    ) -> None:
        """Ask for something.

        The person stands at first. What needs another posture first, such as turning a leg while
        standing, takes it first. The same request again changes nothing while it is being done;
        a turn that the person has ended by themselves is then done anew.

        Parameters
        ----------
        side, direction
            Where what is asked has them; without a side the person rests. Who is to lie down for
            the test of a side bends that knee at once.
        at_s
            Time since the beginning, on the clock of the sensors.
        """
        effect_s = max(at_s + self.traits.reaction_s, self._body.computed_s)
        self._actor.follow(Request(doing, side, direction), effect_s)
        self._learn(at_s)

    def movement(self, segment: Segment) -> LiveSensor:
        """What the sensor on a segment feels."""
        return self._sensors[segment]

    def repetitions(self) -> tuple[TrueRepetition, ...]:
        """What was truly reached so far, computed from the body, in order of time.

        Familiarisation is among them, a hold that still lasts is not. Peaks are means over the
        hold, at most its first half minute.
        """
        self._learn(self._body.computed_s)
        return tuple(self._true)

    def true_peaks_deg(self, side: Side, direction: Direction | None) -> tuple[float, ...]:
        """Peaks of the repetitions without a fault of one movement, in order of time."""
        return tuple(
            one.peak_deg
            for one in self.repetitions()
            if (one.side, one.direction, one.fault) == (side, direction, None)
        )

    def _learn(self, until_s: float) -> None:
        """Measure the holds that are over."""
        attempts = self._actor.attempts
        while self._told < len(attempts) and attempts[self._told].plateau_end_s <= until_s:
            self._true.append(self._measured(attempts[self._told]))
            self._told += 1

    def _measured(self, attempt: Attempt) -> TrueRepetition:
        hold_end_s = min(attempt.plateau_end_s, attempt.plateau_s + _LONGEST_MEAN_S)
        rows = (int(attempt.plateau_s * RATE_HZ), int(hold_end_s * RATE_HZ))
        body = self._body.motion(rows[0], max(rows[1], rows[0] + 1))
        columns = true_columns(body, -1 if attempt.task is Task.PRONE else 1)
        times_s = (attempt.start_s, attempt.end_s, attempt.plateau_s, attempt.plateau_end_s)
        performed = Performed(attempt.side, attempt.direction, times_s, attempt.fault)
        return true_repetition(performed, body.time_s, columns)
