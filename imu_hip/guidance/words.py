"""Words that sessions use besides those of their protocols."""

from collections.abc import Collection, Mapping
from typing import Final

from imu_hip.guidance.protocol import Cue
from imu_hip.names import FOOT, TURN, Direction, Segment, Side, Task

_S_PER_WORD: Final = 0.36
"""Speech of browsers and phones says some 165 words a minute."""

CONNECT: Final = Cue(
    "Switch the sensors on",
    "Switch the sensors on and strap one on each thigh and each shin.",
)
FAILED: Final = Cue("The sensors cannot be used yet", "")
RECONNECT: Final = Cue("Connecting again", "Thank you. The sensors are connected again.")
CHECK: Final = Cue("All sensors are there", "All sensors are there.")
WORKING: Final = Cue("One moment", "One moment.")
CALIBRATED: Final = Cue("Calibrated", "Calibrated.")
CALIBRATE_AGAIN: Final = Cue("Better calibrate again", "Better calibrate again.")
PAUSED: Final = Cue("Paused", "Paused.")
PAIN: Final = Cue(
    "Stop here and let the leg hang",
    "Stop here and let the leg hang. This movement is over. Go on only if it does not hurt.",
)
STOPPED: Final = Cue("Stopped", "Stopped. What was measured is kept.")
STOPPED_BY_PAIN: Final = Cue(
    "Stopped because of pain",
    "Stop here and let the leg hang. That is all for today. What was measured is kept.",
)
RESULT: Final = Cue("Done", "Done. Your result is on the screen.")
OFFER: Final = Cue(
    "Measure again now?",
    "That was the stretch. You can measure again now. A gain right after stretching may be no "
    "more than warm-up.",
)

WARM_UP: Final = (
    "A gain right after stretching may be no more than warm-up; what counts is the change over "
    "weeks."
)

EASE_OFF_SENTENCE: Final = "Ease off a little: no bouncing, no forcing."
PRACTICE_CUE: Final = Cue("Practice, not counted", "For practice.")
SAME_LEG: Final = Cue(
    "Rest, then the {side} leg again", "Rest a moment. Then the {side} leg again."
)
LOST: Final = "samples were lost during the movement"
PAUSED_MOVEMENT: Final = "paused during the movement"
AGAIN: Final = "done again at your wish"
HURT: Final = "ended by pain"
STOPPED_MOVEMENT: Final = "stopped during the movement"
NOTHING_MEASURED: Final = "nothing was measured"
OTHER_WAY: Final = "the leg turned the other way"
NO_END: Final = "the movement was not seen to end"


def speech_s(text: str) -> float:
    """About how long it takes to say a text."""
    return _S_PER_WORD * len(text.split())


def direction_words(direction: Direction) -> str:
    """Both words for a direction, such as 'inward turn, foot moves out'."""
    return f"{TURN[direction]} turn, {FOOT[direction]}"


def movement_words(task: Task, side: Side, direction: Direction | None) -> str:
    """A movement of a leg, such as 'seated test, left leg, inward turn, foot moves out'."""
    which = "crossed" if direction is None else direction_words(direction)
    return f"{task.words}, {side} leg, {which}"


def wrong_way(asked: Direction, done: Direction) -> str:
    """What is said when a leg turns the other way."""
    return (
        f"That was the {direction_words(done)}. Turn the foot the other way: "
        f"{direction_words(asked)}."
    )


def other_leg(side: Side) -> Cue:
    """The change to the other leg in the same position."""
    return Cue(f"Now the {side} leg", f"Now the {side} leg. Let the other one rest.")


def assigning(instruction: str) -> Cue:
    """What tells where a sensor sits."""
    return Cue(instruction, f"The sensors are not told apart yet. {instruction}")


def away(segments: Collection[Segment]) -> str:
    """What is said while sensors send nothing; empty where all do."""
    if not segments:
        return ""
    names = " and ".join(segment.words for segment in segments)
    sends = "sensor sends" if len(segments) == 1 else "sensors send"
    return f"The {names} {sends} nothing. It goes on by itself once that is back."


def waiting_for(segments: Collection[Segment]) -> Cue:
    """The cue while the session waits for sensors."""
    names = " and ".join(segment.words for segment in segments)
    return Cue("Waiting for a sensor", f"Let the leg rest. Waiting for the {names} sensor.")


def back(segment: Segment) -> str:
    """What is said when a sensor sends again."""
    return f"The {segment.words} sensor is back."


def not_counted(reason: str) -> str:
    """Why a repetition does not count."""
    return f"Not counted: {reason}."


def counted(reason: str) -> str:
    """That a repetition counts, and what is wrong with it where the person kept it."""
    return f"Counted as you wish, although {reason}." if reason else "Counted."


def taken(reason: str) -> str:
    """That the angle was taken when the person said so, so that the leg is still out."""
    return f"{counted(reason)} Slowly back."


def practised(reason: str) -> str:
    """What is said of a repetition for practice."""
    return f"When it counts, watch this: {reason}." if reason else "Good."


def one_more(peaks_deg: Collection[float]) -> str:
    """Why one more repetition is asked for."""
    spread_deg = max(peaks_deg) - min(peaks_deg)
    return f"Counted. Your {len(peaks_deg)} turns lie {spread_deg:.0f}° apart, so one more."


def calibration_quality(uncertainty_deg: float) -> str:
    """How good a calibration is."""
    return f"Calibrated to about ±{max(uncertainty_deg, 0.5):.1f}°."


def ended(what: str, by_pain: bool, number: int) -> str:
    """That a movement was given up, and what there is of it."""
    why = "ended by pain" if by_pain else "skipped"
    count = "nothing" if number == 0 else f"{number} of it"
    return f"{what[0].upper()}{what[1:]}: {why}, {count} counted."


def stretched(bouts_of: Mapping[Side, int], total_s: float) -> str:
    """What was done in a stretch."""
    bouts = sum(bouts_of.values())
    if not bouts:
        return "No bout was done."
    sides = ", ".join(f"{side} {number}" for side, number in bouts_of.items())
    length = f"{total_s / 60.0:.0f} min" if total_s >= 90.0 else f"{total_s:.0f} s"
    return f"{bouts} bout{'s' if bouts > 1 else ''} ({sides}), {length} in all."


def bout_ended(side: Side) -> str:
    """That pain ended the bouts of a leg."""
    return f"The bouts of the {side} leg were ended by pain."
