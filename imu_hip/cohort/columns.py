"""The columns of the table of a cohort: one row for each measured value."""

from typing import Final

PERSON: Final = "person"
SESSION: Final = "session"
RECORDING: Final = "recording"
TASK: Final = "task"
SIDE: Final = "side"
MEASURE: Final = "measure"
VALUE: Final = "value"
UNIT: Final = "unit"
UNCERTAINTY: Final = "uncertainty"
"""Standard uncertainty of the value, in its unit."""
MDC95: Final = "mdc95"
REPETITIONS: Final = "repetitions"
"""Counted repetitions or strides."""
QUALITY: Final = "quality"
"""`good`, or what lowers the trust in the value, in words."""
VERSION: Final = "version"
"""Version of imu_hip that measured."""

COLUMNS: Final = (
    PERSON,
    SESSION,
    RECORDING,
    TASK,
    SIDE,
    MEASURE,
    VALUE,
    UNIT,
    UNCERTAINTY,
    MDC95,
    REPETITIONS,
    QUALITY,
    VERSION,
)
