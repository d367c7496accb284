"""Metrics of a lag exporter, saved from Prometheus as CSV, in; one row per sample out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kafka_sizing.sources.cells import Table

if TYPE_CHECKING:
    import pandas as pd

# kafka_exporter first, kafka-lag-exporter second.
_METRICS: Final = {
    "kafka_consumergroup_current_offset": "committed_offset",
    "kafka_consumergroup_group_offset": "committed_offset",
    "kafka_topic_partition_current_offset": "end_offset",
    "kafka_partition_latest_offset": "end_offset",
    "kafka_consumergroup_lag": "lag",
    "kafka_consumergroup_group_lag": "lag",
}
_LABELS: Final = {
    "group": ("consumergroup", "group"),
    "topic": ("topic",),
    "partition": ("partition",),
    "member": ("consumer_id",),
}
_TIME: Final = ("timestamp", "time", "ts", "date")
_METRIC: Final = ("metric", "__name__", "name", "labels", "series")


def is_export(table: Table) -> bool:
    """Say whether a table is such an export: a value per row, or a column per series."""
    names = {str(name).lower() for name in table.frame.columns}
    if "value" in names:
        return bool(names & set(_TIME))
    return any(_metric_of(str(name)) in _METRICS for name in table.frame.columns)


def read_export(table: Table) -> Table:
    """Bring offsets of the same partition and time together in one row."""
    long = _long(table)
    known = long["metric"].isin(list(_METRICS))
    if not known.any():
        seen = ", ".join(sorted(set(long["metric"]))[:5])
        raise ValueError(
            f"{table.path} must hold metrics of kafka_exporter or kafka-lag-exporter such as "
            f"kafka_consumergroup_current_offset, got {seen:.200}"
        )
    long = long[known & (long["value"].str.strip() != "")]  # nothing: a scrape was missed
    long["kind"] = long["metric"].map(_METRICS)
    for label in ("topic", "partition"):
        without = long[label] == ""
        if without.any():
            raise ValueError(
                f"{table.path}, line {long['line'][without].iloc[0]}: must have a label {label}, "
                "got none"
            )
    columns = dict.fromkeys(("committed_offset", "end_offset", "lag"), "value")
    columns["time"] = _time_column(table)
    return Table(path=table.path, frame=_joined(table.path, long), columns=columns)


def _time_column(table: Table) -> str:
    plain = {str(name).lower(): str(name) for name in table.frame.columns}
    return next((plain[name] for name in _TIME if name in plain), str(table.frame.columns[0]))


def _long(table: Table) -> pd.DataFrame:
    """One row per value: line, time, value, metric, group, topic, partition, member."""
    import pandas as pd

    frame = table.frame
    plain = {str(name).lower(): name for name in frame.columns}
    time = _time_column(table)
    if "value" in plain:
        series = _series_texts(frame, plain)
        long = pd.DataFrame(
            {"line": frame.index, "time": frame[time], "value": frame[plain["value"]]}
        )
        long["metric"] = series.map(_metric_of)
        given = {label: plain.get(label) for names in _LABELS.values() for label in names}
    else:
        wide = [name for name in frame.columns if _metric_of(str(name)) in _METRICS]
        melted = frame.rename_axis("line").reset_index()
        long = melted.melt(["line", time], wide, "series", "value").rename(columns={time: "time"})
        series = long["series"].astype(str)
        long["metric"] = series.map(_metric_of)
        given = {}
    for ours, names in _LABELS.items():
        long[ours] = _label(frame, series, {name: given.get(name) for name in names})
    long["has_member"] = bool(given.get("consumer_id")) | series.str.contains("consumer_id")
    return long.reset_index(drop=True)


def _series_texts(frame: pd.DataFrame, plain: dict[str, Any]) -> pd.Series[Any]:
    """Put the name of the metric and its labels together, wherever they are."""
    there = [plain[name] for name in _METRIC if name in plain]
    texts: pd.Series[Any] = frame[frame.columns[0]].map(lambda _: "")
    for column in there:
        texts = texts + " " + frame[column]
    return texts


def _metric_of(series: str) -> str:
    found = re.search(r"__name__\"?\s*[=:]\s*\"?([\w:]+)", series)
    if found is not None:
        return found[1]
    match = re.match(r"\s*([a-zA-Z_:][\w:]*)", series)
    return match[1] if match is not None else ""


def _label(frame: pd.DataFrame, series: pd.Series[Any], names: dict[str, Any]) -> pd.Series[Any]:
    """Read a label from its own column, or from the text of the labels."""
    column = next((column for column in names.values() if column is not None), None)
    if column is not None:
        label: pd.Series[Any] = frame[column].str.strip()
        return label
    within = "|".join(names)
    pattern = rf"(?:^|[{{,\s\"])(?:{within})\"?\s*[=:]\s*\"?((?:[^\",}}\\]|\\.)*)"
    return series.str.extract(pattern, expand=False).fillna("")


def _joined(path: str, long: pd.DataFrame) -> pd.DataFrame:
    """Join what was written to what was read, by time, topic and partition."""
    at = ["time", "topic", "partition"]
    of_group = long[long["kind"] != "end_offset"]
    if of_group.empty:
        raise ValueError(
            f"{path} must hold kafka_consumergroup_current_offset or "
            "kafka_consumergroup_group_offset, got end offsets alone"
        )
    rows = of_group.pivot_table(
        index=["group", *at], columns="kind", values="value", aggfunc="last", sort=False
    ).reset_index()
    first = of_group.groupby(["group", *at], sort=False)["line"].min().reset_index()
    rows = rows.merge(first, on=["group", *at])
    written = long[long["kind"] == "end_offset"].drop_duplicates(at, keep="last")
    rows = rows.merge(
        written[[*at, "value"]].rename(columns={"value": "end_offset"}), on=at, how="left"
    )
    if of_group["has_member"].all():
        owners = of_group.drop_duplicates(["group", *at], keep="last")
        rows = rows.merge(owners[["group", *at, "member"]], on=["group", *at], how="left")
    rows = rows.set_index("line").rename_axis(None).fillna("")
    if not ({"committed_offset", "lag"} <= set(rows) or (rows["end_offset"] != "").any()):
        raise ValueError(
            f"{path} must hold end offsets, or the lag, at the times of the committed offsets: "
            "query both with one step"
        )
    return rows
