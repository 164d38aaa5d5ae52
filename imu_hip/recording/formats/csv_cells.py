"""Words in the cells of a CSV, so that a spreadsheet shows them and does not run them."""

from typing import Final

_BEGIN_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What spreadsheets take for the beginning of a formula, in wide characters, too.

Source: OWASP, "CSV Injection".
"""


def shown_cell(value: object) -> object:
    """A cell as a spreadsheet shows it: words that would be a formula get an apostrophe in front.

    Numbers stay numbers, so that -3.5 is not changed. Whoever needs the words exactly finds them
    in the JSON beside the table.
    """
    if isinstance(value, str) and value.startswith(_BEGIN_A_FORMULA):
        return f"'{value}"
    return value
