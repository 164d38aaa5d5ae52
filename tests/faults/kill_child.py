"""`imu-hip` in a process that can be killed: a log outlives it of what its virtual sensors sent.

`python kill_child.py LOG ARGUMENT ...`; each entry is a sensor's number, a time and a tick.
"""

import os
import struct
import sys
import time
from pathlib import Path

ENTRY = struct.Struct("<BQI")
"""Last byte of the sensor's address, the clock that nobody can set in ns, and the sensor's tick."""

PAYLOADS = tuple(f"15172{n:03x}-4947-11e9-8646-d663bd873d93" for n in (2, 3, 4))
"""Characteristics of a Movella DOT that notify one sample, which begins with its tick."""


def keep_log(path):
    """Write down every sample that a virtual sensor hands to the air, before it does."""
    from imu_hip.bluetooth.virtual.peripheral import VirtualPeripheral  # noqa: PLC0415

    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    send = VirtualPeripheral._send

    def logged(sensor, connection, notification):
        if notification.uuid.endswith(tuple(PAYLOADS)):
            number, tick = int(sensor.address[-2:], 16), notification.value[:4]
            now_ns = time.perf_counter_ns()
            # One system call, so that a kill cannot tear an entry; the kernel keeps it.
            os.write(log, ENTRY.pack(number, now_ns, *struct.unpack("<I", tick)))
        send(sensor, connection, notification)

    VirtualPeripheral._send = logged


def sent(path):
    """What the sensors of a log sent, by their number: times in ns and ticks."""
    found = {}
    for number, at_ns, tick in ENTRY.iter_unpack(Path(path).read_bytes()):
        found.setdefault(number, []).append((at_ns, tick))
    return found


if __name__ == "__main__":
    keep_log(sys.argv[1])
    from imu_hip.cli.main import run

    sys.argv = ["imu-hip", *sys.argv[2:]]
    run()
