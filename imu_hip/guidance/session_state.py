"""Where a session is: frozen, and all that its view is made of."""

from dataclasses import dataclass, field
from enum import StrEnum

from imu_hip.guidance.events import Calibrated, Finished
from imu_hip.guidance.plan import Progress, SessionPlan
from imu_hip.guidance.protocol import Cue
from imu_hip.guidance.steps import Step
from imu_hip.guidance.view import Tone
from imu_hip.names import Segment


class Phase(StrEnum):
    """Where a step is."""

    WAIT = "wait"
    READY = "ready"
    MOVE = "move"
    HOLD = "hold"
    RETURN = "return"
    CHANGE = "change"
    BOUT = "bout"
    PAIN = "pain"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Said:
    """The last cue and the last sound, each with its number, and when the cue was said."""

    cue: Cue = field(default_factory=lambda: Cue("", ""))
    cue_number: int = 0
    cued_s: float = 0.0
    reminders: int = 0
    tone: Tone | None = None
    tone_number: int = 0


@dataclass(frozen=True, slots=True)
class Hindrance:
    """What keeps a step back, since when, and whether it was said aloud."""

    problem: str = ""
    since_s: float = 0.0
    said: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """The repetition that runs, and what went wrong with those before it.

    Parameters
    ----------
    began
        Whether the leg left its rest in the direction that was asked for.
    wrong_told
        Whether it was told that the leg turned the other way.
    by_hand
        Whether the person took the angle, so that the repetition counts whatever is wrong.
    dropped
        Why the person does not want it, empty where they do.
    practised
        Repetitions done for practice.
    failures, failure
        How often in a row the same thing went wrong, and what.
    """

    began: bool = False
    wrong_told: bool = False
    by_hand: bool = False
    dropped: str = ""
    practised: int = 0
    failures: int = 0
    failure: str = ""


@dataclass(frozen=True, slots=True)
class RunningBout:
    """The bout of a stretch that runs.

    Parameters
    ----------
    elapsed_s, last_s
        Time in it so far, and when that was added up; pauses do not count.
    recent
        Times and angles of the last few seconds, oldest first.
    eased_s
        When easing off was last advised, None where it was not.
    deepened
        Whether going deeper was suggested.
    """

    elapsed_s: float = 0.0
    last_s: float = 0.0
    best_deg: float | None = None
    recent: tuple[tuple[float, float], ...] = ()
    eased_s: float | None = None
    deepened: bool = False


@dataclass(frozen=True, slots=True)
class SessionState:
    """Where a session is.

    Parameters
    ----------
    steps, step
        `steps.steps_of` the plan, and where in them the session is.
    phase, phase_s
        Where the step is, and since when.
    hindrance
        What keeps the step back: posture, pose, a sensor that cannot be used.
    away, remarks
        Sensors that send nothing, and what else is wrong with them.
    rounds
        How often calibration or assignment was begun.
    """

    plan: SessionPlan
    progress: Progress
    steps: tuple[Step, ...]
    step: int = 0
    phase: Phase = Phase.WAIT
    phase_s: float = 0.0
    said: Said = field(default_factory=Said)
    notice: str = ""
    hindrance: Hindrance = field(default_factory=Hindrance)
    fraction: float | None = None
    paused: bool = False
    away: tuple[Segment, ...] = ()
    remarks: tuple[str, ...] = ()
    rounds: int = 0
    calibrated: tuple[Calibrated, ...] = ()
    attempt: Attempt = field(default_factory=Attempt)
    bout: RunningBout = field(default_factory=RunningBout)
    finished: Finished | None = None
