"""Every target; a new reader of bytes from outside is listed here."""

from typing import Final

from tests.faults.fuzz_analysis import ANALYSIS
from tests.faults.fuzz_answers import ANSWERS
from tests.faults.fuzz_histories import HISTORIES
from tests.faults.fuzz_kept import KEPT
from tests.faults.fuzz_packets import PACKETS
from tests.faults.fuzz_page import PAGE
from tests.faults.fuzz_readers import READERS
from tests.faults.fuzz_tables import TABLES
from tests.faults.fuzz_target import Target

TARGETS: Final[tuple[Target, ...]] = (
    *PACKETS,
    *ANSWERS,
    *READERS,
    *TABLES,
    *KEPT,
    *HISTORIES,
    *PAGE,
    *ANALYSIS,
)


def target_named(name: str) -> Target:
    """The target of a name.

    Raises
    ------
    SystemExit
        Where there is none.
    """
    for target in TARGETS:
        if target.name == name:
            return target
    known = ", ".join(target.name for target in TARGETS)
    raise SystemExit(f"No target is called '{name}'; these are: {known}.")
