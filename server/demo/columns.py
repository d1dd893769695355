"""Aligned columns for a terminal, where a Chinese character is as wide as two others."""

import unicodedata
from collections.abc import Sequence


def width(text: str) -> int:
    """Columns that the text takes."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def table(rows: Sequence[Sequence[object]], *, numbers_from: int = 1) -> list[str]:
    """Lines of equal columns; from column `numbers_from` on, numbers stand on the right."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(width(row[n]) for row in cells) for n in range(len(cells[0]))]
    return ["  " + "  ".join(_cell(row, n, widths[n], numbers_from) for n in range(len(row))).rstrip() for row in cells]


def _cell(row: Sequence[str], number: int, wide: int, numbers_from: int) -> str:
    blanks = " " * (wide - width(row[number]))
    return blanks + row[number] if number >= numbers_from and row[number].isdigit() else row[number] + blanks
