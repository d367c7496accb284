"""Bounds on a partition count, as people state them, in; named limits out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, SupportsIndex, get_args

from kafka_sizing._checks import MOST_PARTITIONS, check_choice, check_count

Bound = Literal["at least", "at most"]
Kind = Literal["exact", "measured", "vendor", "rule"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One bound on the number of partitions, why it holds and who says so.

    Parameters
    ----------
    name : str
        What limits: "producer", the name of a consumer group, a quota.
    partitions : int or None
        The bound. >= 1; None if no count, however large, is enough
    bound : {"at least", "at most"}
        On which side of ``partitions`` the count must stay.
    kind : {"exact", "measured", "vendor", "rule"}, default "rule"
        What the bound rests on.
    reason : str, default ""
        The arithmetic, as a clause.
    source : str, default ""
        Where the rule or the number comes from.

    Raises
    ------
    ValueError
        If the count, the bound or the kind is none of the above, or the name is empty.

    Examples
    --------
    >>> from kafka_sizing.partitions.limits import Limit
    >>> Limit(name="cluster quota", partitions=2400, bound="at most", kind="vendor").partitions
    2400
    """

    name: str
    partitions: int | None
    bound: Bound
    kind: Kind = "rule"
    reason: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        check_name("name", self.name)
        check_choice("bound", self.bound, get_args(Bound))
        check_choice("kind", self.kind, get_args(Kind))
        if self.bound == "at most":
            if self.partitions is None:
                raise ValueError(
                    "partitions must be a whole number if bound is 'at most', got None"
                )
            object.__setattr__(self, "partitions", check_count("partitions", self.partitions))
        elif self.partitions is not None and (
            type(self.partitions) is not int or self.partitions < 1
        ):
            raise ValueError(f"partitions must be a whole number >= 1, got {self.partitions!r}")


def as_upper_limits(limits: Mapping[str, int] | Iterable[Limit]) -> tuple[Limit, ...]:
    """Take upper limits as name → count, or as `Limit` objects; give the latter."""
    given: Any = limits
    if isinstance(given, Mapping):
        return tuple(_given(name, most) for name, most in given.items())
    upper = tuple(given) if isinstance(given, Iterable) else (given,)
    for limit in upper:
        if not isinstance(limit, Limit):
            raise TypeError(f"upper_limits must be name → count or Limit objects, got {limit!r}")
        if limit.bound != "at most":
            raise ValueError(f"upper_limits must have the bound 'at most', got {limit!r}")
    return upper


@dataclass(frozen=True, slots=True, kw_only=True)
class Multiple:
    """A step that a count is rounded up to, and the words for it."""

    step: int
    words: str

    def above(self, partitions: int) -> Limit | None:
        """Round ``partitions`` up to a multiple of the step; None if every count is one."""
        if self.step == 1:
            return None
        rounded = -(-partitions // self.step) * self.step
        return Limit(
            name=f"multiple of {self.words}",
            partitions=rounded,
            bound="at least",
            reason=f"{partitions:,} rounded up to a multiple of {self.words} is {rounded:,}",
            source="level numbers of leaders per broker and partitions per member",
        )


def as_multiple(
    multiple_of: SupportsIndex | Iterable[SupportsIndex] | Mapping[str, int],
) -> Multiple:
    """Take one number, several, or several by name; give their least common multiple."""
    given: Any = multiple_of
    if isinstance(given, Mapping):
        named = [
            (check_count(f"multiple_of[{name!r}]", step), f" {name}")
            for name, step in given.items()
        ]
    elif isinstance(given, Iterable) and not isinstance(given, str):
        named = [(check_count("multiple_of", step), "") for step in given]
    else:
        named = [(check_count("multiple_of", given), "")]
    words = " and ".join(f"{step:,}{name}" for step, name in named)
    return Multiple(step=math.lcm(*(step for step, _ in named)), words=words)


def check_name(name: str, value: object) -> None:
    """Refuse anything but a text with something in it."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, got {value!r}")
    if not value.strip():
        raise ValueError(f"{name} must not be empty, got {value!r}")


def _given(name: str, most: int) -> Limit:
    count = check_count(f"upper_limits[{name!r}]", most)
    return Limit(
        name=name, partitions=count, bound="at most", reason=f"at most {count:,}", source="given"
    )


KAFKA: Final = Limit(
    name="Kafka protocol",
    partitions=MOST_PARTITIONS,
    bound="at most",
    kind="exact",
    reason="a partition number is a signed 32-bit integer",
    source="Kafka protocol: INT32 partition index",
)
