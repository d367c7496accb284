"""The name of a model in; the constants its author chose, with source and date, out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from kafka_sizing._checks import check_choice
from kafka_sizing._tables import read_table
from kafka_sizing.partitions.limits import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelConstants:
    """What a model takes for given."""

    model: str  #: the name of its module
    name: str
    kind: Kind
    source: str
    date: str  #: year of publication, or the day it was read
    values: Mapping[str, float]

    def __reduce__(self) -> tuple[Callable[[str], ModelConstants], tuple[str]]:
        """Let it be pickled and copied, which a read-only mapping alone cannot be."""
        return model_constants, (self.model,)

    def __repr__(self) -> str:
        return f"ModelConstants(name={self.name!r}, kind={self.kind!r}, date={self.date!r})"

    def __getitem__(self, constant: str) -> float:
        return self.values[constant]

    def given(self, constant: str, value: float | None) -> float:
        """Take the number given, or the author's where it is None."""
        return self[constant] if value is None else float(value)

    def count(self, constant: str) -> int:
        """Give a constant that is a whole number."""
        return int(self.values[constant])


def model_constants(model: str) -> ModelConstants:
    """Look up the constants of a model.

    Parameters
    ----------
    model : str
        The name of its module, such as "msk_standard" or "netflix".

    Returns
    -------
    ModelConstants
        Its constants, and who published them when.

    Raises
    ------
    ValueError
        If no model has that name.

    Examples
    --------
    >>> from kafka_sizing.brokers.models.constants import model_constants
    >>> model_constants("google")["vcpu_mib_per_s"]
    20.0
    """
    check_choice("model", model, _models())
    return _models()[model]


@cache
def _models() -> Mapping[str, ModelConstants]:
    return MappingProxyType(
        {
            model: ModelConstants(
                model=model,
                name=row.pop("name"),
                kind=row.pop("kind"),
                source=row.pop("source"),
                date=row.pop("date"),
                values=MappingProxyType({name: float(value) for name, value in row.items()}),
            )
            for model, row in read_table("kafka_sizing.brokers.models", "models").items()
        }
    )
