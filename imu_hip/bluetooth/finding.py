"""What was found about this computer, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a finding bears on recording."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Parameters
    ----------
    state
        A problem prevents recording; a warning may spoil it.
    what
        What was found, as a sentence.
    advice
        What to do, as one or two sentences; empty where there is nothing to do.
    """

    title: str
    state: State
    what: str
    advice: str = ""
