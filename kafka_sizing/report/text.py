"""A hot report, a comparison of fixes and a plan in; text for a terminal out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Literal, get_args

from kafka_sizing._checks import check_choice
from kafka_sizing.fixes import Comparison
from kafka_sizing.partitions.hotspots import HotReport
from kafka_sizing.partitions.sizing import PartitionPlan
from kafka_sizing.report.certainty import how_sure
from kafka_sizing.report.layout import INDENT, section_lines, width_of, wrapped
from kafka_sizing.report.redact import Redactor
from kafka_sizing.report.review import Review, plan_inputs, plan_sentence, review
from kafka_sizing.report.tables import plan_limits, table

Detail = Literal["summary", "full"]

_HOT_ROWS: Final = 10
_TOP_KEYS: Final = 10
_EXPLAINED: Final = 5


def text(
    hot: HotReport,
    comparison: Comparison | None = None,
    plan: PartitionPlan | None = None,
    *,
    redact: bool | bytes | Redactor = False,
    detail: Detail = "full",
    width: int | None = None,
    inputs: Mapping[str, str] | None = None,
) -> str:
    """Write a report for a terminal: the verdict first, then what it rests on.

    Keys are data from strangers: control characters, escape sequences and marks that turn
    the direction of writing are shown escaped, long keys are cut in the middle.

    Parameters
    ----------
    hot : HotReport
        The hot partitions, from `find_hot`.
    comparison : Comparison, optional
        The fixes, from `compare_fixes`.
    plan : PartitionPlan, optional
        The plan, from `plan_partitions`.
    redact : bool, bytes or Redactor, default False
        Replace every key by a short keyed hash: True draws a secret that nobody knows, bytes
        are the secret, and a `Redactor` gives several reports the same names.
    detail : {"full", "summary"}, default "full"
        "summary" ends with the fixes in numbers; "full" adds what each fix asks for, the
        heaviest keys, the inputs, and how sure each number is.
    width : int, optional
        Columns to fit into, by default 100. Tables that cannot be made so narrow are wider.
        >= 40
    inputs : mapping of str to str, optional
        Further inputs to name, such as the file that was read.

    Returns
    -------
    str
        Plain text without colours, ending in a line break.

    Raises
    ------
    TypeError
        If ``hot``, ``comparison``, ``plan`` or ``redact`` is something else.
    ValueError
        If the detail is unknown, the width below 40, or the secret below 8 bytes.

    Examples
    --------
    >>> from kafka_sizing import KeyLoads, find_hot, place, report
    >>> keys = KeyLoads(["UA", "B6", "EV", "DL"], [60, 20, 15, 5])
    >>> hot = find_hot(place(keys, 4), capacity=50)
    >>> print(report.text(hot).splitlines()[0])
    Does not fit. 1 of 4 partitions is hot. Partition 2 carries 60.0 % of the load, 2.40 × the even
    """
    check_choice("detail", detail, get_args(Detail))
    columns = width_of(width)
    told = review(hot, comparison, plan, redact=redact, inputs=inputs)
    return "\n".join(_lines(told, columns, detail)) + "\n"


def plan_text(plan: PartitionPlan, *, width: int | None = None) -> str:
    """Write a plan for a terminal: the count and why, then every limit.

    Parameters
    ----------
    plan : PartitionPlan
        The plan, from `plan_partitions`.
    width : int, optional
        Columns to fit into, by default 100. >= 40

    Returns
    -------
    str
        Plain text without colours, ending in a line break.

    Raises
    ------
    TypeError
        If ``plan`` is something else.
    ValueError
        If the width is below 40.

    Examples
    --------
    >>> from kafka_sizing import MiB, plan_partitions, report
    >>> plan = plan_partitions(250 * MiB, consumer_bytes_per_s=25 * MiB)
    >>> print(report.plan_text(plan).splitlines()[0])
    10 partitions: consumers at 25.0 MiB/s each need 10 for 250.0 MiB/s. As a topic: below medium
    """
    if not isinstance(plan, PartitionPlan):
        raise TypeError(f"plan must be a PartitionPlan, got {type(plan).__name__}")
    columns = width_of(width)
    lines = list(wrapped(plan_sentence(plan), columns))
    rows = table("inputs", "Inputs", ("input", "value"), plan_inputs(plan))
    for part in (plan_limits(plan), rows, how_sure(None, plan, ())):
        lines += section_lines(part, columns)
    return "\n".join(lines) + "\n"


def _lines(told: Review, width: int, detail: Detail) -> Iterator[str]:
    yield from wrapped(f"{told.status}. {told.verdict}", width)
    for sentence in told.consequences:
        yield from wrapped(sentence, width)
    for part in told.hot_tables(_HOT_ROWS):
        yield from section_lines(part, width)
    explanations = told.explanations
    if explanations:
        yield ""
        for explanation in explanations[:_EXPLAINED]:
            yield from wrapped(explanation, width, indent=INDENT * 2, first=f"{INDENT}- ")
    for part in told.fix_tables()[: None if detail == "full" else 1]:
        yield from section_lines(part, width)
    plan_table = told.plan_table()
    if plan_table is not None:
        yield from section_lines(plan_table, width)
    if detail == "summary":
        return
    top_keys = told.top_keys(_TOP_KEYS)
    if top_keys is not None:
        yield from section_lines(top_keys, width)
    yield from section_lines(told.inputs_table(), width)
    yield from section_lines(told.certainty(), width)
