"""A hot partition in; why it is hot and what helps, in a sentence or two, out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kafka_sizing._checks import ROUNDING
from kafka_sizing.partitions.lines import Line
from kafka_sizing.partitions.placement import MOST_PLACED, PartitionLoads
from kafka_sizing.partitions.separation import least_partitions
from kafka_sizing.units import format_load, format_share

if TYPE_CHECKING:
    from kafka_sizing.partitions.hotspots import HotPartition

LabelOf = Callable[[str | bytes], str]


def explain(hot: HotPartition, label_of: LabelOf) -> str:
    """Say why a partition is hot and what helps, with keys named by ``label_of``."""
    margin = f" ± {format_share(hot.margin * hot.share / hot.load)}" if hot.margin else ""
    carries = (
        f"Partition {hot.partition} carries {format_share(hot.share)}{margin} of the load, "
        f"{hot.imbalance_ratio:.2f} × the even share"
    )
    match hot.cause:
        case "one key":
            key = hot.keys[0]
            return (
                f"{carries}: key {label_of(key.key)} alone writes {format_share(key.share)}, "
                f"above the line of {format_share(hot.line_share)}, "
                "so more partitions cannot help."
            )
        case "null keys":
            return (
                f"{carries}: records without a key all land there, so more partitions cannot help."
            )
        case "noise":
            return (
                f"{carries}, but a sample of this size cannot tell that from the line of "
                f"{format_share(hot.line_share)}: count more records."
            )
        case "unknown":
            return f"{carries}; which keys make it is not known."
        case "too few partitions":
            return (
                f"{carries}, and even the even share is above the line of "
                f"{format_share(hot.line_share)}: {_enough_partitions(hot)}."
            )
    named = ", ".join(f"{label_of(key.key)} {format_share(key.share)}" for key in hot.keys)
    others = f" and {hot.keys_left_out:,} more" if hot.keys_left_out else ""
    keys = "key" if len(hot.keys) == 1 and not others else "keys"
    them = "them"
    if not others and sum(key.load for key in hot.keys) < hot.line.load * (1 - ROUNDING):
        rest = "lighter keys" if hot.light_load else "records without a key"
        others, them = f" and {rest}", f"the {keys}"
    return (
        f"{carries}: {keys} {named}{others} share it, none alone above the line of "
        f"{format_share(hot.line_share)}: {_separating_partitions(hot, them)}."
    )


def undecided(loads: PartitionLoads, line: Line) -> str:
    """Say that the loads of a sketch leave open whether a partition is hot, and what tells."""
    n, unit = loads.partitions, loads.unit
    return (
        f"Not known at {n:,} partitions: the hottest, {loads.hottest}, carries "
        f"{format_load(float(loads.loads.max()), unit)} ± {format_load(loads.margin, unit)}, and "
        f"the line is {format_load(line.load, unit)}; count the keys with {n:,} among counts."
    )


def _separating_partitions(hot: HotPartition, them: str) -> str:
    if hot.separating_partitions is not None:
        return f"{hot.separating_partitions:,} is the first count that brings {them} below it"
    if hot.searched_to <= hot.partitions:
        return "no larger count was tried"
    return f"no larger count up to {hot.searched_to:,} brings {them} below it"


def _enough_partitions(hot: HotPartition) -> str:
    least = least_partitions(hot.load / hot.share, hot.line)
    if least > MOST_PLACED:
        return f"not even {MOST_PLACED:,} partitions are enough"
    needed = f"at least {least:,} partitions are needed"
    if hot.separating_partitions is not None:
        return f"{needed}, and {hot.separating_partitions:,} is the first count with none above it"
    if hot.searched_to < least:
        return needed
    return f"{needed}, and every larger count up to {hot.searched_to:,} leaves one above it"
