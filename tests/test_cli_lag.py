"""The commands about consumer groups: what they print, what they write, how they end."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kafka_sizing import count_keys, place
from kafka_sizing.cli import main
from kafka_sizing.consumers.monitoring import burrow_status, diagnose_lag
from kafka_sizing.consumers.scenario import scenario_of
from kafka_sizing.sources import read_lag_samples

ROOT = Path(__file__).parents[1]

# 10 min of outage at 1,000 records/s leave 600,000 unread; 6 × 250 records/s read them in 20 min.
OUTAGE = """
title = "Outage"
duration = "40 min"
topic = { partitions = 6 }
arrivals = { rate = "1000 records/s" }
group = { members = 6 }
member = { rate = "250 records/s" }

[[event]]
kind = "slowdown"
at = "100 s"
for = "10 min"
"""
STRICT = f"{OUTAGE}\n[objective]\nlag = '100000 records'\n"
COMPARED = f"{STRICT}\n[[policy]]\nkind = 'fixed'\nmembers = 5\n"

HEADER = "GROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG CONSUMER-ID HOST CLIENT-ID"


def described(*, snapshots=20, dates=True, group="billing"):
    """What kafka-consumer-groups.sh prints every 30 s; orders-1 stands from 300 s on."""
    lines = []
    for at in range(snapshots):
        end = 300 * at
        stamp = f"2026-11-02T10:{at // 2:02d}:{30 * (at % 2):02d}Z"
        lines += ["", stamp if dates else "", HEADER]
        for topic, partition, committed in (
            ("orders", 0, end),
            ("orders", 1, min(end, 3_000)),
            ("refunds", 0, end),
        ):
            owner = f"consumer-{partition} /10.0.0.{partition} client-{partition}"
            lines.append(
                f"{group} {topic} {partition} {committed} {end} {end - committed} {owner}"
            )
    return "\n".join(lines) + "\n"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "outage.toml": OUTAGE,
        "strict.toml": STRICT,
        "compared.toml": COMPARED,
        "lag.txt": described(),
        "undated.txt": described(dates=False),
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(capsys):
    def run(*arguments):
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def told(run):
    """Run with --json; give the object."""

    def told(*arguments):
        code, out, err = run(*arguments, "--json")
        assert (code, err) == (0, "")
        assert out.isascii()
        return json.loads(out)

    return told


def test_a_scenario_is_played_and_told(run):
    code, out, err = run("lag", "outage.toml")
    assert (code, err) == (0, "")
    assert out.startswith("Catches up. At worst 600,000 records are unread, 11 min 40 s after")
    assert "0:01:40  outage of what all members wait for" in out
    assert out.endswith("--csv FILE has every step.\n")
    assert "How sure each number is" not in out


def test_details_add_inputs_and_certainty(run):
    _, out, _ = run("lag", "outage.toml", "--details")
    assert "outage.toml" in out[out.index("Inputs") :]
    assert "6 members, cooperative protocol" in out
    assert "How sure each number is" in out


def test_json_has_the_numbers_of_the_simulation(told):
    answer = told("lag", "compared.toml")
    simulation = scenario_of(tomllib.loads(COMPARED)).simulate()
    assert answer["inputs"] == {
        "scenario": "compared.toml",
        "title": "Outage",
        "keys": None,
        "key": None,
    }
    assert answer["peak"]["lag_records"] == pytest.approx(simulation.peak_lag_records)
    # Above 100,000 from 200 s, at 1,000 records/s, until 1,700 s, at 500 a second.
    assert answer["time_over_s"] == 1_499
    assert [row["policy"] for row in answer["policies"]] == ["6 members", "5 members"]


LAG_FIELDS = {
    (): """schema schema_version version inputs fits verdict objective time_over_s duration_s
        step_s peak peak_oldest_unread_s caught_up_at_s end_lag_records lost_records
        member_hours most_idle_members
        rebalancing_fraction moments partitions rebalances decisions policies best""",
    ("inputs",): "scenario title keys key",
    ("objective",): "lag_records oldest_unread_s except_for_s",
    ("peak",): "lag_records at_s oldest_unread_s worst_partition",
    ("moments", 0): """time_s written_records_per_s read_records_per_s lag_records
        oldest_unread_s ready_members starting_members silent_members idle_members""",
    ("partitions", 0): """partition share peak_lag_records peak_oldest_unread_s end_lag_records
        lost_records""",
    ("rebalances", 0): "event starts_s ends_s moved_partitions finished phases",
    ("rebalances", 0, "phases", 0): "name starts_s ends_s stops",
    ("decisions", 0): "at_s members_before members recommended_members reason",
    ("policies", 0): """policy best meets_objective time_over_s peak_lag_records
        peak_oldest_unread_s member_hours used_fraction most_members most_idle_members
        scale_ups scale_downs reversals rebalances rebalancing_fraction is_storm lost_records
        verdict""",
    ("best",): "policy reason",
}


def test_the_fields_of_the_lag_json_are_the_documented_ones(told, folder):
    scaled = COMPARED.replace("members = 6", "members = 6, policy = '5 members'")
    crash = "\n[[event]]\nkind = 'crash'\nat = '20 min'\nmember = 0\n"
    (folder / "all.toml").write_text(scaled.replace('"40 min"', '"2 h"') + crash, encoding="utf-8")
    assert_fields(told("lag", "all.toml"), LAG_FIELDS)


DIAGNOSE_FIELDS = {
    (): """schema schema_version version inputs fits state cause verdict lag_records
        oldest_unread_s burrow_status samples causes partitions offset_resets gaps missing
        uncommitted""",
    ("inputs",): "file group topic every objective",
    ("samples",): "count first_s last_s interval_s",
    ("causes", 0): """cause confidence kind since_s until_s lag_records lag_share partitions
        members evidence advice""",
    ("causes", 0, "partitions", 0): "topic partition",
    ("partitions", 0): """topic partition lag_records oldest_unread_s is_extrapolated
        burrow_status complete_fraction""",
    ("offset_resets", 0): "topic partition kind at_s before after",
    ("gaps", 0): "topic partition starts_s ends_s",
    ("missing", 0): "topic partition first_s last_s",
    ("uncommitted", 0): "topic partition",
}


def test_the_fields_of_the_diagnosis_json_are_the_documented_ones(told, folder):
    rows = ["time_s,partition,committed_offset,end_offset"]
    for at in [*range(10), *range(14, 30)]:
        end = 300 * (at if at < 20 else at - 20)  # created anew
        rows += [f"{30 * at},0,{end},{end}", f"{30 * at},2,,{end}"]  # and none of partition 1
    (folder / "odd.csv").write_text("\n".join(rows), encoding="utf-8")
    assert_fields(told("diagnose", "odd.csv"), DIAGNOSE_FIELDS)


def assert_fields(answer, fields):
    for where, names in fields.items():
        part = answer
        for step in where:
            part = part[step]
        assert list(part) == names.split(), where


def test_check_says_with_the_exit_code_whether_the_objective_is_met(run):
    assert run("lag", "outage.toml", "--check")[0] == 0
    assert run("lag", "strict.toml")[0] == 0
    assert run("lag", "strict.toml", "--check")[0] == 1
    assert run("lag", "strict.toml", "--check", "--json")[0] == 1


def test_every_step_goes_to_a_csv_file(run, folder):
    code, _, _ = run("lag", "outage.toml", "--csv", "steps.csv")
    rows = pd.read_csv(folder / "steps.csv")
    frame = scenario_of(tomllib.loads(OUTAGE)).simulate().to_frame()
    assert code == 0
    assert list(rows.columns) == list(frame.columns)
    assert rows["lag_records"].to_numpy() == pytest.approx(frame["lag_records"], abs=1e-6)
    # Nothing is read from 100 s on: the oldest record is as old as the outage, to the last digit.
    assert rows["oldest_unread_s"][100:700].tolist() == list(range(1, 601))


def test_a_page_is_written(run, folder):
    code, out, _ = run("lag", "compared.toml", "--html", "page.html")
    page = (folder / "page.html").read_text(encoding="utf-8")
    assert code == 0
    assert page.startswith("<!doctype html>")
    assert "<h1><bdi>Outage</bdi></h1>" in page
    assert "compared.toml" in page
    assert out.startswith("Objective missed.")


def test_a_trace_is_found_beside_the_scenario(told, folder):
    (folder / "monday").mkdir()
    text = OUTAGE.replace('rate = "1000 records/s"', 'trace = "traffic.csv"', 1)
    (folder / "monday" / "outage.toml").write_text(text, encoding="utf-8")
    (folder / "monday" / "traffic.csv").write_text(
        "time_s,records_per_s\n0,2000\n", encoding="utf-8"
    )
    # 2,000 records/s for 10 min, and 500 more a second than are read before and after.
    answer = told("lag", "monday/outage.toml")
    assert answer["moments"][0]["written_records_per_s"] == 2_000
    assert answer["end_lag_records"] == pytest.approx(500 * 1_800 + 2_000 * 600)


def test_keys_of_a_log_give_the_shares(told, folder):
    keys = ["UA"] * 60 + ["B6"] * 20 + ["EV"] * 15 + ["DL"] * 5
    pq.write_table(pa.table({"carrier": keys}), "log.parquet")
    answer = told("lag", "outage.toml", "--keys", "log.parquet", "--key", "carrier")
    expected = place(count_keys(keys), 6).shares.tolist()
    assert [row["share"] for row in answer["partitions"]] == pytest.approx(expected)
    assert answer["inputs"]["keys"] == ["log.parquet"]
    other = told(
        *("lag", "outage.toml", "--keys", "log.parquet", "--key", "carrier"),
        *("--partitioner", "librdkafka"),
    )
    shares = place(count_keys(keys), 6, partitioner="librdkafka").shares.tolist()
    assert [row["share"] for row in other["partitions"]] == pytest.approx(shares)


def test_the_policy_that_scales_the_group_needs_nothing_to_be_compared_by(told, folder):
    text = OUTAGE.replace("members = 6", "members = 6, policy = '7 members'")
    policy = "\n[[policy]]\nkind = 'fixed'\nmembers = 7\n"
    (folder / "scaled.toml").write_text(text + policy, encoding="utf-8")
    answer = told("lag", "scaled.toml")
    assert answer["policies"] == []
    assert answer["best"] is None


def test_the_cause_is_named_with_what_to_do(run):
    code, out, err = run("diagnose", "lag.txt")
    diagnosis = diagnose_lag(read_lag_samples("lag.txt"))
    assert (code, err) == (0, "")
    words = " ".join(out.split())
    assert words.startswith(f"Falling behind. {diagnosis.primary.reason} Next: ")
    assert diagnosis.primary.advice in words
    # At 570 s 5,700 were written, 3,000 of them by 300 s.
    assert "orders-1 2,700 4 min 30 s" in words
    assert out.endswith("--html PAGE writes it all as one page.\n")


def test_details_name_the_file_and_how_sure_it_is(run):
    _, out, _ = run("diagnose", "lag.txt", "--details")
    assert "lag.txt" in out[out.index("Inputs") :]
    assert "a rule of thumb" in out


def test_json_has_the_numbers_of_the_diagnosis(told):
    answer = told("diagnose", "lag.txt")
    samples = read_lag_samples("lag.txt")
    assert answer["cause"] == diagnose_lag(samples).cause
    assert answer["lag_records"] == 2_700
    assert answer["burrow_status"] == burrow_status(samples).status.name


def test_one_topic_can_be_looked_at_alone(told):
    answer = told("diagnose", "lag.txt", "--topic", "refunds")
    assert [row["topic"] for row in answer["partitions"]] == ["refunds"]
    assert answer["fits"] is True


def test_check_says_with_the_exit_code_whether_the_group_has_caught_up(run):
    assert run("diagnose", "lag.txt")[0] == 0
    assert run("diagnose", "lag.txt", "--check")[0] == 1
    assert run("diagnose", "lag.txt", "--topic", "refunds", "--check")[0] == 0
    assert run("diagnose", "lag.txt", "--objective", "10 min", "--check")[0] == 0


def test_snapshots_without_times_are_as_far_apart_as_said(told):
    answer = told("diagnose", "undated.txt", "--every", "30s")
    assert answer["samples"] == {
        "count": 60,
        "first_s": 0,
        "last_s": 570,
        "interval_s": 30,
    }
    assert answer["partitions"][1]["oldest_unread_s"] == 270


def test_one_group_of_several_is_chosen_by_name(told, folder):
    (folder / "two.txt").write_text(described() + described(group="audit"), encoding="utf-8")
    assert told("diagnose", "two.txt", "--group", "audit")["samples"]["count"] == 60


def test_a_page_of_a_diagnosis_is_written(run, folder):
    code, _, _ = run("diagnose", "lag.txt", "--group", "billing", "--html", "why.html")
    page = (folder / "why.html").read_text(encoding="utf-8")
    assert code == 0
    assert "<h1><bdi>Lag of billing</bdi></h1>" in page
    assert "orders-1" in page


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("lag",), "Missing argument 'SCENARIO'"),
        (("lag", "none.toml"), "No such file or directory: none.toml"),
        (("lag", "."), "directory"),
        (("lag", "broken.toml"), "error: broken.toml: "),
        (("lag", "latin.toml"), "latin.toml must be TOML in UTF-8, got byte 0xe9"),
        (("lag", "typo.toml"), "error: typo.toml:4: [topic] may hold partitions, shares"),
        (("lag", "member.toml"), "error: member.toml:17: [[event]] 2 (crash) member of Crash"),
        (("lag", "late.toml"), "error: late.toml:16: [[event]] 2 (crash) at must be before"),
        (("lag", "nofile.toml"), "No such file or directory: none.csv"),
        (("lag", "badtrace.toml"), "badtrace.toml: bad.csv must have a column"),
        (("lag", "nothing.toml"), "nothing.toml: objective must be given to compare policies by"),
        (("lag", "outage.toml", "--html", "page.txt"), "--html must end in .html or .htm"),
        (("lag", "outage.toml", "--csv", "outage.toml"), "--csv must end in .csv"),
        (("lag", "outage.toml", "--csv", "none/x.csv"), "--csv must name a file in a folder"),
        (("lag", "trace.toml", "--csv", "good.csv"), "--csv must not be the trace that is read"),
        (("lag", "outage.toml", "--key", "k"), "--key must be given with --keys, got 'k' alone"),
        (("lag", "outage.toml", "--keys", "none.csv", "--key", "k"), "file must exist"),
        (("lag", "outage.toml", "--partitioner", "jawa"), "'java'"),
        (("diagnose",), "Missing argument 'FILE'"),
        (("diagnose", "none.txt"), "No such file or directory: none.txt"),
        (("diagnose", "outage.toml"), "outage.toml"),
        (("diagnose", "undated.txt"), "error: --every must say how far apart the 20 snapshots"),
        (("diagnose", "lag.txt", "--every", "30 s"), "error: --every must be left out for"),
        (("diagnose", "undated.txt", "--every", "30"), "--every: text must be a time span"),
        (("diagnose", "lag.txt", "--group", "biling"), "error: --group must be one of 'billing'"),
        (("diagnose", "plain.csv", "--group", "x"), "--group must be left out for plain.csv"),
        (("diagnose", "lag.txt", "--topic", "order"), "error: --topic must be one of 'orders'"),
        (("diagnose", "lag.txt", "--objective", "0 s"), "--objective must be finite and > 0"),
        (("diagnose", "lag.txt", "--html", "lag.txt"), "--html must end in .html or .htm"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_bad_input_is_one_line_and_exit_code_2(run, folder, arguments, message):
    traced = OUTAGE.replace('rate = "1000 records/s"', 'trace = "{}"', 1)
    files = {
        "broken.toml": "duration = ",
        "typo.toml": OUTAGE.replace("partitions =", "partition ="),
        "late.toml": f"{OUTAGE}\n[[event]]\nkind = 'crash'\nat = '2 d'\nmember = 0\n",
        "member.toml": f"{OUTAGE}\n[[event]]\nkind = 'crash'\nat = '1 s'\nmember = 6\n",
        "nofile.toml": traced.replace("{}", "none.csv"),
        "badtrace.toml": traced.replace("{}", "bad.csv"),
        "trace.toml": traced.replace("{}", "good.csv"),
        "nothing.toml": f"{OUTAGE}\n[[policy]]\nkind = 'fixed'\nmembers = 7\n",
        "bad.csv": "a,b\n1,2\n",
        "plain.csv": "time_s,partition,committed_offset,end_offset\n0,0,1,2\n",
        "good.csv": "time_s,records_per_s\n0,100\n",
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "latin.toml").write_bytes("title = 'café'".encode("latin-1"))
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert message in err
    assert (folder / "good.csv").read_text(encoding="utf-8") == files["good.csv"]


def test_help_loads_no_simulation():
    program = (
        "import sys; from kafka_sizing.cli import main; main(['--help']); "
        "print('LOADED', *sorted(name for name in sys.modules if name.startswith("
        "('kafka_sizing.consumers', 'kafka_sizing.report', 'pandas', 'matplotlib'))))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, check=True, text=True
    )
    assert "\n  lag " in done.stdout
    assert "\n  diagnose " in done.stdout
    assert done.stdout.rpartition("LOADED")[2].split() == []


def test_the_scenario_of_the_page_is_the_file_beside_it():
    page = (ROOT / "docs" / "howto" / "on_the_command_line.md").read_text(encoding="utf-8")
    scenario = (ROOT / "docs" / "howto" / "billing.toml").read_text(encoding="utf-8")
    assert f"```toml\n{scenario}```" in page
