"""Errors that a person can act on: what is wrong, where, and what to do now."""


class ImuHipError(Exception):
    """An expected failure, told in one message.

    Parameters
    ----------
    what
        What is wrong and where, as a sentence.
    advice
        What the person can do now, as a sentence.
    """

    def __init__(self, what: str, advice: str) -> None:
        super().__init__(f"{what} {advice}")
        self.what = what
        self.advice = advice


class RecordingError(ImuHipError):
    """A recording, or a file that should hold one, is not usable as it is."""


class UnknownFormatError(RecordingError):
    """No reader recognises the file."""


class CalibrationError(ImuHipError):
    """The sensors cannot be related to the body with what was recorded."""


class NothingMeasuredError(ImuHipError):
    """The recording is readable but holds nothing that can be measured."""


class OutputError(ImuHipError):
    """A result cannot be written where it was asked for."""
