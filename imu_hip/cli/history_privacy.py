"""`imu-hip history privacy`: where personal data are, on this computer and elsewhere."""

from collections import Counter
from pathlib import Path

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from imu_hip.bluetooth.on_sensor_session import data_folder
from imu_hip.cli.outputs import say_whole
from imu_hip.history.address import address_of, words_of
from imu_hip.history.personal_data import PERSONAL, PLACES, Place, place_of


def show(db: str | None) -> None:
    """Print all places, how many files there are now, and what the history holds."""
    folder = data_folder()
    found, strangers = _sorted_out(folder)
    console = Console()
    say_whole(console, f"The history is {words_of(address_of(db))}")
    say_whole(console, f"The data folder is {folder}")
    places = _table("where", "what it tells", "files now", "in an export", "deleted")
    for place in PLACES:
        places.add_row(
            place.name,
            place.tells,
            str(found[place]) if place.patterns else "-",
            "yes" if place.exported else "no",
            escape(place.deleted),
        )
    console.print(places)
    columns = _table("table", "what it holds of a person")
    for name, told in PERSONAL.items():
        columns.add_row(name.replace("_", " "), "; ".join(told.values()))
    console.print(columns)
    for path in strangers:
        say_whole(console, f"Note: {path} was not written by imu_hip, so it is left alone.")


def _sorted_out(folder: Path) -> tuple[Counter[Place], list[Path]]:
    """How many files each place has, and the files that belong to none."""
    found: Counter[Place] = Counter()
    strangers: list[Path] = []
    # A folder that is not there holds nothing.
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        place = place_of(path, folder)
        if place is None:
            strangers.append(path)
        else:
            found[place] += 1
    return found, strangers


def _table(*headings: str) -> Table:
    table = Table(box=SIMPLE, pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table
