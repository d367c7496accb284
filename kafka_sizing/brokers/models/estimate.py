"""What each resource asks for in; a count of brokers, and the resource that set it, out."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kafka_sizing.brokers.models.constants import ModelConstants
from kafka_sizing.brokers.models.figures import check_finite
from kafka_sizing.units import format_count

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerNeed:
    """How many brokers one resource asks for."""

    resource: str
    brokers: int
    reason: str  #: the arithmetic, as a clause


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class BrokerEstimate:
    """A count of brokers by someone else's model, and what every resource asked for."""

    constants: ModelConstants
    needs: tuple[BrokerNeed, ...]
    multiple: int = 1  #: the count is rounded up to a multiple of this: zones
    most_brokers: int | None = None  #: above it the model gives no answer; None: no such bound

    def __post_init__(self) -> None:
        check_finite(self)

    @property
    def binding(self) -> BrokerNeed:
        """The resource that asks for most; of a tie, the first."""
        return max(self.needs, key=lambda need: need.brokers)

    @property
    def brokers(self) -> int:
        """The count: what the binding resource asks for, rounded up to the multiple."""
        return -(-self.binding.brokers // self.multiple) * self.multiple

    @property
    def feasible(self) -> bool:
        """Whether the count is one for which the model was made."""
        return self.most_brokers is None or self.brokers <= self.most_brokers

    @property
    def reason(self) -> str:
        """Why this count, as a sentence without a full stop."""
        count = format_count(self.brokers, "broker")
        text = f"{self.constants.name}: {count}, as {self.binding.reason}"
        if self.brokers != self.binding.brokers:
            text += f", rounded up to a multiple of {self.multiple:,}"
        if not self.feasible:
            text += f"; the model stops at {self.most_brokers:,}"
        return text

    def to_frame(self) -> pd.DataFrame:
        """One row per resource: resource, brokers, binding, reason, kind, source."""
        import pandas as pd

        return pd.DataFrame(
            {
                "resource": [need.resource for need in self.needs],
                "brokers": [need.brokers for need in self.needs],
                "binding": [need is self.binding for need in self.needs],
                "reason": [need.reason for need in self.needs],
                "kind": self.constants.kind,
                "source": self.constants.source,
            }
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}(brokers={self.brokers}, binding={self.binding.resource!r})"

    def _repr_html_(self) -> str:
        table: str = self.to_frame().to_html(index=False)
        return f"<p>{html.escape(self.reason)}</p>{table}"
