"""Single keys in; the partition of each out: ``kafka-sizing place``."""
# ruff: noqa: FBT002 - the options of a command are the arguments of its function

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from kafka_sizing.cli.options import (
    FITS,
    AsJson,
    PartitionerName,
    Partitions,
    SerializerName,
    naming,
)
from kafka_sizing.cli.terminal import say

if TYPE_CHECKING:
    from kafka_sizing.keys.serializers import Serializer


def place(
    key: Annotated[list[str], typer.Argument(metavar="KEY...", help="Keys to place.")],
    partitions: Partitions,
    partitioner: PartitionerName = "java",
    serializer: SerializerName = None,
    as_json: AsJson = False,
) -> int:
    """Say which partition each key goes to."""
    from kafka_sizing.keys import KeyColumn, partition_of, require_keyed
    from kafka_sizing.report.json import placed_json
    from kafka_sizing.report.labels import columns_of, key_label
    from kafka_sizing.sources.written import written_keys

    chosen = require_keyed(partitioner)
    typed = [os.fsencode(text) for text in key]  # the bytes that the shell gave
    named: Serializer | None = serializer  # type: ignore[assignment] # written_keys checks it
    column = written_keys(KeyColumn.of(typed), named, name="KEY")
    with naming({"partitions": "--partitions"}):
        placed = partition_of(column, partitions, partitioner=chosen).tolist()
    if as_json:
        say(placed_json(column, placed, partitions=partitions, partitioner=chosen))
        return FITS
    rows = [("key", "partition")]
    rows += [(key_label(one), str(at)) for one, at in zip(typed, placed, strict=True)]
    width = max(columns_of(label) for label, _ in rows)
    for label, at in rows:
        say(f"{label}{' ' * (width - columns_of(label))}  {at}\n")
    return FITS
