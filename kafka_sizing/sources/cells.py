"""A table of text whose rows know their lines in; numbers, or an error that says where, out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

_ABSENT: Final = ("", "-", "nan", "null", "none", "na", "<na>")
_WHOLE: Final = r"[+-]?\d{1,19}"
_FLOAT: Final = r"[+-]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?"
_BEYOND: Final = 2**63


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of text; the index holds the number of each line in the file."""

    path: str
    frame: pd.DataFrame
    columns: dict[str, str]  #: what the file calls each column

    def where(self, kept: Any) -> Table:
        """Keep some rows."""
        return Table(path=self.path, frame=self.frame[kept], columns=self.columns)

    def constant(self, value: object) -> pd.Series[Any]:
        """Make a column that holds one value."""
        import pandas as pd

        return pd.Series([value] * len(self.frame), index=self.frame.index)

    def error(self, column: str, wrong: Any, rule: str) -> ValueError:
        """Say in which line and column the first wrong cell is."""
        at = int(np.flatnonzero(np.asarray(wrong))[0])
        text = str(self.frame[column].iloc[at])
        shown = text if len(text) <= 60 else text[:57] + "..."
        return ValueError(
            f"{self.path}, line {self.frame.index[at]}, column "
            f"{self.columns.get(column, column)}: must be {rule}, got {shown!r}"
        )


def missing_numbers(column: pd.Series[Any]) -> pd.Series[Any]:
    """Say which cells hold nothing: empty, ``-``, or a word for it."""
    return column.str.strip().str.lower().isin(_ABSENT)


def whole_numbers(table: Table, column: str, *, absent: int | None = None) -> NDArray[np.int64]:
    """Read a column of whole numbers; ``1.5e+06`` is one. A missing one is ``absent``."""
    texts = table.frame[column].str.strip()
    missing = missing_numbers(texts).to_numpy()
    whole = texts.str.fullmatch(_WHOLE).to_numpy(np.bool_)
    numbers = np.full(len(texts), -1 if absent is None else absent, dtype=np.int64)
    decimal = ~whole & ~missing
    good = whole | decimal
    if decimal.any():
        good = whole | texts.str.fullmatch(_FLOAT).to_numpy(np.bool_)
        values = np.array([float(text) for text in texts[decimal & good]], dtype=np.float64)
        fits = (values == np.floor(values)) & (np.abs(values) < _BEYOND)
        numbers[np.flatnonzero(decimal & good)[fits]] = values[fits].astype(np.int64)
        good[np.flatnonzero(decimal & good)[~fits]] = False
    exact = [int(text) for text in texts[whole]]
    good[np.flatnonzero(whole)] = [-_BEYOND <= number < _BEYOND for number in exact]
    numbers[whole] = [number if -_BEYOND <= number < _BEYOND else 0 for number in exact]
    good &= numbers >= -1
    wrong = ~good & ~missing if absent is not None else ~good
    if wrong.any():
        raise table.error(column, wrong, "a whole number >= 0 and below 2**63")
    return numbers
