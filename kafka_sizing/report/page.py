"""A hot report, a comparison of fixes and a plan in; one self-contained HTML page out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kafka_sizing.fixes import Comparison
from kafka_sizing.partitions.hotspots import HotReport
from kafka_sizing.partitions.sizing import PartitionPlan
from kafka_sizing.partitions.sweep import PartitionSweep
from kafka_sizing.report.figures import figures
from kafka_sizing.report.redact import Redactor
from kafka_sizing.report.rendering import rendered
from kafka_sizing.report.review import review

_HOT_ROWS: Final = 20
_TOP_KEYS: Final = 20
_EXPLAINED: Final = 10


def page(
    hot: HotReport,
    comparison: Comparison | None = None,
    plan: PartitionPlan | None = None,
    *,
    redact: bool | bytes | Redactor = False,
    sweep: PartitionSweep | None = None,
    title: str | None = None,
    inputs: Mapping[str, str] | None = None,
) -> str:
    """Write a report as one HTML page that needs no network, for light, dark and paper.

    Keys are data from strangers: they are escaped in the page and in its plots.

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
    sweep : PartitionSweep, optional
        The same keys at other counts, from `sweep_partitions`. By default they are placed
        over some 60 counts, up to 8 times the present one.
    title : str, optional
        Heading of the page, such as the name of the topic.
    inputs : mapping of str to str, optional
        Further inputs to name, such as the file that was read.

    Returns
    -------
    str
        The page. The same input gives the same text, unless ``redact=True``.

    Raises
    ------
    TypeError
        If ``hot``, ``comparison``, ``plan``, ``sweep`` or ``redact`` is something else.
    ValueError
        If the secret is below 8 bytes.

    Examples
    --------
    >>> from kafka_sizing import KeyLoads, find_hot, place, report
    >>> keys = KeyLoads(["UA", "B6", "EV", "DL"], [60, 20, 15, 5])
    >>> page = report.page(find_hot(place(keys, 4), capacity=50), title="flights")
    >>> page.splitlines()[0], "://" in page.replace("http://www.w3.org/2000/svg", "")
    ('<!doctype html>', False)
    """
    told = review(hot, comparison, plan, redact=redact, sweep=sweep, title=title, inputs=inputs)
    return rendered(
        "page.html",
        told=told,
        tiles=list(told.tiles()),
        figures={figure.name: figure for figure in figures(told)},
        hot_tables=told.hot_tables(_HOT_ROWS),
        explanations=told.explanations[:_EXPLAINED],
        fix_tables=told.fix_tables(),
        plan_table=told.plan_table(),
        top_keys=told.top_keys(_TOP_KEYS),
        inputs=told.inputs_table(),
        certainty=told.certainty(),
    )
