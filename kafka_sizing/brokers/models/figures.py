"""What a model computed in; a table of it out."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from kafka_sizing._checks import check_non_negative
from kafka_sizing.brokers.models.constants import ModelConstants

if TYPE_CHECKING:
    import pandas as pd
    from _typeshed import DataclassInstance


def check_finite(result: DataclassInstance) -> None:
    """Refuse a result in which a number outgrew a float."""
    for field in fields(result):
        value = getattr(result, field.name)
        if isinstance(value, float):
            check_non_negative(field.name, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFigures:
    """Numbers by someone else's model, and whose it is."""

    constants: ModelConstants

    def __post_init__(self) -> None:
        check_finite(self)

    def to_frame(self) -> pd.DataFrame:
        """One row per number: quantity with its unit, amount, model, kind, source."""
        import pandas as pd

        values = {field.name: getattr(self, field.name) for field in fields(self)}
        numbers = {name: value for name, value in values.items() if isinstance(value, int | float)}
        return pd.DataFrame(
            {
                "quantity": list(numbers),
                "amount": [float(value) for value in numbers.values()],
                "model": self.constants.name,
                "kind": self.constants.kind,
                "source": self.constants.source,
            }
        )
