"""Writes into a history without end and says after each step what is kept now, as JSON.

`python kill_writer.py ADDRESS FOLDER SEED`; what it says, it must not lose, however it is killed.
"""

import json
import random
import sys
from itertools import count
from pathlib import Path

from imu_hip.history.records import Mode, SessionState, Step
from imu_hip.history.store import open_history
from tests.histories import bout, repetition, result


def say(**kept):
    print(json.dumps(kept), flush=True)


def session(history, chance, alias):
    """One session with its repetitions, a bout and its end; every step is said once it is done."""
    person = history.add_person(alias)
    kept = history.begin_session(person, "seated", Mode.ACTIVE, simulated=True, recording="")
    say(session=kept.id)
    for number in range(1, chance.randint(1, 4)):
        history.keep_step(kept.id, Step((), (repetition(number),), (), f"{number}"))
        say(session=kept.id, repetitions=number)
    history.add_bout(kept.id, bout())
    say(session=kept.id, bouts=1)
    history.finish_session(kept.id, SessionState.FINISHED, [result(), result(side="right")])
    say(session=kept.id, results=2)


def main(address, folder, seed):
    chance = random.Random(seed)
    with open_history(address) as history:
        say(opened=True)
        for number in count(1):
            alias = f"{seed}-{number}"
            session(history, chance, alias)
            if number % 3 == 0:
                backup = Path(folder) / f"{alias}.sqlite"
                history.backup(backup)
                say(backup=str(backup))
                export = Path(folder) / f"{alias}.zip"
                history.export(history.person(alias), export)
                say(export=str(export))
                history.delete(history.person(alias), recordings=False)
                say(deleted=alias)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
