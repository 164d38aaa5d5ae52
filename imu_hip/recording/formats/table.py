"""Tables of numbers in text files: fast to read, exact about the cell that is wrong."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from imu_hip.errors import RecordingError
from imu_hip.kinematics.quaternion import FloatArray, IntArray
from imu_hip.recording.formats.files import decode

LONGEST_LINE = 100_000
"""Characters of a line beyond which it is no row of numbers."""

LARGEST_NUMBER = 1e20
"""Nanoseconds since 1970 stay below; what is above would overflow when it is squared or scaled."""

EMPTY_CELLS = ("", "nan", "NaN", "NAN", "NA", "null", "NULL")


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table in a text file.

    Parameters
    ----------
    name
        Of the file, for messages.
    data
        The whole file.
    header
        Column names, in order; names may repeat.
    first_line
        Number of lines before the first line of numbers.
    separator, decimal_point
        One character each.
    """

    name: str
    data: bytes
    header: tuple[str, ...]
    first_line: int
    separator: str = ","
    decimal_point: str = "."

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Line numbers, from 1, and cells of the rows that are not empty."""
        lines = decode(self.data).splitlines()[self.first_line :]
        reader = csv.reader(lines, delimiter=self.separator)
        # An unclosed quotation mark may run beyond what the csv module accepts.
        with suppress(csv.Error):
            for cells in reader:
                if cells:
                    yield self.first_line + reader.line_num, cells

    def line_of(self, row: int) -> int:
        """Line number of a row, counted from 0 as `read` counts."""
        return next((line for i, (line, _) in enumerate(self.rows()) if i == row), 0)

    def read(self, numbers: Sequence[int], words: int | None = None) -> "Numbers":
        """Read the columns at the positions `numbers`, and the words of one more column.

        Raises
        ------
        RecordingError
            Naming the line and column of the first cell that is not a number.
        """
        # pyarrow takes 0.1 s to import, which a command that reads no table must not pay.
        import pyarrow as pa  # noqa: PLC0415
        from pyarrow import csv as arrow_csv  # noqa: PLC0415

        types = {str(i): pa.float64() for i in numbers}
        if words is not None:
            types[str(words)] = pa.dictionary(pa.int32(), pa.string())
        try:
            table = arrow_csv.read_csv(
                pa.BufferReader(self.data),
                arrow_csv.ReadOptions(
                    skip_rows=self.first_line, column_names=[str(i) for i in range(self.width)]
                ),
                arrow_csv.ParseOptions(delimiter=self.separator),
                arrow_csv.ConvertOptions(
                    column_types=types,
                    include_columns=list(types),
                    null_values=list(EMPTY_CELLS),
                    strings_can_be_null=True,
                    decimal_point=self.decimal_point,
                ),
            )
        except pa.ArrowInvalid as error:
            raise self._first_fault(numbers, str(error)) from None
        if b'"' in self.data and table.num_rows < self._filled_lines():
            raise self._first_fault(numbers, "some lines could not be read")
        values = np.empty((table.num_rows, len(numbers)))
        for j, i in enumerate(numbers):
            values[:, j] = table.column(str(i)).to_numpy()
        index = {i: j for j, i in enumerate(numbers)}
        block = Numbers(self, index, values, np.arange(table.num_rows))
        if words is None:
            return block
        column = table.column(str(words)).unify_dictionaries().combine_chunks()
        codes = column.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.intp)
        return Numbers(self, index, values, block.rows, codes, tuple(column.dictionary.to_pylist()))

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.header)

    def _first_fault(self, numbers: Sequence[int], reason: str) -> RecordingError:
        no_row = self._no_row()
        if no_row is not None:
            return no_row
        last = decode(self.data).count("\n") + 1
        for line, cells in self.rows():
            if len(cells) != self.width:
                end = "; the file ends there" if line == last else ""
                return self.fault(
                    f"line {line} has {len(cells)} columns where the header has {self.width}{end}"
                )
            for i in numbers:
                if not self._is_number(cells[i].strip()):
                    return self.fault(
                        f"line {line}, column {self.header[i]}: '{cells[i]}' is not a number"
                    )
        return self.fault(reason.splitlines()[0])

    def _no_row(self) -> RecordingError | None:
        """An error where the text cannot be cut into rows at all."""
        lines = decode(self.data).splitlines()[self.first_line :]
        if not lines:
            return RecordingError(f"{self.name} has no samples.", "Export the recording again.")
        for line, text in enumerate(lines, start=self.first_line + 1):
            if text.count('"') % 2:
                return self.fault(
                    f"line {line} has a quotation mark without its partner, so its columns cannot "
                    "be told"
                )
            if len(text) > LONGEST_LINE:
                return self.fault(f"line {line} has {len(text)} characters, which is no row")
        return None

    def _filled_lines(self) -> int:
        return sum(1 for line in self.data.splitlines()[self.first_line :] if line)

    def _is_number(self, cell: str) -> bool:
        if cell in EMPTY_CELLS:
            return True
        try:
            float(cell.replace(self.decimal_point, "."))
        except ValueError:
            return False
        return True

    def fault(self, what: str) -> RecordingError:
        """An error about a place in this file."""
        return RecordingError(f"{self.name}: {what}.", "Correct or remove this line and try again.")


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """Columns of a table as numbers.

    Parameters
    ----------
    table
        Where they come from.
    index
        For each position in the table the column of `values`.
    values
        Shape (n, k); empty cells are NaN.
    rows
        Row of the table that each row of `values` comes from, shape (n,).
    codes, words
        Where a column of words was read: for each row its place in `words`, -1 where empty.
    """

    table: TextTable
    index: Mapping[int, int]
    values: FloatArray
    rows: IntArray
    codes: IntArray | None = None
    words: tuple[str, ...] = ()

    def take(self, keep: IntArray) -> "Numbers":
        """Only some of the rows; a run of neighbours is not copied."""
        if len(keep) and keep[-1] - keep[0] + 1 == len(keep):
            chosen = slice(int(keep[0]), int(keep[-1]) + 1)
            return Numbers(self.table, self.index, self.values[chosen], self.rows[chosen])
        return Numbers(self.table, self.index, self.values[keep], self.rows[keep])

    def column(self, position: int) -> FloatArray:
        """One column in which every cell must be filled, shape (n,)."""
        filled = self.group((position,))
        if filled is None:
            raise self.table.fault(f"column {self.table.header[position]} is empty")
        return filled[:, 0]

    def group(self, positions: Sequence[int]) -> FloatArray | None:
        """Columns that belong together, shape (n, len(positions)); None where all are empty.

        Raises
        ------
        RecordingError
            Naming the line and column of the first cell that is empty, infinite or far too large.
        """
        block = np.ascontiguousarray(self.values[:, [self.index[i] for i in positions]])
        usable = np.abs(block) <= LARGEST_NUMBER
        if usable.all():
            return block
        if np.isnan(block).all():
            return None
        row, column = np.argwhere(~usable)[0]
        line = self.table.line_of(int(self.rows[row]))
        name = self.table.header[positions[int(column)]]
        cell = block[row, column]
        state = (
            "is empty" if np.isnan(cell) else "is infinite" if np.isinf(cell) else "is too large"
        )
        raise self.table.fault(f"line {line}, column {name} {state}")
