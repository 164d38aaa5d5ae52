"""Import what the Movella DOT app exported, keep it as one file, and measure the turns in it.

python import_movella_export.py EXPORT [OUT.parquet]

EXPORT is the app's folder or zip: one CSV file a sensor, named or tagged like `left_thigh`.
"""

import sys
from pathlib import Path

import imu_hip
from imu_hip.analysis.analyze import analyze
from imu_hip.errors import ImuHipError
from imu_hip.measures.rotation_test import RotationTest
from imu_hip.names import FOOT, TURN
from imu_hip.recording.formats import write_recording


def main(export: str, target: str = "session.parquet") -> None:
    recording = imu_hip.open_recording(export)
    for segment, stream in recording.streams.items():
        seconds = stream.time_s[-1] - stream.time_s[0]
        print(f"{segment.words}: {stream.sampling_rate_hz:.0f} Hz, {seconds:.0f} s")
    for warning in recording.warnings:
        print(f"note: {warning}")
    write_recording(recording, Path(target), opened_from=export)
    print(f"kept: {target}")

    analysis = analyze(recording)
    for test in analysis.results:
        if not isinstance(test, RotationTest):
            continue
        for turn in (test.internal, test.external):
            words = f"{test.side}, {TURN[turn.direction]} turn, {FOOT[turn.direction]}"
            if turn.mean_deg is None:
                print(f"{words}: not measured")
            else:
                print(f"{words}: {turn.mean_deg:.0f}° ± {1.96 * test.uncertainty.sem_deg:.0f}°")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except ImuHipError as error:
        sys.exit(f"{error.what}\n{error.advice}")
