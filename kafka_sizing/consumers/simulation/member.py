"""What one member can do in; the same, checked, out."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

from kafka_sizing._checks import check_non_negative, check_positive, check_share


@dataclass(frozen=True, slots=True)
class MemberCapacity:
    """How fast a member reads, what that costs in CPU, and how long it takes to start.

    Parameters
    ----------
    records_per_s : float
        What a member handles of all its partitions together. [records/s] > 0
    cpu_fraction : float, default 1.0
        Part of the CPU it asks for that a member uses at that rate. A handler that mostly
        waits for a database uses little. (0, 1]
    start_s : float, default 0.0
        From the decision to start a member until it joins the group. [s] >= 0

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> from kafka_sizing.consumers import MemberCapacity
    >>> MemberCapacity(500, cpu_fraction=0.2, start_s=40).records_per_s
    500.0
    """

    records_per_s: float
    _: KW_ONLY
    cpu_fraction: float = 1.0
    start_s: float = 0.0

    def __post_init__(self) -> None:
        check_positive("records_per_s", self.records_per_s)
        check_share("cpu_fraction", self.cpu_fraction)
        check_non_negative("start_s", self.start_s)
        for name in ("records_per_s", "cpu_fraction", "start_s"):
            object.__setattr__(self, name, float(getattr(self, name)))


def as_member(member: MemberCapacity | float) -> MemberCapacity:
    """Take a member's capacity, or just its rate."""
    if isinstance(member, MemberCapacity):
        return member
    check_positive("member", member)
    return MemberCapacity(member)
