"""Hip rotation from inertial sensors on the thighs and shins.

A program needs `open_recording` and `analyze_run`; what they return is in `imu_hip.run`. For many
recordings there are `CohortPlan` and `measure_cohort`.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imu_hip.cohort.measure import measure_cohort
    from imu_hip.cohort.plan import CohortPlan
    from imu_hip.recording.formats import open_recording
    from imu_hip.recording.recording import Recording
    from imu_hip.run import RunAnalysis, analyze_run

__version__ = "0.1.0"
__all__ = [
    "CohortPlan",
    "Recording",
    "RunAnalysis",
    "__version__",
    "analyze_run",
    "measure_cohort",
    "open_recording",
]

if not TYPE_CHECKING:
    # On first use, so that a program that wants a name alone does not wait for numpy and pyarrow.
    _HOME = {
        "CohortPlan": "imu_hip.cohort.plan",
        "Recording": "imu_hip.recording.recording",
        "RunAnalysis": "imu_hip.run",
        "analyze_run": "imu_hip.run",
        "measure_cohort": "imu_hip.cohort.measure",
        "open_recording": "imu_hip.recording.formats",
    }

    def __getattr__(name: str) -> object:
        if name not in _HOME:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module  # noqa: PLC0415

        value = getattr(import_module(_HOME[name]), name)
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
