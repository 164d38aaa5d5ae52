"""Say a cue, sound a tone, fill in what a cue leaves open."""

from dataclasses import replace
from typing import Final

from imu_hip.guidance.protocol import Cue
from imu_hip.guidance.session_state import Hindrance, SessionState
from imu_hip.guidance.view import Tone
from imu_hip.names import Side

PROBLEM_LASTS_S: Final = 1.5
"""A problem that stays this long is shown and said: who is just about to sit has none."""


def filled(cue: Cue, side: Side | None, repetition: int = 0, repetitions: int = 0) -> Cue:
    """A cue with its leg and its repetitions filled in."""
    values = {
        "{side}": "" if side is None else side.value,
        "{other_side}": "" if side is None else side.other.value,
        "{repetition}": str(repetition),
        "{repetitions}": str(repetitions),
    }
    text, speech = cue.text, cue.speech
    for name, value in values.items():
        text, speech = text.replace(name, value), speech.replace(name, value)
    return Cue(text, speech)


def say(state: SessionState, cue: Cue, time_s: float, tone: Tone | None = None) -> SessionState:
    """A state that says a cue, after its notice where there is one, with a tone."""
    spoken = Cue(cue.text, " ".join(filter(None, (state.notice, cue.speech))))
    said = replace(
        state.said,
        cue=spoken,
        cue_number=state.said.cue_number + 1,
        cued_s=time_s,
        reminders=0,
    )
    return sound(replace(state, said=said), tone)


def repeat(state: SessionState, time_s: float) -> SessionState:
    """A state that says its cue once more, because nothing happens."""
    said = replace(
        state.said,
        cue_number=state.said.cue_number + 1,
        cued_s=time_s,
        reminders=state.said.reminders + 1,
    )
    return replace(state, said=said)


def sound(state: SessionState, tone: Tone | None) -> SessionState:
    """A state that sounds a tone, if there is one."""
    if tone is None:
        return state
    said = replace(state.said, tone=tone, tone_number=state.said.tone_number + 1)
    return replace(state, said=said)


def heeded(state: SessionState, time_s: float) -> SessionState:
    """A state that knows that the person does something, so that nothing is said again."""
    return replace(state, said=replace(state.said, cued_s=time_s, reminders=0))


def lasting_problem(state: SessionState, time_s: float) -> str:
    """What keeps the person back and has done so for a while, empty where nothing has."""
    hindrance = state.hindrance
    lasts = hindrance.said or time_s - hindrance.since_s >= PROBLEM_LASTS_S
    return hindrance.problem if lasts else ""


def hindered(state: SessionState, problem: str, time_s: float) -> SessionState:
    """A state that is kept back by a problem, or by none any more."""
    if problem == state.hindrance.problem:
        return state
    if problem and _kind(problem) == _kind(state.hindrance.problem):
        return replace(state, hindrance=replace(state.hindrance, problem=problem))
    notice = "" if state.notice == state.hindrance.problem else state.notice
    return replace(state, hindrance=Hindrance(problem, time_s), notice=notice)


def _kind(problem: str) -> str:
    # "14° too high" and "13° too high" are one problem that is not said twice.
    return "".join(letter for letter in problem if not letter.isdigit())
