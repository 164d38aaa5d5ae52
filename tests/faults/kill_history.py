"""A program that writes into a history, killed; another one must find all that was said kept."""

import json
import subprocess
import sys
import time
import zipfile
from pathlib import Path

from imu_hip.errors import ImuHipError
from imu_hip.history.address import address_of
from imu_hip.history.database import Database
from imu_hip.history.store import open_history
from tests.faults import kill_writer
from tests.faults.kill_toll import Toll, environment_in


class HistoryVictim:
    """A history that is written into; each time another way of seeing it is killed.

    Parameters
    ----------
    address
        A database without tables; else a file in the folder.
    """

    def __init__(self, folder: Path, address: str | None = None) -> None:
        self.folder = folder
        self.address = address or str(folder / "history.sqlite")
        self.deleted = set()

    def kill(self, rng):
        seed = int(rng.integers(2**31))
        writer = subprocess.Popen(
            [sys.executable, kill_writer.__file__, self.address, self.folder, str(seed)],
            env=environment_in(self.folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        # A quarter dies while the history is opened, and the first time while it is made.
        said = [] if rng.random() < 0.25 else [writer.stdout.readline()]
        time.sleep(rng.uniform(0.0, 1.0))
        writer.kill()
        out, err = writer.communicate()
        whole = (*said, *(line for line in out.splitlines(True) if line.endswith("\n")))
        if err:
            return Toll(restarted=False, told=err)
        try:
            return self._looked_after([json.loads(line) for line in whole if line])
        except ImuHipError as error:
            return Toll(restarted=False, told=str(error))

    def _looked_after(self, said):
        with open_history(self.address) as history:
            lost = [fault for kept in said if (fault := self._fault(history, kept, said))]
            # A session is finished with its results or not at all.
            for each in history.sessions():
                if bool(history.results(each.id)) != (each.ended_utc is not None):
                    lost.append(f"session {each.id} is half finished")
                # What a resumed session is told is what is kept.
                if each.progress and int(each.progress) != len(history.repetitions(each.id)):
                    lost.append(f"session {each.id} does not know its repetitions")
            history.add_person("somebody who comes later")
        if "://" not in self.address:
            database = Database(address_of(self.address))
            with database.reading() as connection:
                if connection.exec_driver_sql("PRAGMA integrity_check").scalar() != "ok":
                    lost.append("the file is damaged")
            database.close()
        return Toll(len(lost), told="; ".join(lost))

    def _fault(self, history, kept, said):
        """What is missing of one thing that was said to be kept; nothing where nothing is."""
        if "deleted" in kept:
            self.deleted.add(kept["deleted"])
            aliases = {person.alias for person in history.people()}
            return "a deleted person is back" if kept["deleted"] in aliases else ""
        if "backup" in kept:
            with open_history(kept["backup"]) as backup:
                return "" if backup.people() else f"{kept} is empty"
        if "export" in kept:
            with zipfile.ZipFile(kept["export"]) as archive:
                return archive.testzip() or ""
        if "session" not in kept:
            return ""
        return self._session_fault(history, kept, said)

    def _session_fault(self, history, kept, said):
        number = kept["session"]
        there = {
            "repetitions": len(history.repetitions(number)),
            "bouts": len(history.session_bouts(number)),
            "results": len(history.results(number)),
        }
        missing = [name for name in there if there[name] < kept.get(name, 0)]
        known = number in {each.id for each in history.sessions()}
        if known and not missing:
            return ""
        # Persons are deleted together with their sessions; the last step may not have been said.
        after = [one for one in said if one.get("session", 0) > number or "export" in one]
        return "" if not known and after else f"{kept} is gone, there is {there}"
