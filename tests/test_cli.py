"""The command line: what it prints, what it writes, how it ends."""

import errno
import io
import json
import os
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kafka_sizing import (
    PartitionLoads,
    __version__,
    compare_fixes,
    count_keys,
    find_hot,
    partition_of,
    place,
)
from kafka_sizing.cli import main
from kafka_sizing.report.json import keys_json

# 100 records: UA is 60 % of them; 21 and foobar are keys of Kafka's own tests.
KEYS = ["UA"] * 60 + ["21"] * 20 + ["foobar"] * 15 + ["<b>"] * 5


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pq.write_table(pa.table({"carrier": KEYS, "number": range(100)}), "log.parquet")
    (tmp_path / "log.csv").write_text("\n".join(["carrier,bytes", *(f"{key},7" for key in KEYS)]))
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


def piped(monkeypatch, data):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


KEYED = ("keys", "log.parquet", "--key", "carrier", "--partitions", 4)


def test_the_hot_report_comes_first_then_the_fixes(run):
    code, out, err = run(*KEYED)
    assert (code, err) == (0, "")
    assert out.startswith("Does not fit.")
    assert "UA" in out
    assert out.index("Hot partitions") < out.index("Fixes side by side")


def test_json_gives_the_numbers_of_the_library(told):
    loads = place(count_keys(KEYS), 4)
    hot, comparison = find_hot(loads), compare_fixes(count_keys(KEYS), 4)
    answer = told(*KEYED)
    assert answer["fits"] is hot.fits is False
    assert [row["load"] for row in answer["partitions"]] == loads.loads.tolist()
    assert [row["share"] for row in answer["partitions"]] == loads.shares.tolist()
    assert [row["partition"] for row in answer["hot_partitions"]] == [p.partition for p in hot.hot]
    assert answer["hot_partitions"][0]["keys"][0]["key"] == "UA"
    assert [row["fix"] for row in answer["fixes"]] == [o.name for o in comparison.outcomes]
    assert [row["peak_share"] for row in answer["fixes"]] == [
        outcome.peak_share for outcome in comparison.outcomes
    ]
    assert answer["best"]["fix"] == comparison.best.name
    assert [row["best"] for row in answer["fixes"]].count(True) == 1
    assert answer["keys"][0] == {
        "key": "UA",
        "load": 60.0,
        "load_at_most": 60.0,
        "share": 0.6,
        "partition": partition_of("UA", 4),
    }


TOP = """schema schema_version version inputs fits verdict topic lines partitions hot_partitions
    first_fitting_partitions searched_to_partitions keys fixes best way_out"""
FIELDS = {
    (): TOP,
    ("inputs",): "files key load rate partition_capacity ratio serializer ordering certainty",
    ("topic",): """partitions partitioner unit total null_load sample_size distinct_keys
        effective_keys even_share hottest_partition max_share imbalance_ratio margin sketch""",
    ("lines", 0): "name load unit kind reason",
    ("partitions", 0): "partition load share hot",
    ("hot_partitions", 0): """partition load share imbalance_ratio line cause
        separating_partitions searched_to_partitions keys keys_left_out reason""",
    ("hot_partitions", 0, "keys", 0): "key load share partition_share",
    ("keys", 0): "key load load_at_most share partition",
    ("fixes", 0): """fix best fits holds probability probability_basis keeps_order partitions
        peak_share margin imbalance_ratio throughput_ceiling hot_partitions ordering_scope
        ordering_note read_fan_in state_copies moved_key_share moved_load_share producer_change
        consumer_change notes""",
    ("best",): "fix holds reason",
    ("way_out",): """impossible hottest_key_share keys_above line_share best_share handler_ratio
        least_handler_ratio least_shards least_partitions fix_without_order reason""",
}


@pytest.mark.parametrize("where", FIELDS, ids=lambda where: "/".join(map(str, where)) or "top")
def test_the_fields_of_the_keys_json_are_the_documented_ones(told, where):
    answer = told(*KEYED)
    for step in where:
        answer = answer[step]
    assert list(answer) == FIELDS[where].split()


def test_the_fields_of_the_other_json_are_the_documented_ones(told):
    plan = told("partitions", "--write-rate", "1 MB/s", "--consumer-rate", "1 MB/s", "--most", 5)
    assert (
        list(plan)
        == """schema schema_version version fits partitions partitions_now binding reason band
        limits rounding clash write_bytes_per_s peak_ratio growth_fraction_per_year horizon_years
        compression_ratio headroom_fraction design_write_bytes_per_s hottest_key_share
        throughput_ceiling_bytes_per_s""".split()
    )
    assert list(plan["limits"][0]) == "name bound partitions kind reason source".split()
    placed = told("place", "a", "--partitions", 3)
    assert list(placed) == "schema schema_version version partitions partitioner keys".split()
    assert [plan["schema"], placed["schema"]] == ["kafka-sizing/partitions", "kafka-sizing/place"]
    assert plan["schema_version"] == placed["schema_version"] == 1


def test_a_certainty_says_under_how_many_hashes_each_fix_holds(told, run):
    """60, 20, 15 and 5 of 100 fit under 90 with each key alone, and under most hashes."""
    lax = ("--ratio", 3.2, "--certainty", 0.5)
    answer = told(*KEYED, *lax)
    as_is = answer["fixes"][0]
    assert as_is["probability_basis"] == "random hash"
    assert 0.5 < as_is["probability"] < 1
    assert as_is["holds"] is answer["best"]["holds"] is True
    assert answer["way_out"] is None
    strict = ("--ratio", 3.2, "--certainty", 0.99)
    code, out, _ = run(*KEYED, *strict, "--check")
    assert code == 1
    assert " holds " in out
    assert "not surely" in " ".join(out.split())
    assert run(*KEYED, *lax, "--check")[0] == 0
    assert "certainty wanted" in run(*KEYED, *strict, "--details")[1]
    assert told(*KEYED, "--ratio", 3.2)["fixes"][0]["probability"] is None


def test_where_no_fix_holds_the_way_out_stands_under_the_verdict(run, told):
    out = run(*KEYED)[1]
    assert "The way out: impossible while keys stay whole: the hottest writes 60.0 %" in " ".join(
        out.split()
    )
    way = told(*KEYED)["way_out"]
    assert way["impossible"]
    assert way["least_handler_ratio"] == pytest.approx(60 / 37.5)  # 1.5 even shares are 37.5
    assert "The way out" not in run(*KEYED, "--ordering", "none")[1]


def test_order_per_shard_is_a_need_of_its_own(told):
    answer = told(*KEYED, "--ordering", "per-shard")
    kept = {row["ordering_scope"] for row in answer["fixes"] if row["keeps_order"]}
    assert kept == {"per key", "per shard"}
    assert answer["fixes"][-1]["ordering_scope"] == "none"


def test_a_rate_makes_loads_comparable_with_a_capacity(told):
    answer = told(*KEYED, "--rate", "200 MiB/s", "--partition-capacity", "10 MiB/s")
    assert (answer["topic"]["unit"], answer["topic"]["total"]) == ("bytes/s", 200 * 2**20)
    (line,) = answer["lines"]
    assert (line["name"], line["load"]) == ("capacity", 10 * 2**20)
    as_is = answer["fixes"][0]
    assert as_is["throughput_ceiling"] == pytest.approx(10 * 2**20 / as_is["peak_share"])


def test_a_load_column_is_in_bytes_unless_said_otherwise(told):
    by_bytes = ("keys", "log.csv", "--key", "carrier", "--load", "bytes", "--partitions", 4)
    assert told(*by_bytes)["topic"]["total"] == 700
    assert told(*by_bytes)["topic"]["unit"] == "bytes"
    assert told(*by_bytes, "--load-unit", "records/s")["topic"]["unit"] == "records/s"


def test_a_ratio_is_the_line_for_the_fixes_too(told):
    answer = told(*KEYED, "--ratio", 3.9)
    assert (answer["fits"], answer["fixes"][0]["fits"], answer["best"]["fix"]) == (
        True,
        True,
        "as is",
    )
    assert answer["fixes"][0]["throughput_ceiling"] is None


def test_top_says_how_many_keys_to_list(told):
    assert [row["key"] for row in told(*KEYED, "--top", 2)["keys"]] == ["UA", "21"]


def test_order_that_is_not_needed_opens_more_fixes(told):
    tight = ("--rate", "100 MB/s", "--partition-capacity", "30 MB/s")
    kept, free = told(*KEYED, *tight), told(*KEYED, *tight, "--ordering", "none")
    assert not any(row["fits"] for row in kept["fixes"] if row["best"])
    assert all(row["fits"] for row in free["fixes"] if row["best"])


def test_the_serializer_of_whole_numbers_is_taken(told):
    options = ("keys", "log.parquet", "--key", "number", "--partitions", 4)
    answer = told(*options, "--serializer", "int32", "--top", 1)
    assert answer["keys"][0]["key"] == "\0\0\0\0"
    assert told(*options, "--serializer", "string")["topic"]["distinct_keys"] == 100


def test_a_page_is_written(run, folder):
    code, out, _ = run(*KEYED, "--html", "page.html")
    page = (folder / "page.html").read_text(encoding="utf-8")
    assert (code, page.startswith("<!doctype html>")) == (0, True)
    assert "<b>" not in page
    assert "UA" in page
    assert out.startswith("Does not fit.")


def test_redacted_keys_are_nowhere_and_have_one_name_everywhere(run, folder):
    _, out, _ = run(*KEYED, "--redact", "--json", "--html", "page.html")
    page = (folder / "page.html").read_text(encoding="utf-8")
    names = [row["key"] for row in json.loads(out)["keys"]]
    assert all(name.startswith("anon-") for name in names)
    assert names[0] in page
    _, text, _ = run(*KEYED, "--redact")
    for shown in (out, page, text):
        assert "foobar" not in shown


def test_an_error_quotes_no_key_when_keys_are_redacted(run, folder):
    (folder / "odd.csv").write_text("key\nsecret-user\n", encoding="utf-8")
    arguments = ("keys", "odd.csv", "--key", "key", "--partitions", "4", "--serializer", "int32")
    code, _, error = run(*arguments)
    assert (code, "secret-user" in error) == (2, True)
    code, _, error = run(*arguments, "--redact")
    assert (code, "secret" in error) == (2, False)
    assert error.startswith("error: ")


def test_a_page_never_takes_the_place_of_a_log(run, folder):
    log = folder / "log.csv"
    log.write_text("key\na\n", encoding="utf-8")
    code, _, error = run(
        "keys", "log.csv", "--key", "key", "--partitions", "4", "--html", "log.csv"
    )
    assert (code, log.read_text(encoding="utf-8")) == (2, "key\na\n")
    assert "--html must end in .html or .htm" in error


def test_keys_one_a_line_come_on_standard_input(run, told, monkeypatch):
    for arguments in (["keys"], ["keys", "-"]):
        piped(monkeypatch, b"a\n\xff\x00\na\n")
        answer = told(*arguments, "--partitions", 2)
        assert [row["key"] for row in answer["keys"]] == ["a", {"hex": "ff00"}]
        assert answer["topic"]["sample_size"] == 3
    piped(monkeypatch, b"")
    assert run("keys", "--partitions", 2) == (
        2,
        "",
        "error: standard input must hold at least one key a line, got none\n",
    )


def test_check_says_with_the_exit_code_whether_it_fits(run):
    plan = ("partitions", "--write-rate", "9 MB/s", "--consumer-rate", "1 MB/s", "--check")
    assert run(*KEYED, "--check")[0] == 1
    assert run(*KEYED, "--check", "--ratio", 3.9)[0] == 0
    assert run(*plan)[0] == 0
    assert run(*plan, "--most", 8)[0] == 1


def test_the_plan_names_its_limits(run, told):
    arguments = (
        *("partitions", "--write-rate", "250 MiB/s", "--producer-rate", "50 MiB/s"),
        *("--consumer-rate", "25 MiB/s"),
    )
    code, out, err = run(*arguments)
    assert (code, err) == (0, "")
    assert out.startswith("10 partitions: consumers at 25.0 MiB/s each need 10")
    answer = told(*arguments)
    assert (answer["partitions"], answer["binding"]) == (10, "consumer")


def test_every_option_of_the_plan_counts(told):
    # Twice 10 MB/s at the peak, doubled in a year: 40 MB/s; at 80 % of 1 MB/s that is 50.
    answer = told(
        *("partitions", "--write-rate", "10 MB/s", "--consumer-rate", "1 MB/s", "--peak", 2),
        *("--growth", 1, "--horizon", "1 y", "--headroom", 0.2, "--compression", 4),
        # On the wire 10 MB/s; at 80 % of 0.5 MB/s that is 25.
        *("--producer-rate", "0.5 MB/s", "--multiple-of", 6, "--multiple-of", 4, "--most", 60),
        # 4 threads at 10 ms and 1 kB: 0.4 MB/s; 80 % of it, for 2 × 2 × 2 MB/s: 25.
        *("--group", "name=billing,time=10 ms,threads=4,record=1 kB,reads=2 MB/s,members=7"),
        *("--group", "name=audit, rate=8 MB/s"),
        # 300 GB doubled, 6 GB each: 100, above --most.
        *("--retained", "300 GB", "--partition-retained", "6 GB", "--hottest-share", 0.01),
    )
    limits = {limit["name"]: limit["partitions"] for limit in answer["limits"]}
    assert limits == {
        "producer": 25,
        "consumer": 50,
        "billing": 25,
        "billing members": 7,
        "audit": 7,  # 40 / 6.4
        "retained bytes": 100,
        "hottest key": 1,
        "most": 60,
    }
    assert answer["clash"] == ["retained bytes", "most"]
    assert answer["rounding"]["partitions"] == 108  # the next multiple of 12
    assert answer["fits"] is False


def test_place_says_where_keys_go(run, told):
    code, out, _ = run("place", "21", "foobar", "", "--partitions", 4)
    assert code == 0
    rows = [line.rsplit(maxsplit=1) for line in out.splitlines()]
    assert rows[0] == ["key", "partition"]
    assert [int(row[1]) for row in rows[1:]] == partition_of(["21", "foobar", ""], 4).tolist()
    answer = told("place", "21", "--partitions", 4, "--partitioner", "sarama")
    assert answer["keys"] == [
        {"key": "21", "partition": partition_of("21", 4, partitioner="sarama")}
    ]
    assert answer["partitioner"] == "sarama"


def test_place_serializes_as_asked_and_shows_what_was_typed(run, told):
    expected = int(partition_of([7], 12, serializer="int32")[0])
    _, out, _ = run("place", 7, "--partitions", 12, "--serializer", "int32")
    assert out.splitlines()[1].split() == ["7", str(expected)]
    (row,) = told("place", 7, "--partitions", 12, "--serializer", "int32")["keys"]
    assert row == {"key": "\0\0\0\x07", "partition": expected}


def test_keys_cannot_steer_the_terminal(run):
    _, out, _ = run("place", "\x1b[31mred\n", "--partitions", 4)
    assert "\x1b" not in out
    assert len(out.splitlines()) == 2


def test_a_name_in_an_error_cannot_steer_the_terminal(run):
    code, _, error = run("diagnose", "no\x1b[31msuch.csv")
    assert code == 2
    assert "\x1b" not in error
    assert r"no\x1b[31msuch.csv" in error


def test_version_and_help(run):
    assert run("--version") == (0, f"kafka-sizing {__version__}\n", "")
    for arguments in ([], ["--help"]):
        code, out, _ = run(*arguments)
        assert code == 0
        assert all(f"\n  {name} " in out for name in ("keys", "partitions", "place"))


PLAN = ("partitions", "--write-rate", "1 MB/s", "--consumer-rate", "1 MB/s")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("keys", "log.parquet", "--key", "carrier"), "Missing option '--partitions'"),
        ((*KEYED, "--nonsense"), "No such option"),
        (("nonsense",), "No such command 'nonsense'"),
        (("keys", "--partitions", "x"), "Invalid value for '--partitions'"),
        ((*KEYED[:-1], 0), "--partitions must be a whole number in 1 … 10,000,000, got 0"),
        ((*KEYED[:-1], 2**31), "got 2147483648"),
        (
            ("place", "a", "--partitions", 2**31),
            "error: --partitions must be a whole number in 1 …",
        ),
        (("place", "a", "--partitions", 0), "error: --partitions must be a whole number in 1 …"),
        (
            ("keys", "log.parquet", "--partitions", 4),
            "key must be one of the columns [",
        ),
        (
            (*KEYED, "--key", "carier"),
            "columns ['carrier', 'number'] of log.parquet, got 'carier'",
        ),
        ((*KEYED, "--key", "number"), "got no serializer (--serializer)"),
        ((*KEYED, "--load", "carrier"), "load must be a column of numbers, got 'carrier'"),
        ((*KEYED, "--load-unit", "bytes"), "--load-unit must be given with --load"),
        ((*KEYED, "--load", "number", "--load-unit", "GB"), "--load-unit must be one of"),
        ((*KEYED, "--rate", "nan"), "--rate: text must be an amount"),
        ((*KEYED, "--rate", "-1 MB/s"), "--rate: amount must be finite and >= 0"),
        ((*KEYED, "--rate", "0 MB/s"), "--rate must be finite and > 0, got 0.0"),
        ((*KEYED, "--rate", "200 MiB"), "--rate must be per second"),
        ((*KEYED, "--partition-capacity", "1 MB/s"), "must be in records, as the loads are"),
        ((*KEYED, "--partition-capacity", "0 records"), "must be finite and > 0, got 0.0"),
        ((*KEYED, "--ratio", "nan"), "--ratio must be finite and >= 1, got nan"),
        ((*KEYED, "--partitioner", "jawa"), "'java'"),
        ((*KEYED, "--serializer", "int31"), "(near: 'int"),
        ((*KEYED, "--ordering", "per key"), "--ordering must be one of 'per-key', 'per-shard',"),
        ((*KEYED, "--certainty", 1), "--certainty must be a share in (0, 1), got 1.0"),
        ((*KEYED, "--top", 0), "--top must be a whole number"),
        ((*KEYED, "--html", "none/page.html"), "--html must name a file in a folder that exists"),
        ((*KEYED, "--html", "."), "--html must name a file in a folder that exists"),
        (
            ("keys", "", "--key", "k", "--partitions", 4),
            "paths must name files, got an empty name",
        ),
        (("keys", "none.csv", "--key", "k", "--partitions", 4), "file must exist, got 'none.csv'"),
        (("keys", "-", "log.csv", "--partitions", 4), "FILE must be files or -, got both"),
        (("keys", "-", "--key", "k", "--partitions", 4), "--key and --load must be left out"),
        ((*PLAN, "--growth", 0.3), "--growth must be given with --horizon"),
        ((*PLAN, "--horizon", "3 years"), "--horizon: time span must be in one of"),
        ((*PLAN, "--headroom", 1), "error: --headroom must be a fraction in [0, 1), got 1.0"),
        ((*PLAN, "--compression", "inf"), "error: --compression must be finite and >= 1, got inf"),
        ((*PLAN, "--group", "rate=1 MB/s"), "--group must hold a name and some of name, rate"),
        ((*PLAN, "--group", "name=a,speed=1"), "--group must hold a name and some of name, rate"),
        ((*PLAN, "--group", "name=a,threads=x,time=1 s"), "--group threads: "),
        ((*PLAN, "--group", "name=a"), "group 'a' must give rate, time or members"),
        ((*PLAN, "--group", "name=a,rate=1 MB/s,rate=2 MB/s"), "must give each word once"),
        ((*PLAN, "--group", "name=a,rate=0 MB/s"), "error: rate of group 'a' must be"),
        ((*PLAN, "--most", 0), "error: --most must be a whole number"),
        ((*PLAN, "--retained", "1 GB"), "--partition-retained must be given with --retained"),
        (
            ("partitions", "--write-rate", "0 MB/s", "--consumer-rate", "1 MB/s"),
            "--write-rate must",
        ),
        (("partitions", "--write-rate", "1 MB/s"), "at least one of --producer-rate"),
        (("partitions", "--write-rate", "1 GB"), "--write-rate: rate must be in bytes per second"),
        (("place", "x", "--partitions", 4, "--serializer", "int32"), "KEY must hold numbers"),
    ],
    ids=lambda value: " ".join(map(str, value)) if isinstance(value, tuple) else "",
)
def test_bad_input_is_one_line_and_exit_code_2(run, arguments, message):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert message in err


def test_a_terminal_without_a_file_is_told_what_to_give(run, monkeypatch):
    piped(monkeypatch, b"")
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    code, _, err = run("keys", "--partitions", 4)
    assert (code, "FILE must be given" in err) == (2, True)


def test_what_stops_the_engine_is_an_interrupt_too(run, monkeypatch):
    import duckdb

    def interrupted(*_arguments):
        raise RuntimeError("Query interrupted")

    monkeypatch.setattr(duckdb.DuckDBPyConnection, "sql", interrupted)
    assert run(*KEYED[:1], "log.csv", *KEYED[2:]) == (130, "", "error: interrupted\n")


def test_an_interrupt_while_a_file_is_read_ends_the_command(run, monkeypatch):
    import pyarrow.parquet as pq

    def interrupted(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(pq.ParquetFile, "read_row_group", interrupted)
    assert run(*KEYED[:1], "log.parquet", *KEYED[2:]) == (130, "", "error: interrupted\n")


def test_memory_for_counting_is_given_as_people_write_it(run, monkeypatch):
    from kafka_sizing import sources

    asked = []
    real = sources.count_key_files

    def noted(*arguments, **options):
        asked.append(options)
        return real(*arguments, **options)

    monkeypatch.setattr(sources, "count_key_files", noted)
    code, out, _ = run(*KEYED, "--memory", "256 MiB")
    assert code == 0
    assert out == run(*KEYED)[1]
    assert [options["memory_bytes"] for options in asked] == [256 * 2**20, 2**30]
    code, _, error = run(*KEYED, "--memory", "1 MiB")
    assert code == 2
    assert error.startswith("error: --memory must be a whole number in 67,108,864 … ")


def test_memory_that_the_machine_does_not_have_is_named_as_the_option(run):
    code, out, error = run(*KEYED, "--memory", "900 TiB")
    assert (code, out) == (2, "")
    assert error == "error: --memory must be what this machine can set aside, got 900.0 TiB\n"


def test_who_watches_sees_how_fast_reading_is():
    from kafka_sizing.cli.terminal import pace
    from kafka_sizing.sources import Reading

    halfway = Reading(share=0.25, records=3_000_000, elapsed_s=2.0)
    assert pace(halfway) == "3,000,000 records, 1,500,000 records/s, 6 s left"
    assert pace(Reading(share=0.0, records=0, elapsed_s=0.0)) == "0 records, 0 records/s"


def test_json_of_loads_without_keys_is_refused():
    hot = find_hot(PartitionLoads(loads=[1, 2]))
    with pytest.raises(ValueError, match="hot must rest on loads with keys"):
        keys_json(hot, compare_fixes(count_keys(KEYS), 4, []))


def test_an_interrupt_is_neither_a_misfit_nor_bad_input(run, monkeypatch):
    def interrupted(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("kafka_sizing.sources.count_key_files", interrupted)
    assert run(*KEYED) == (130, "", "error: interrupted\n")


def test_a_person_who_watches_sees_a_bar(run, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    shown = Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    assert run(*KEYED)[0] == 0
    assert "reading" in shown.getvalue()


def process(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "kafka_sizing", *arguments],
        capture_output=True,
        check=False,
        **options,
    )


def test_the_package_runs_as_a_module_without_a_traceback():
    good = process("keys", "log.csv", "--key", "carrier", "--partitions", "4", "--check")
    assert (good.returncode, good.stderr) == (1, b"")
    bad = process("keys", "log.csv", "--key", "carier", "--partitions", "4")
    assert (bad.returncode, bad.stdout, bad.stderr.count(b"\n")) == (2, b"", 1)


def test_the_bytes_that_the_shell_gave_are_the_key():
    done = process("place", b"\xff", "--partitions", "12", "--json")
    assert json.loads(done.stdout)["keys"] == [
        {"key": {"hex": "ff"}, "partition": partition_of(b"\xff", 12)}
    ]


def test_an_output_that_cannot_show_a_key_escapes_it():
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = process("place", "Ü", "--partitions", "12", env=environment)
    assert (done.returncode, done.stderr) == (0, b"")
    assert rb"\xdc" in done.stdout


def test_a_reader_that_leaves_early_is_no_error(folder):
    (folder / "many.txt").write_text("\n".join(map(str, range(100))))
    reading, writing = os.pipe()
    os.close(reading)
    arguments = ["keys", "many.txt", "--partitions", "20000", "--json"]
    with os.fdopen(writing, "wb") as closed:
        done = subprocess.run(
            [sys.executable, "-m", "kafka_sizing", *arguments],
            stdout=closed,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_stream_that_the_shell_closed_changes_no_exit_code(monkeypatch, stream):
    monkeypatch.setattr(sys, stream, None)
    assert main([*map(str, KEYED), "--check"]) == 1
    assert main([*map(str, KEYED[:-1]), "0"]) == 2


def test_an_output_that_cannot_be_written_is_said(run, monkeypatch):
    def full(_text):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("kafka_sizing.cli.hot.say", full)
    assert run(*KEYED) == (2, "", "error: No space left on device\n")
