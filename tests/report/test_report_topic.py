"""What the reports on a whole topic say; numbers are worked out beside the designs."""

from __future__ import annotations

import dataclasses
import json
import unicodedata
from pathlib import Path

import pytest

from kafka_sizing import report
from kafka_sizing.report.labels import columns_of
from kafka_sizing.report.topic_count_tables import change_text, effect_text
from kafka_sizing.report.topic_inputs import design_inputs
from kafka_sizing.report.topic_json import topic_json
from kafka_sizing.report.topic_review import topic_review
from kafka_sizing.report.topic_wording import (
    amount_text,
    bytes_text,
    number_text,
    ratio_text,
    readable,
    span_text,
)
from kafka_sizing.review import review_topic
from kafka_sizing.topic import (
    Cluster,
    Group,
    Keys,
    Operations,
    Producers,
    Retries,
    TopicDesign,
    Traffic,
    plan_topic,
)


def words(text: str) -> str:
    """Undo the line breaks."""
    return " ".join(text.split())


def small(**given):
    """2 MB/s in records of 500 B, threefold at the peak: 12,000 records/s; 1,500 a member."""
    traffic = {"write_bytes_per_s": 2e6, "record_bytes": 500, "peak_ratio": 3}
    return TopicDesign(
        **(
            {
                "name": "orders",
                "traffic": Traffic(**(traffic | given.pop("traffic", {}))),
                "groups": [Group(name="billing", member_records_per_s=1_500)],
            }
            | given
        )
    )


def test_the_verdict_comes_first_and_says_why(topic_template):
    plan, _ = topic_template
    written = words(report.topic_text(plan))
    assert written.startswith("Holds. 52 partitions: the hottest partition carries 2.3 % at 52")
    places = [
        written.index(title)
        for title in (
            "Question by question",
            "How many partitions",
            "Where the keys land",
            "Who reads it",
            "Who writes it",
            "What it takes of the brokers",
            "What happens to records that fail",
            "How long records are kept",
            "What this rests on",
        )
    ]
    assert places == sorted(places)


def test_what_does_not_hold_names_the_first_reason(topic_bad):
    plan, review = topic_bad
    written = words(report.topic_text(plan, review=review))
    assert written.startswith("Does not hold. Partitions: 10 partitions will not do: members of")
    assert "Review of topic orders.bad: " in written


def test_an_error_of_the_review_decides_where_the_plan_holds():
    # min.insync.replicas=1 with acks=all: an acknowledged record may be on one broker only.
    plan = plan_topic(small(min_insync_replicas=1))
    assert plan.holds
    told = topic_review(plan, review=review_topic(plan))
    assert (told.fits, told.status) == (False, "Does not hold")
    assert told.verdict.startswith("Topic orders: acknowledged records may be on one broker only")
    assert topic_review(plan).status == "Holds"


def test_the_nearest_change_of_an_input_is_said():
    # 8 members of 1,600 carry 12,800 records/s, 6.7 % more than the 12,000 of the peak.
    told = topic_review(plan_topic(small(groups=[Group(name="a", member_records_per_s=1_600)])))
    assert told.consequences[1] == (
        "The count is nearest to a change by the write rate: +6.7 %, and 9 needed."
    )


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        pytest.param(
            {"groups": [Group(name="a", member_records_per_s=1_500)]},
            "The count is nearest to a change by the write rate: any more, and 9 needed.",
            id="8 × 1,500 are exactly 12,000",
        ),
        pytest.param(
            {"groups": [], "producers": Producers(partition_bytes_per_s=1e6)},
            "The count is nearest to a change by the write rate: any more, and 7 needed.",
            id="6 × 1 MB/s are exactly 6 MB/s",
        ),
    ],
)
def test_an_exact_fit_bears_nothing_more(given, sentence):
    assert topic_review(plan_topic(small(**given))).consequences[1] == sentence


def test_of_what_carries_the_load_an_exact_fit_bears_nothing_less():
    rows = plan_topic(small()).count.sensitivity
    changes = {row.input: change_text(row) for row in rows if row.effect == "needs more"}
    assert changes["write rate"] == "any more"
    assert changes["member rate of billing"] == "any less"


def test_the_load_that_is_planned_for_stands_in_both_kinds_of_units():
    """12,000 records/s of 500 B are 6 MB/s, or 5.7 MiB/s."""
    assert topic_review(plan_topic(small())).consequences[0] == (
        "Planned for a peak of 5.7 MiB/s (6 MB/s) of payload, 5.7 MiB/s (6 MB/s) on the wire."
    )


def test_tiles_repeat_the_plan(topic_bad):
    plan, review = topic_bad
    tiles = {tile.name: tile for tile in topic_review(plan, review=review).tiles()}
    assert tiles["partitions"].value == "10"
    assert tiles["partitions"].note == "given; needed: no count will do"
    assert tiles["partitions"].alarming
    assert tiles["members of <i>\\x1b\\u202e"].value == "4"
    assert tiles["hottest partition"].value == "80.0 %"  # of one key 60 %, of another 20 %
    assert tiles["disk of the fullest broker"].alarming
    assert tiles["fullest limit of MSK Standard m5.large"].note.startswith("at the horizon: ")
    errors = len(review.of("error"))
    assert tiles["findings"].value == f"{errors} errors"
    assert tiles["findings"].alarming


def test_tiles_of_a_plan_that_holds_do_not_alarm(topic_template):
    plan, _ = topic_template
    tiles = {tile.name: tile for tile in topic_review(plan).tiles()}
    assert not any(tile.alarming for tile in tiles.values())
    assert tiles["members of search"].note == "26 needed at the horizon, 13 today"
    assert "findings" not in tiles


def test_more_groups_than_tiles_are_counted_together():
    groups = [Group(name=f"group-{at}", member_records_per_s=2_000, members=8) for at in range(6)]
    tiles = {tile.name: tile for tile in topic_review(plan_topic(small(groups=groups))).tiles()}
    rest = tiles["members of 2 more groups"]
    assert (rest.value, rest.note, rest.alarming) == ("16", "0 do not keep up", False)


def test_a_review_without_findings_says_what_was_applied():
    told = review_topic(plan_topic(small()))
    clean = dataclasses.replace(told, findings=())
    tile = list(topic_review(plan_topic(small()), review=clean).tiles())[-1]
    assert (tile.name, tile.value) == ("findings", "none")
    assert tile.note == f"{len(told.checked)} rules applied"


def test_a_summary_is_short_and_begins_the_whole(topic_template, topic_bad):
    for plan, review in (topic_template, topic_bad):
        summary = report.topic_text(plan, review=review, detail="summary")
        whole = report.topic_text(plan, review=review, inputs={"file": "orders.toml"})
        assert whole.startswith(summary)
        assert len(summary.splitlines()) <= 60
        assert "orders.toml" in whole
        assert "Inputs" not in summary
    assert len(report.topic_text(topic_template[0], detail="summary").splitlines()) <= 40


def test_findings_that_are_alike_are_named_once_and_counted():
    plan = plan_topic(small())
    review = review_topic(plan)
    first = review.findings[0]
    twice = dataclasses.replace(review, findings=(first, first))
    table = topic_review(plan, review=twice).findings_table(5)
    assert table.rows == ((first.severity, first.subject, f"{first.summary} (2 times)"),)
    assert table.left_out == ""


@pytest.mark.parametrize("width", [100, 160])
def test_lines_keep_to_the_width(topic_template, width):
    plan, review = topic_template
    written = report.topic_text(plan, review=review, width=width)
    assert max(map(columns_of, written.splitlines())) <= width


def test_without_a_review_nothing_is_said_of_findings(topic_template):
    plan, review = topic_template
    assert "What a review finds" not in report.topic_text(plan)
    assert "What a review finds" in report.topic_text(plan, review=review)


def test_parts_that_are_not_there_are_left_out():
    written = report.topic_text(plan_topic(small()))
    for title in ("Where the keys land", "What it takes of the brokers", "records that fail"):
        assert title not in written
    told = json.loads(topic_json(plan_topic(small())))
    assert (told["keys"], told["brokers"], told["retries"], told["review"]) == (None,) * 4


def test_a_topic_without_groups_has_no_part_for_them():
    plan = plan_topic(small(groups=[], producers=Producers(partition_bytes_per_s=1e6)))
    written = report.topic_text(plan)
    assert "Who reads it" not in written
    assert "How long each group needs" not in written


def test_the_limits_say_whether_the_count_keeps_them(topic_bad):
    plan, _ = topic_bad
    section = topic_review(plan).sections()[0]
    limits, _ = section.tables
    assert not section.holds
    rows = {row[0]: row for row in limits.rows}
    # 14,400 records/s at the horizon, 500 a member: 29 partitions.
    assert rows["<i>\\x1b\\u202e"][1:5] == ("at least", "29", "no", "rule")
    assert rows["keys"][2:5] == ("none is enough", "no", "exact")
    assert limits.rows[limits.marked][0] == "keys"


def test_how_far_inputs_may_move_is_a_table_in_their_units(topic_template):
    plan, _ = topic_template
    sensitivity = topic_review(plan).sections()[0].tables[1]
    rows = {(row[0], row[3]): row for row in sensitivity.rows}
    assert ("growth", "+0.272 %") in rows
    assert rows["growth", "+0.272 %"][1:3] == ("30 % a year", "30.08 % a year")
    assert {row[-1] for row in sensitivity.rows} == {"exact"}


def test_an_input_of_nothing_and_one_that_must_grow_much_are_told():
    plan = plan_topic(small(partitions=1, groups=[Group(name="a", member_records_per_s=500)]))
    rows = {row[0]: row for row in topic_review(plan).sections()[0].tables[1].rows}
    # 12,000 records/s on one partition of 500 a second: 24 times as many.
    assert rows["member rate of a"][1:5] == (
        "500 records/s",
        "12,000 records/s",
        "× 24",
        "1 partitions hold",
    )
    headroom = [
        row
        for row in topic_review(plan_topic(small(partitions=9))).sections()[0].tables[1].rows
        if row[0] == "headroom"
    ]
    assert headroom[0][3] == "from 0"


def test_groups_that_no_number_of_members_helps_say_none(topic_bad):
    plan, _ = topic_bad
    (members, failures, _) = next(
        section for section in topic_review(plan).sections() if section.name == "groups"
    ).tables
    assert members.rows[0][1:5] == ("4", "none", "none", "none")
    assert members.rows[0][-2:] == ("no", "measured")
    assert failures.rows[0][4] == "never"


def test_a_group_that_keeps_up_only_today_says_so():
    # 8 members of 1,500 carry today's 12,000 records/s, and no more.
    plan = plan_topic(
        small(
            partitions=8,
            traffic={"growth_fraction_per_year": 0.5, "horizon_years": 1},
            groups=[Group(name="billing", member_records_per_s=1_500, members=8)],
        )
    )
    table = topic_review(plan).sections()[1].tables[0]
    assert table.rows[0][-2] == "today only"


def test_the_room_left_names_what_is_full(topic_bad):
    plan, _ = topic_bad
    section = next(part for part in topic_review(plan).sections() if part.name == "brokers")
    footprint, retries, room = section.tables
    assert [row[0] for row in retries.rows][:2] == ["leaders", "replicas"]
    assert footprint.columns[-2:] == ("there, a zone lost", "how sure")
    rows = {row[0]: row for row in room.rows}
    # 7.2 MB/s at the horizon's peak, and 1.01 % of it again, into each of 3 brokers, of 10 MB/s.
    assert rows["network in"][1:5] == ("9.5 MiB/s", "6.9 MiB/s", "2.6 MiB/s", "60.6 %")
    assert rows["disk"][3] == "too little"
    assert "replicas per broker, recommended (advice)" in rows
    assert room.rows[room.marked][0] == "disk"
    assert not section.holds


def test_settings_that_a_client_refuses_are_judged(topic_bad):
    plan, _ = topic_bad
    section = next(part for part in topic_review(plan).sections() if part.name == "producers")
    assert section.sentences[0].startswith("Settings refused: acks: ")
    (settings,) = [table for table in section.tables if table.name == "producer-settings"]
    assert settings.rows[0][:5] == ("acks", "1", "–", "refused", "exact")


def test_retry_topics_and_dead_letters_are_rows(topic_bad):
    plan, _ = topic_bad
    section = next(part for part in topic_review(plan).sections() if part.name == "retries")
    ladder, needs = section.tables
    # 1 % of 14,400 records/s, each 5 s: 144 a second, 720 waiting; 1 % of those again.
    assert ladder.rows[0][1:4] == ("5 s", "144", "720")
    assert ladder.rows[1][1:4] == ("10 min", "1.44", "864")
    assert needs.rows[1][3] == "must pause and poll on"
    assert needs.rows[2][3] == "–"


def test_records_kept_too_short_say_so(topic_bad):
    def kept(plan):
        sections = {part.name: part for part in topic_review(plan).sections()}
        (table,) = sections["retention-part"].tables
        return table.rows[0]

    plan, _ = topic_bad
    assert kept(plan)[2:6] == ("never", "for ever", "7 d", "no")
    forever = plan_topic(small(config={"retention.ms": -1}, retention_bytes=None))
    assert kept(forever)[4:6] == ("without limit", "yes")


def test_kinds_stand_beside_the_numbers(topic_template):
    plan, review = topic_template
    told = topic_review(plan, review=review)
    for section in told.sections():
        for table in section.tables:
            if table.name == "top-keys":
                continue
            kinds = {row[table.columns.index("how sure")] for row in table.rows}
            assert kinds <= {"exact", "measured", "vendor", "rule", ""}, table.name
    sure = {row[0]: row[1] for row in told.certainty().rows}
    assert sure["batches and requests"] == "rule"
    assert sure["members of the groups"] == "measured"
    assert sure["latency: request, replication"] == "measured"
    assert sure["brokers: file descriptors, memory maps, page cache"] == "rule"


def test_a_vendors_limits_are_named_as_such(topic_bad):
    plan, _ = topic_bad
    sure = dict(row[:2] for row in topic_review(plan).certainty().rows)
    (name,) = [name for name, kind in sure.items() if name.startswith("limits: ")]
    assert (sure[name], "EBS throughput" in name) == ("vendor", True)


def test_inputs_give_byte_rates_in_both_units(topic_template):
    plan, _ = topic_template
    inputs = dict(design_inputs(plan.design, {}))
    assert inputs["written on average"] == "40.0 MiB/s (41.94 MB/s), payload"
    assert "network of 1.2 GiB/s (1.25 GB/s) each way" in inputs["cluster"]
    assert "20.0 MiB/s (20.97 MB/s) on one partition" in inputs["producers"]
    assert inputs["growth"] == "30.0 % a year for 2 years: × 1.69"
    # 40 MiB/s × 2.5 × 1.69
    assert inputs["planned for, at the peak"] == "169.0 MiB/s (177.2 MB/s), payload"
    assert inputs["topic settings"].startswith("min.insync.replicas=2 (set), retention.ms=6048")


def test_inputs_name_everything_that_is_set():
    design = small(
        multiple_of=(3, 4),
        partition_retained_bytes=50e9,
        keys=Keys(hottest_key_share=0.02, source="a guess"),
        traffic={"key_bytes": 8},
        producers=Producers(client="librdkafka"),
        groups=[
            Group(
                name="billing",
                processing_s=0.002,
                threads=4,
                members=6,
                read_ratio=0.5,
                restore_s=20,
                client="librdkafka",
                config={"fetch.min.bytes": 100},
            )
        ],
        retries=Retries(delays_s=(), triage_s=86_400, outage_s=60, groups=("billing",)),
        cluster=Cluster(
            brokers=3,
            limits="Confluent Cloud Dedicated",
            units=4,
            connections=100,
            other_replicas=60,
            other_leaders=20,
            other_disk_bytes=2**40,
            other_in_bytes_per_s=1e6,
            other_out_bytes_per_s=2e6,
        ),
        operations=Operations(owners={"DiskFull": "platform"}),
    )
    inputs = dict(design_inputs(design, {"file": "a\x1b"}))
    assert inputs["file"] == "a\\x1b"
    assert inputs["multiple of"] == "3, 4"
    assert inputs["largest partition wanted"] == "46.6 GiB (50 GB)"
    assert inputs["keys"] == (
        "a guess; the hottest writes 2.0 %; order needed: per key; partitioner librdkafka"
    )
    assert inputs["group billing"] == (
        "a member reads 2,000 records/s; a record takes 2 ms, 4 threads; 6 members given; "
        "reads 0.5 × what is written; restores state in 20 s; eager protocol, dynamic "
        "membership, range assignor; librdkafka; fetch.min.bytes=100 (set)"
    )
    assert inputs["retries"] == (
        "none, only dead letters; 0 % of the attempts fail; 0 % of the records always do; "
        "1 instance; an outage lasts up to 1 min; dead letters kept 1 d; of billing"
    )
    assert inputs["cluster"] == (
        "brokers not shown; Confluent Cloud Dedicated × 4; other topics: 20 leaders, 60 "
        "replicas; their disk 1.0 TiB (1.1 TB); their writes 976.6 KiB/s (1 MB/s); their reads "
        "1.9 MiB/s (2 MB/s); connections 100"
    )
    assert inputs["operations"] == "DiskFull: platform"


def test_only_a_share_of_the_hottest_key_leaves_its_count_open():
    plan = plan_topic(small(keys=Keys(hottest_key_share=0.02), traffic={"key_bytes": 8}))
    rows = [row for row in topic_review(plan).certainty().rows if "the keys need" in row[0]]
    assert rows[0][1] == "not known"


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (bytes_text(1e15), "909.5 TiB (1,000 TB)"),
        (bytes_text(999, "/s"), "999 B/s"),
        (amount_text(None, "bytes"), "–"),
        (amount_text(2**20, "bytes/s"), "1.0 MiB/s"),
        (amount_text(1_356, "replicas"), "1,356"),
        (number_text(14.87064), "14.87"),
        (number_text(11_637.46), "11,637"),
        (ratio_text(None), "–"),
        (ratio_text(0.5754), "57.5 %"),
        (ratio_text(145.98), "14,598 %"),
        (span_text(0), "0 s"),
        (span_text(None, "never"), "never"),
        (readable("'a\\x1b' \x1b"), "'a\\x1b' \\x1b"),
    ],
)
def test_amounts_are_written_for_people(written, text):
    assert written == text


def test_no_name_reaches_the_terminal_unescaped(topic_bad):
    plan, review = topic_bad
    written = report.topic_text(plan, review=review, inputs={"file\x1b[2J": "a\nb"})
    assert not [
        character
        for character in written
        if character != "\n" and unicodedata.category(character).startswith("C")
    ]
    assert "file\\x1b[2J" in written


def test_json_has_the_numbers_of_the_plan(topic_template):
    plan, review = topic_template
    told = json.loads(topic_json(plan, review=review, inputs={"file": "orders.toml"}))
    assert (told["schema"], told["inputs"]) == ("kafka-sizing/topic", {"file": "orders.toml"})
    assert told["fits"] is True
    assert told["count"]["partitions"] == plan.partitions == 52
    assert [row["name"] for row in told["count"]["limits"]] == [
        limit.name for limit in plan.count.limits
    ]
    assert [row["members"] for row in told["groups"]] == [52, 26]
    assert told["traffic"]["horizon_peak_bytes_per_s"] == pytest.approx(40 * 2**20 * 2.5 * 1.69)
    assert told["producers"]["horizon"]["partitions"] == 52
    assert [each["partitions"] for each in told["producers"]["by_partitions"]] == [26, 52, 104]
    assert told["producers"]["latency"]["parts"][-1]["part"] == "end"
    assert {row["unit"] for row in told["brokers"]["room"]} == {
        "bytes",
        "bytes/s",
        "files",
        "maps",
    }
    assert told["retention"]["enough"] is True
    assert len(told["retries"]["stages"]) == len(plan.retries.stages)
    assert len(told["review"]["checklist"]) == 10


def test_json_of_what_does_not_hold_has_null_where_there_is_no_number(topic_bad):
    plan, review = topic_bad
    told = json.loads(topic_json(plan, review=review))
    assert told["fits"] is False
    assert told["verdict"].startswith("partitions: 10 partitions will not do")
    assert told["count"]["recommended"] is None
    assert told["groups"][0]["needed_members"] is None
    assert told["groups"][0]["drain_s"] is None
    assert told["retention"]["needed_s"] is None
    assert told["brokers"]["cluster_fit"]["cluster"] == "MSK Standard m5.large"
    assert told["keys"]["best"]["fits"] is False
    assert told["keys"]["hot_partitions"][0]["share"] == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("given", "error", "text"),
    [
        ({"plan": None}, TypeError, "plan must be TopicPlan, as plan_topic gives"),
        ({"review": "none"}, TypeError, "review must be Review, as review_topic gives"),
        ({"redact": 1}, TypeError, "redact must be a bool, bytes or a Redactor"),
        ({"redact": b"short"}, ValueError, "secret must hold at least 8 bytes"),
        ({"width": 39}, ValueError, "width must be a whole number in 40"),
        ({"detail": "short"}, ValueError, "detail must be one of 'summary', 'full'"),
    ],
)
def test_what_cannot_be_reported_is_refused(given, error, text):
    plan = plan_topic(small())
    with pytest.raises(error, match=text):
        report.topic_text(given.pop("plan", plan), **given)


def test_an_input_beyond_which_no_count_is_enough_says_so():
    nearest = plan_topic(small()).count.sensitivity[0]
    assert effect_text(dataclasses.replace(nearest, partitions=None)) == "no count is enough"


def fields_of(told):
    """Give the name of every field of an object, those within others too."""
    if isinstance(told, dict):
        for name, value in told.items():
            yield name
            yield from fields_of(value)
    elif isinstance(told, list):
        for value in told:
            yield from fields_of(value)


def test_every_field_of_the_json_is_described(topic_template, topic_bad):
    docs = (Path(__file__).parents[2] / "docs" / "json.md").read_text(encoding="utf-8")
    described = docs[docs.index("## `kafka-sizing topic`") :] + docs[: docs.index("## ")]
    for plan, review in (topic_template, topic_bad):
        for name in set(fields_of(json.loads(topic_json(plan, review=review)))):
            assert f"`{name}`" in described or f".{name}`" in described, name


def test_a_client_that_never_gives_up_has_no_end():
    # librdkafka: message.timeout.ms=0 is for ever.
    producers = Producers(client="librdkafka", config={"message.timeout.ms": 0})
    plan = plan_topic(small(producers=producers))
    section = next(part for part in topic_review(plan).sections() if part.name == "producers")
    latency = section.tables[-1]
    assert latency.rows[-1][0] == "together"
    assert latency.marked == len(latency.rows) - 1


def test_of_a_service_without_brokers_nothing_is_told_of_brokers():
    plan = plan_topic(small(cluster=Cluster(limits="MSK Serverless")))
    section = next(part for part in topic_review(plan).sections() if part.name == "brokers")
    footprint, room = section.tables
    assert footprint.columns == ("number", "today", "at the horizon", "how sure")
    assert not [row[0] for row in footprint.rows if "broker" in row[0]]
    assert "full, a broker lost" not in room.columns
    assert not [row[0] for row in room.rows if row[0] == "memory maps"]
    assert not [tile for tile in topic_review(plan).tiles() if "disk" in tile.name]
    told = json.loads(topic_json(plan))["brokers"]
    assert (told["brokers"], told["without_broker"]) == (None, None)


def test_remote_storage_has_a_row_of_its_own():
    """2 MB/s × 7 d are 1.21 TB, or 1.1 TiB; a third of an hour of it is local."""
    tiered = {"remote.storage.enable": True, "local.retention.ms": 1_200_000}
    plan = plan_topic(small(cluster=Cluster(brokers=3), config=tiered))
    section = next(part for part in topic_review(plan).sections() if part.name == "brokers")
    assert section.tables[0].rows[-1][:3] == ("remote storage, one copy", "1.1 TiB", "1.1 TiB")
    assert json.loads(topic_json(plan))["brokers"]["remote_bytes"] == 2e6 * 604_800


def test_what_a_stated_outage_leaves_as_dead_letters_is_said():
    """12,000 records/s for 100 s, and 70 s of delays: 30 s of it, 360,000 records."""
    plan = plan_topic(small(retries=Retries(delays_s=(10, 60), outage_s=100)))
    section = next(part for part in topic_review(plan).sections() if part.name == "retries")
    assert section.sentences[1].startswith(
        "In the longest outage: 360,000 records of 100 s become dead letters"
    )
    needs = section.tables[1]
    assert needs.rows[-1][:3] == ("orders-dlt", "1", "8")
