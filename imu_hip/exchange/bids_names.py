"""What a recording is called in a Motion-BIDS dataset."""

import re
from dataclasses import dataclass
from typing import Final

from imu_hip.errors import OutputError

LABEL: Final = re.compile(r"[0-9a-zA-Z]+")


@dataclass(frozen=True, slots=True)
class BidsNames:
    """Labels of one recording: letters and digits only, as BIDS has it.

    Parameters
    ----------
    subject, task
        Who was recorded, under a label that names nobody, and what was done.
    session
        Label of the session; None where each subject has only one.
    run
        Number of the run, from 1; None where a task was recorded once.

    Raises
    ------
    OutputError
        Where a label has other characters than letters and digits, or a run is below 1.
    """

    subject: str
    task: str
    session: str | None = None
    run: int | None = None

    def __post_init__(self) -> None:
        labels = {"subject": self.subject, "session": self.session, "task": self.task}
        for word, label in labels.items():
            if label is not None and not LABEL.fullmatch(label):
                example = "seated" if word == "task" else "01"
                raise OutputError(
                    f"The {word} label {label!r} does not fit: BIDS allows only the letters a to z "
                    "and digits in it.",
                    f"Name another one, for example --{word} {example}.",
                )
        if self.run is not None and self.run < 1:
            raise OutputError(f"Run {self.run} does not fit: runs count from 1.", "Name --run 1.")

    @property
    def participant(self) -> str:
        """The subject's folder and its name in participants.tsv."""
        return f"sub-{self.subject}"

    @property
    def prefix(self) -> str:
        """What every file of the session begins with."""
        return self.participant + ("" if self.session is None else f"_ses-{self.session}")

    @property
    def folder(self) -> str:
        """The folder of the session inside the dataset, with forward slashes."""
        return self.prefix.replace("_", "/")

    def file(self, suffix: str, tracking_system: str | None = None) -> str:
        """Name of a file: entities in the order of the standard, then the suffix."""
        # The standard fixes this order, and readers look for it.
        parts = [self.prefix, f"task-{self.task}"]
        if tracking_system is not None:
            parts.append(f"tracksys-{tracking_system}")
        if self.run is not None:
            # Two digits, so that names sort as numbers up to 99 do.
            parts.append(f"run-{self.run:02d}")
        return "_".join((*parts, suffix))
