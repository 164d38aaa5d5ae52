"""Golden packets: tables in the firmware notes that tests hold the code to.

A table stands under a heading of its own and has the columns `name | hex | meaning`. The meaning
is `key=value, key=value`; a vector's components are separated by spaces: `gyr_dps=0 0 90`.
Backticks are for the reader and are taken off.
"""

from pathlib import Path

NOTES = Path(__file__).parents[1] / "firmware_notes"


def golden_rows(note_name, heading):
    """Rows of the golden table under a heading of a note, in order.

    Parameters
    ----------
    note_name
        File in `firmware_notes/`, with or without `.md`.
    heading
        Text of the heading, without the `#`.

    Returns
    -------
    list of dict
        `name` (str), `packet` (bytes) and `meaning` (dict of str to str).
    """
    path = NOTES / f"{note_name.removesuffix('.md')}.md"
    section = _section(path.read_text("utf-8").splitlines(), heading)
    rows = [_row(line) for line in section if _is_data(line)]
    if not rows:
        raise ValueError(f"{path.name} has no golden packets under '{heading}'")
    return rows


def numbers(text):
    """The components of a value such as `0 0 -9.81`."""
    return tuple(float(part) for part in text.split())


def _section(lines, heading):
    starts = [i for i, line in enumerate(lines) if line.lstrip("#").strip() == heading]
    if len(starts) != 1 or not lines[starts[0]].startswith("#"):
        raise ValueError(f"there is not exactly one heading '{heading}'")
    section = []
    for line in lines[starts[0] + 1 :]:
        if line.startswith("#"):
            break
        section.append(line)
    return section


def _is_data(line):
    cells = _cells(line)
    return len(cells) == 3 and cells[0] != "name" and not set(cells[0]) <= set("-: ")


def _cells(line):
    return [cell.strip().replace("`", "") for cell in line.strip().strip("|").split("|")]


def _row(line):
    name, packet, meaning = _cells(line)
    pairs = [pair.partition("=") for pair in meaning.split(",") if pair.strip()]
    return {
        "name": name,
        "packet": bytes.fromhex(packet),
        "meaning": {key.strip(): value.strip() for key, _, value in pairs},
    }
