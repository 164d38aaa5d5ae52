"""`imu-hip serve` in a process of its own, with folders of its own."""

import os
import queue
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

COMMAND = Path(sys.executable).with_name("imu-hip")
STARTS_WITHIN_S = 40.0


class ServedPage:
    """A running server; `address` is where its page is.

    Everything that a test writes stays in `folder`: the history, recordings, and what the program
    remembers.
    """

    def __init__(self, folder, *arguments, **environment):
        self.folder = folder
        self.history = f"sqlite:///{folder / 'history.db'}"
        self.lines = []
        own = {
            "IMU_HIP_DATA": str(folder / "data"),
            "IMU_HIP_CONFIG": str(folder / "config"),
            "IMU_HIP_DB": self.history,
        }
        self.process = subprocess.Popen(
            [COMMAND, "serve", *map(str, arguments)],
            cwd=folder,
            env={**os.environ, **own, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._said = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self._said.put(line.strip())
        self._said.put(None)

    def line_with(self, words):
        """The next line that holds some words; fails where the program ends before it."""
        while (line := self._said.get(timeout=STARTS_WITHIN_S)) is not None:
            self.lines.append(line)
            if words in line:
                return line
        raise AssertionError("\n".join(self.lines))

    def wait_for_address(self):
        self.address = re.search(r"http://127\.0\.0\.1:\d+", self.line_with("The page is at"))[0]
        return self.address

    def interrupt(self):
        """Ctrl-C; the status and everything that was said."""
        self.process.send_signal(signal.SIGINT)
        return self.end()

    def kill(self):
        self.process.kill()
        return self.end()

    def end(self):
        status = self.process.wait(timeout=30)
        while (line := self._said.get(timeout=5)) is not None:
            self.lines.append(line)
        self.process.stdout.close()
        return status, "\n".join(self.lines)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.end()
