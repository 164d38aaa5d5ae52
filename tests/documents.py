"""What the project's documents hold: blocks of code, tables, links, and words set as code."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCUMENTS = (
    ROOT / "README.md",
    ROOT / "recordings" / "README.md",
    *sorted(ROOT.glob("firmware_notes/*.md")),
)
README = (ROOT / "README.md").read_text(encoding="utf-8")

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One fenced block of a document."""

    document: str
    language: str
    text: str

    @property
    def first_line(self):
        return self.text.splitlines()[0]

    @property
    def name(self):
        """By which a rule knows it: it changes where the block becomes another one."""
        return f"{self.document}: {self.language}: {self.first_line}"


def blocks():
    """Every fenced block of every document."""
    return [
        Block(path.relative_to(ROOT).as_posix(), *found)
        for path in DOCUMENTS
        for found in _BLOCK.findall(path.read_text(encoding="utf-8"))
    ]


def prose(text):
    """A document without its blocks."""
    return _BLOCK.sub("", text)


def set_as_code(text):
    """Words in backticks, outside of blocks."""
    return re.findall(r"`([^`]+)`", prose(text))


def section(heading, text=README):
    """What stands under a heading, up to the next one of its rank."""
    found = re.search(rf"^(#+) {re.escape(heading)}$", text, re.MULTILINE)
    assert found, f"there is no heading '{heading}'"
    rest = text[found.end() :]
    end = re.search(rf"^#{{1,{len(found[1])}}} ", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


def tables(text):
    """Tables as lists of rows of cells, without their heads."""
    found, rows = [], []
    for line in [*text.splitlines(), ""]:
        if line.startswith("|"):
            # A bar in words that are set as code is written with a backslash.
            rows.append([c.strip() for c in re.split(r"(?<!\\)\|", line.strip("|"))])
        elif rows:
            found.append(rows[2:])
            rows = []
    return found


def links(text):
    """Targets of links and pictures."""
    return re.findall(r"\]\(([^)\s]+)\)", prose(text))


def anchor(heading):
    """The address of a heading within its page, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
