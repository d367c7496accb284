"""Nothing in; every table and key of a design file, what it means and how it is written, out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, get_args

from kafka_sizing.consumers.assignment import ASSIGNORS
from kafka_sizing.consumers.rebalance.detection import Membership, Protocol
from kafka_sizing.fixes.comparison import OrderingNeed
from kafka_sizing.toml import Key
from kafka_sizing.topic.design.clients import Client
from kafka_sizing.topic.file.kinds import (
    AMOUNT,
    BYTE_RATE,
    CLUSTER_NAME,
    COUNT,
    COUNTS,
    DURATION,
    DURATIONS,
    FRACTION,
    GROWTH,
    LOAD_RATE,
    NUMBER,
    PROPERTIES,
    RETENTION,
    SIZE,
    TEXT,
    TEXT_TABLE,
    TEXTS,
    YEARS,
    Kind,
    one_of,
)


@dataclass(frozen=True, slots=True)
class Field:
    """A key of a table: the argument it stands for, how it is written, and what it says."""

    argument: str
    kind: Kind
    about: str
    required: bool = False


Table = dict[str, Field]


def schema_of(table: Table) -> dict[str, Any]:
    """Describe a table for an editor."""
    return {
        "type": "object",
        "properties": {
            name: {"description": field.about, **field.kind.schema}
            for name, field in table.items()
        },
        "required": [name for name, field in table.items() if field.required],
        "additionalProperties": False,
    }


TOPIC: Final[Table] = {
    "name": Field("name", TEXT, "The topic.", required=True),
    "partitions": Field("partitions", COUNT, "The count to judge; leave out to be given one."),
    "replication_factor": Field("replication_factor", COUNT, "Replicas, leader included; 3."),
    "min_insync_replicas": Field("min_insync_replicas", COUNT, "min.insync.replicas."),
    "retention": Field("retention_s", RETENTION, "How long records are kept: '7 d'."),
    "retention_size": Field("retention_bytes", SIZE, "How much a partition keeps: '50 GiB'."),
    "segment_time": Field("segment_s", DURATION, "segment.ms: '1 d'."),
    "segment_size": Field("segment_bytes", SIZE, "segment.bytes: '512 MiB'."),
    "largest_partition": Field(
        "partition_retained_bytes", SIZE, "Largest partition wanted on a disk: '100 GiB'."
    ),
    "multiple_of": Field("multiple_of", COUNTS, "Round the count up to a multiple of these."),
    "config": Field("config", PROPERTIES, "Further properties of the topic, as Kafka's."),
}
TRAFFIC: Final[Table] = {
    "rate": Field(
        "rate",
        LOAD_RATE,
        "Average written today, uncompressed: '120 MiB/s' or '50000 records/s'.",
        required=True,
    ),
    "record": Field("record_bytes", SIZE, "Mean size of a record, key included.", required=True),
    "key": Field("key_bytes", SIZE, "Mean size of its key."),
    "peak_ratio": Field("peak_ratio", NUMBER, "Peak over average; 1."),
    "growth": Field("growth_fraction_per_year", GROWTH, "Growth a year: 0.3 or '30 %'."),
    "horizon": Field("horizon_years", YEARS, "How long the plan shall hold: '2 y', '18 months'."),
    "compression_ratio": Field("compression_ratio", NUMBER, "Payload over wire bytes; 1."),
    "headroom": Field("headroom_fraction", FRACTION, "Part of every rate left unused; 0."),
}
_N_KEYS: Final = Field("keys", COUNT, "How many distinct keys.", required=True)
MODELS: Final[dict[str, tuple[Table, str]]] = {
    "zipf": (
        {
            "keys": _N_KEYS,
            "exponent": Field("exponent", NUMBER, "0 is even, 1 common.", required=True),
            "shift": Field("shift", NUMBER, "Zipf and Mandelbrot's; 0."),
        },
        "the share of rank k falls as 1 / (k + shift)^exponent",
    ),
    "lognormal": (
        {
            "keys": _N_KEYS,
            "mean": Field("mean", NUMBER, "Of the logarithm.", required=True),
            "sigma": Field("sigma", NUMBER, "Of the logarithm.", required=True),
        },
        "keys are rounded log-normal numbers",
    ),
    "uniform": ({"keys": _N_KEYS}, "all alike"),
}
KEYS: Final[Table] = {
    "ordering": Field("ordering", one_of(get_args(OrderingNeed)), "What the readers need."),
    "partitioner": Field(
        "partitioner", TEXT, "What places keys, if not the producers' own: 'java', 'librdkafka'."
    ),
    "log": Field("log", TEXTS, "File of records, or of keys and their loads, beside this one."),
    "key": Field("key", TEXT, "Its column of keys."),
    "load": Field("load", TEXT, "Its column of loads; without it every row is a record."),
    "unit": Field("unit", one_of(("records", "bytes")), "What the loads are; 'bytes'."),
    "serializer": Field("serializer", TEXT, "How keys that are no text become bytes."),
    **{
        name: Field(name, Kind(dict, schema_of(model)), f"Made up instead: {about}.")
        for name, (model, about) in MODELS.items()
    },
    "hottest_share": Field("hottest_key_share", FRACTION, "All that is known: '5 %'."),
}
PRODUCERS: Final[Table] = {
    "instances": Field("instances", COUNT, "How many producers there are; 1."),
    "client": Field("client", one_of(get_args(Client)), "Whose defaults hold; 'java'."),
    "partition_rate": Field(
        "partition_bytes_per_s", BYTE_RATE, "Measured on one partition, on the wire: '20 MiB/s'."
    ),
    "latency": Field(
        "latency_s", DURATION, "Time until a record is acknowledged, at most: '100 ms'."
    ),
    "config": Field("config", PROPERTIES, "What is set, as Kafka spells it."),
}
GROUP: Final[Table] = {
    "name": Field("name", TEXT, "The consumer group.", required=True),
    "member_rate": Field(
        "member_rate", LOAD_RATE, "Measured: what one member reads: '2000 records/s'."
    ),
    "processing": Field("processing_s", DURATION, "Or the time a record takes: '2 ms'."),
    "threads": Field("threads", COUNT, "Records a member works on at once; 1."),
    "members": Field("members", COUNT, "How many run; leave out to be told."),
    "read_ratio": Field("read_ratio", NUMBER, "Records read over records written; 1."),
    "delay": Field("delay_s", DURATION, "Largest delay allowed: '60 s'."),
    "outage": Field("outage_s", DURATION, "Longest time it may be down: '12 h'."),
    "recovery": Field("recovery_s", DURATION, "Time to be current again after that: '4 h'."),
    "restore": Field("restore_s", DURATION, "Time to restore the state of a partition."),
    "protocol": Field(
        "protocol", one_of(get_args(Protocol)), "How it rebalances; as config has it."
    ),
    "membership": Field("membership", one_of(get_args(Membership)), "'static': instance ids."),
    "assignor": Field("assignor", one_of(tuple(ASSIGNORS)), "Who hands partitions out."),
    "client": Field("client", one_of(get_args(Client)), "Whose defaults hold; 'java'."),
    "config": Field("config", PROPERTIES, "What is set, as Kafka spells it."),
}
RETRIES: Final[Table] = {
    "delays": Field(
        "delays_s", DURATIONS, "How long each retry waits: ['1 s', '1 min'].", required=True
    ),
    "failing": Field("failing_fraction", FRACTION, "Attempts that fail by chance: '2 %'."),
    "always_failing": Field("always_failing_fraction", FRACTION, "Records that always fail."),
    "instances": Field("instances", COUNT, "Instances of the service that retries."),
    "outage": Field("outage_s", DURATION, "Longest outage of what makes records fail."),
    "triage": Field("triage_s", DURATION, "How long dead letters are kept: '14 d'."),
    "groups": Field("groups", TEXTS, "The groups that retry; all of them."),
}
CLUSTER: Final[Table] = {
    "brokers": Field(
        "brokers", COUNT, "How many there are; leave out for a service that shows none."
    ),
    "limits": Field("limits", CLUSTER_NAME, "What it is sold as: 'MSK Express 2xlarge'."),
    "units": Field("units", COUNT, "Units bought: CKU, PU, CU, TU."),
    "zones": Field("zones", COUNT, "Zones or racks the brokers are spread over."),
    "disk": Field("disk_bytes_per_broker", SIZE, "Disk of one broker: '2 TiB'."),
    "network": Field(
        "network_bytes_per_s_per_broker", BYTE_RATE, "Network of one broker, each way."
    ),
    "connections": Field("connections", AMOUNT, "Connections of other clients."),
    "other_leaders": Field("other_leaders", AMOUNT, "Partitions of other topics."),
    "other_replicas": Field("other_replicas", AMOUNT, "Replicas of other topics."),
    "other_disk": Field("other_disk_bytes", SIZE, "What other topics keep, all replicas."),
    "other_writes": Field("other_in_bytes_per_s", BYTE_RATE, "What is written to them."),
    "other_reads": Field("other_out_bytes_per_s", BYTE_RATE, "What is read from them."),
    "max_map_count": Field("max_map_count", COUNT, "vm.max_map_count of the brokers' hosts."),
    "file_descriptors": Field("file_descriptors", COUNT, "nofile of the brokers."),
    "config": Field("config", PROPERTIES, "Broker properties that are set."),
}
OPERATIONS: Final[Table] = {
    "owner": Field("owner", TEXT, "Who is paged."),
    "owners": Field("owners", TEXT_TABLE, "Others for single alerts, by their name."),
    "runbook_url": Field("runbook_url", TEXT, "Where it says what to do."),
    "labels": Field("labels", TEXT_TABLE, "Labels on every alert."),
}
TABLES: Final[dict[str, tuple[Table, str]]] = {
    "topic": (TOPIC, "The topic itself."),
    "traffic": (TRAFFIC, "What is written to it."),
    "keys": (KEYS, "Which keys are written; leave the table out for records without one."),
    "producers": (PRODUCERS, "Who writes."),
    "group": (GROUP, "Who reads; a table for each consumer group."),
    "retries": (RETRIES, "How records that fail are tried again."),
    "cluster": (CLUSTER, "Where it runs."),
    "operations": (OPERATIONS, "Who looks after it."),
}


def keys_of(table: Table) -> dict[str, Key]:
    """Give the keys of a table as a `Section` reads them."""
    return {
        name: Key(field.argument, field.kind.read, required=field.required)
        for name, field in table.items()
    }
