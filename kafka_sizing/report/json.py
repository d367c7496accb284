"""Results in; JSON objects whose fields stay what they are, out. `docs/json.md` lists them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from kafka_sizing._checks import check_count
from kafka_sizing.fixes import Comparison, Outcome
from kafka_sizing.keys.columns import KeyColumn, text_of
from kafka_sizing.keys.loads import KeyLoads
from kafka_sizing.keys.partitioners import Partitioner
from kafka_sizing.keys.sketch import KeySketch
from kafka_sizing.partitions.hotspots import HotPartition, HotReport
from kafka_sizing.partitions.limits import Limit
from kafka_sizing.partitions.lines import Line
from kafka_sizing.partitions.placement import PartitionLoads
from kafka_sizing.partitions.sizing import PartitionPlan
from kafka_sizing.report.json_object import json_object
from kafka_sizing.report.names import Names
from kafka_sizing.report.redact import Redactor, redactor_of

DEFAULT_TOP: Final = 20


def keys_json(
    hot: HotReport,
    comparison: Comparison,
    *,
    top: int = DEFAULT_TOP,
    redact: bool | bytes | Redactor = False,
    inputs: Mapping[str, Any] | None = None,
) -> str:
    """Write a hot report and a comparison of fixes as one JSON object.

    Parameters
    ----------
    hot : HotReport
        The hot partitions, from `find_hot` of loads that `place` gave.
    comparison : Comparison
        The fixes, from `compare_fixes`.
    top : int, default 20
        How many of the heaviest keys to list. >= 1
    redact : bool, bytes or Redactor, default False
        Replace every key by a short keyed hash.
    inputs : mapping of str to anything JSON can hold, optional
        What the results rest on, such as the files that were read.

    Returns
    -------
    str
        The object, in ASCII, ending in a line break.

    Raises
    ------
    ValueError
        If ``top`` is below 1, or the loads come without keys.

    Examples
    --------
    >>> import json
    >>> from kafka_sizing import KeyLoads, compare_fixes, find_hot, place
    >>> from kafka_sizing.report.json import keys_json
    >>> keys = KeyLoads(["UA", "B6", "EV", "DL"], [60, 20, 15, 5])
    >>> told = json.loads(keys_json(find_hot(place(keys, 4)), compare_fixes(keys, 4, [])))
    >>> told["fits"], told["hot_partitions"][0]["partition"], told["keys"][0]["key"]
    (False, 2, 'UA')
    """
    names = Names(redactor_of(redact))
    loads = hot.loads
    if loads.keys is None:
        raise ValueError("hot must rest on loads with keys, as place gives them, got none")
    hot_numbers = {partition.partition for partition in hot.hot}
    return json_object(
        "keys",
        {
            "inputs": dict(inputs or {}),
            "fits": hot.fits,
            "verdict": hot.explain(names.quoted),
            "topic": _topic(loads, loads.keys),
            "lines": [_line(line) for line in hot.lines],
            "partitions": [
                {"partition": at, "load": load, "share": share, "hot": at in hot_numbers}
                for at, (load, share) in enumerate(
                    zip(loads.loads.tolist(), loads.shares.tolist(), strict=True)
                )
            ],
            "hot_partitions": [_hot_partition(partition, names) for partition in hot.hot],
            "first_fitting_partitions": hot.first_fitting,
            "searched_to_partitions": hot.searched_to,
            "keys": _top_keys(loads, loads.keys, check_count("top", top), names),
            "fixes": [
                _fix(outcome, comparison, at) for at, outcome in enumerate(comparison.outcomes)
            ],
            "best": {
                "fix": comparison.best.name,
                "holds": comparison.fits,
                "reason": comparison.reason,
            },
            "way_out": _way_out(comparison),
        },
    )


def plan_json(plan: PartitionPlan) -> str:
    """Write a plan as one JSON object.

    Parameters
    ----------
    plan : PartitionPlan
        The plan, from `plan_partitions`.

    Returns
    -------
    str
        The object, in ASCII, ending in a line break.

    Examples
    --------
    >>> import json
    >>> from kafka_sizing import MiB, plan_partitions
    >>> from kafka_sizing.report.json import plan_json
    >>> plan = plan_partitions(250 * MiB, consumer_bytes_per_s=25 * MiB)
    >>> told = json.loads(plan_json(plan))
    >>> told["partitions"], told["binding"]
    (10, 'consumer')
    """
    return json_object(
        "partitions",
        {
            "fits": plan.feasible,
            "partitions": plan.partitions,
            "partitions_now": plan.partitions_now,
            "binding": plan.binding.name,
            "reason": plan.reason,
            "band": str(plan.band),
            "limits": [_limit(limit) for limit in plan.limits],
            "rounding": None if plan.rounding is None else _limit(plan.rounding),
            "clash": None if plan.clash is None else [limit.name for limit in plan.clash],
            "write_bytes_per_s": plan.write_bytes_per_s,
            "peak_ratio": plan.peak_ratio,
            "growth_fraction_per_year": plan.growth_fraction_per_year,
            "horizon_years": plan.horizon_years,
            "compression_ratio": plan.compression_ratio,
            "headroom_fraction": plan.headroom_fraction,
            "design_write_bytes_per_s": plan.design_write_bytes_per_s,
            "hottest_key_share": plan.hottest_key_share,
            "throughput_ceiling_bytes_per_s": plan.throughput_ceiling_bytes_per_s,
        },
    )


def placed_json(
    keys: KeyColumn, placed: Sequence[int], *, partitions: int, partitioner: Partitioner
) -> str:
    """Write where single keys go as one JSON object.

    Parameters
    ----------
    keys : KeyColumn
        The keys; none is null.
    placed : sequence of int
        The partition of each.
    partitions : int
        How many there are.
    partitioner : Partitioner
        What put the keys there.

    Returns
    -------
    str
        The object, in ASCII, ending in a line break.

    Examples
    --------
    >>> from kafka_sizing.keys import PARTITIONERS, as_key_column
    >>> from kafka_sizing.report.json import placed_json
    >>> keys = as_key_column(["21"])
    >>> '"partition": 2' in placed_json(
    ...     keys, [2], partitions=4, partitioner=PARTITIONERS["java"]
    ... )
    True
    """
    return json_object(
        "place",
        {
            "partitions": partitions,
            "partitioner": partitioner.name,
            "keys": [
                {"key": _key(text_of(key or b""), Names()), "partition": int(partition)}
                for key, partition in zip(keys, placed, strict=True)
            ],
        },
    )


def _topic(loads: PartitionLoads, keys: KeyLoads) -> dict[str, Any]:
    return {
        "partitions": loads.partitions,
        "partitioner": None if loads.partitioner is None else loads.partitioner.name,
        "unit": loads.unit,
        "total": keys.total,
        "null_load": keys.null_load,
        "sample_size": keys.sample_size,
        "distinct_keys": round(keys.distinct_keys),
        "effective_keys": keys.effective_keys,
        "even_share": loads.even_share,
        "hottest_partition": loads.hottest,
        "max_share": loads.max_share,
        "imbalance_ratio": loads.imbalance_ratio,
        "margin": loads.margin,
        "sketch": _sketch(keys) if isinstance(keys, KeySketch) else None,
    }


def _sketch(keys: KeySketch) -> dict[str, Any]:
    return {
        "heavy_keys": keys.heavy,
        "least_load": keys.least_load,
        "tail_load": keys.tail_load,
        "distinct_keys_error": keys.distinct_error,
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "name": line.name,
        "load": line.load,
        "unit": line.unit,
        "kind": line.kind,
        "reason": line.reason,
    }


def _hot_partition(partition: HotPartition, names: Names) -> dict[str, Any]:
    return {
        "partition": partition.partition,
        "load": partition.load,
        "share": partition.share,
        "imbalance_ratio": partition.imbalance_ratio,
        "line": partition.line.name,
        "cause": partition.cause,
        "separating_partitions": partition.separating_partitions,
        "searched_to_partitions": partition.searched_to,
        "keys": [
            {
                "key": _key(key.key, names),
                "load": key.load,
                "share": key.share,
                "partition_share": key.partition_share,
            }
            for key in partition.keys
        ],
        "keys_left_out": partition.keys_left_out,
        "reason": partition.explain(names.quoted),
    }


def _top_keys(
    loads: PartitionLoads, keys: KeyLoads, top: int, names: Names
) -> list[dict[str, Any]]:
    positions = keys.heaviest(top)
    placed = loads.partition_of_key
    where = [-1] * len(positions) if placed is None else placed[positions].tolist()
    errors = keys.load_errors(positions).tolist()
    return [
        {
            "key": _key(share.key, names),
            "load": share.load,
            "load_at_most": share.load + error,
            "share": share.share,
            "partition": None if partition < 0 else partition,  # None: the client spreads it
        }
        for share, partition, error in zip(keys.key_shares(positions), where, errors, strict=True)
    ]


def _fix(outcome: Outcome, comparison: Comparison, at: int) -> dict[str, Any]:
    certainty = comparison.certainties[at] if comparison.certainties else None
    return {
        "fix": outcome.name,
        "best": outcome is comparison.best,
        "fits": outcome.fits,
        "holds": comparison.holds(outcome),
        "probability": None if certainty is None else certainty.probability,
        "probability_basis": None if certainty is None else certainty.basis,
        "keeps_order": comparison.keeps_order(outcome),
        "partitions": outcome.loads.partitions,
        "peak_share": outcome.peak_share,
        "margin": outcome.loads.margin,
        "imbalance_ratio": outcome.imbalance_ratio,
        "throughput_ceiling": outcome.throughput_ceiling,
        "hot_partitions": outcome.hot_partitions,
        "ordering_scope": outcome.ordering_scope,
        "ordering_note": outcome.ordering_note,
        "read_fan_in": outcome.read_fan_in,
        "state_copies": outcome.state_copies,
        "moved_key_share": outcome.moved_key_share,
        "moved_load_share": outcome.moved_load_share,
        "producer_change": outcome.producer_change,
        "consumer_change": outcome.consumer_change,
        "notes": list(outcome.notes),
    }


def _way_out(comparison: Comparison) -> dict[str, Any] | None:
    way = comparison.way_out
    if way is None:
        return None
    return {
        "impossible": way.is_impossible,
        "hottest_key_share": way.hottest_key_share,
        "keys_above": way.keys_above,
        "line_share": way.line_share,
        "best_share": way.best_share,
        "handler_ratio": way.handler_ratio,
        "least_handler_ratio": way.least_handler_ratio,
        "least_shards": way.least_shards,
        "least_partitions": way.least_partitions,
        "fix_without_order": way.fix_without_order,
        "reason": way.reason,
    }


def _limit(limit: Limit) -> dict[str, Any]:
    return {
        "name": limit.name,
        "bound": limit.bound,
        "partitions": limit.partitions,
        "kind": limit.kind,
        "reason": limit.reason,
        "source": limit.source,
    }


def _key(key: str | bytes, names: Names) -> str | dict[str, str]:
    """Give a key as text; bytes that are no UTF-8 in hexadecimal, so that none look alike."""
    if names.redactor is not None:
        return names.redactor.label(key)
    return key if isinstance(key, str) else {"hex": key.hex()}
