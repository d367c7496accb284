"""The commands about whole topics: what they print, what they write, how they end."""

import json
import re
import subprocess
import sys
import tomllib
from dataclasses import replace

import pytest

from kafka_sizing import partition_of
from kafka_sizing.cli import main
from kafka_sizing.review import review_topic
from kafka_sizing.topic import design_of, plan_topic, template_text, topic_schema

# 2 MB/s of records of 500 B are 4,000 records/s: 3 partitions for members that read 1,500.
ORDERS = """\
[topic]
name = "orders"
min_insync_replicas = 2
retention = "7 d"

[traffic]
rate = "2 MB/s"
record = "500 B"

[producers]
instances = 2

[producers.config]
acks = "all"

[[group]]
name = "billing"
member_rate = "1500 records/s"
config = { enable.auto.commit = false, auto.offset.reset = "earliest" }

[operations]
owner = "team-orders"
"""
FORMATS = ("--strimzi", "--terraform", "--shell", "--alerts", "--properties")

CHECKED_FIELDS = """file fits verdict subject worst findings checklist checked passed
    not_applicable plan"""
FINDING_FIELDS = """place rule severity subject summary evidence consequence change source kind
    area mistake set_or_default"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orders.toml").write_text(ORDERS, encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(capsys):
    def run(*arguments):
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def design(folder):
    """Write a design file that is ORDERS but for some words; give its name."""

    def design(old, new, name="changed.toml"):
        assert old in ORDERS
        (folder / name).write_text(ORDERS.replace(old, new), encoding="utf-8")
        return name

    return design


def planned(text=ORDERS):
    return plan_topic(design_of(tomllib.loads(text)))


def findings(out):
    """The lines of findings, as place, severity, rule."""
    rows = []
    for line in out.splitlines():
        if line.endswith("]"):
            place, severity, _ = line.split(": ", 2)
            rows.append((place, severity, line.rpartition("[")[2].rstrip("]")))
    return rows


class TestInit:
    def test_the_file_is_the_template_and_the_schema_stands_beside_it(self, run, folder):
        code, out, err = run("init", "payments.toml")
        assert (code, err) == (0, "")
        assert (folder / "payments.toml").read_text(encoding="utf-8") == template_text()
        schema = (folder / "kafka-topic.schema.json").read_text(encoding="utf-8")
        assert json.loads(schema) == topic_schema()
        assert out.endswith("Next: kafka-sizing topic payments.toml\n")

    def test_the_first_line_of_the_file_names_the_schema(self, run, folder):
        run("init")
        first = (folder / "topic.toml").read_text(encoding="utf-8").splitlines()[0]
        assert first == "#:schema ./kafka-topic.schema.json"

    def test_what_it_writes_can_be_planned(self, run):
        run("init", "new.toml")
        assert run("export", "new.toml", "--shell")[0] == 0

    def test_a_design_is_never_written_over(self, run, folder):
        code, out, err = run("init", "orders.toml")
        assert (code, out) == (2, "")
        assert err == "error: FILE must not be there yet, got orders.toml\n"
        assert (folder / "orders.toml").read_text(encoding="utf-8") == ORDERS
        assert not (folder / "kafka-topic.schema.json").exists()

    def test_a_schema_of_an_earlier_run_is_brought_up_to_date(self, run, folder):
        schema = folder / "kafka-topic.schema.json"
        schema.write_text(json.dumps({"title": topic_schema()["title"]}), encoding="utf-8")
        assert run("init", "new.toml")[0] == 0
        assert json.loads(schema.read_text(encoding="utf-8")) == topic_schema()

    @pytest.mark.parametrize("text", ["{}", "[]", "not JSON"])
    def test_a_schema_of_something_else_is_left_alone(self, run, folder, text):
        schema = folder / "kafka-topic.schema.json"
        schema.write_text(text, encoding="utf-8")
        code, _, err = run("init", "new.toml")
        assert code == 2
        assert err.startswith("error: kafka-topic.schema.json must be a schema of design files")
        assert schema.read_text(encoding="utf-8") == text
        assert not (folder / "new.toml").exists()

    def test_the_schema_alone_goes_to_the_terminal(self, run, folder):
        code, out, _ = run("init", "--schema")
        assert code == 0
        assert json.loads(out) == topic_schema()
        assert [path.name for path in folder.iterdir()] == ["orders.toml"]


class TestTopic:
    def test_the_plan_is_told_with_its_findings(self, run):
        code, out, err = run("topic", "orders.toml")
        assert (code, err) == (0, "")
        assert "3 partitions" in " ".join(out.split())
        assert "no-dead-letter-topic" in out or "nowhere to go" in " ".join(out.split())
        assert out.endswith("--html PAGE writes it all as one page.\n")

    def test_details_add_inputs(self, run):
        _, out, _ = run("topic", "orders.toml", "--details")
        assert "orders.toml" in out[out.index("Inputs") :]
        assert "--details" not in out

    def test_a_page_is_written(self, run, folder):
        code, _, _ = run("topic", "orders.toml", "--html", "orders.html")
        page = (folder / "orders.html").read_text(encoding="utf-8")
        assert code == 0
        assert page.startswith("<!doctype html>")
        assert "<h1><bdi>orders</bdi></h1>" in page

    def test_json_has_the_numbers_of_the_plan(self, run):
        code, out, err = run("topic", "orders.toml", "--json")
        assert (code, err) == (0, "")
        assert out.isascii()
        answer = json.loads(out)
        assert answer["schema"] == "kafka-sizing/topic"
        assert answer["inputs"] == {"file": "orders.toml"}
        assert answer["fits"] is True
        assert [(each["subject"], each["answer"]) for each in answer["answers"][:2]] == [
            ("partitions", "3"),
            ("group billing", "3 members"),
        ]

    def test_redact_leaves_no_key(self, run, folder):
        keys = "\n".join(["customer", *["Mallory"] * 90, *["Bob"] * 10])
        (folder / "keys.csv").write_text(f"{keys}\n", encoding="utf-8")
        log = '\n[keys]\nlog = "keys.csv"\nkey = "customer"\n'
        (folder / "keyed.toml").write_text(ORDERS + log, encoding="utf-8")
        arguments = ("topic", "keyed.toml", "--details")
        assert "Mallory" in run(*arguments)[1]
        _, out, _ = run(*arguments, "--redact", "--html", "keyed.html")
        assert "anon-" in out
        for text in (
            out,
            (folder / "keyed.html").read_text(encoding="utf-8"),
            run("topic", "keyed.toml", "--redact", "--json")[1],
        ):
            assert "Mallory" not in text

    def test_check_says_with_the_exit_code_whether_it_holds(self, run, design):
        assert run("topic", "orders.toml", "--check")[0] == 0
        risky = design("min_insync_replicas = 2", "min_insync_replicas = 1")
        assert run("topic", risky)[0] == 0
        assert run("topic", risky, "--check")[0] == 1
        short = design('name = "orders"', 'name = "orders"\npartitions = 2')
        assert run("topic", short, "--check", "--json")[0] == 1


class TestCheck:
    @pytest.fixture
    def crowded(self, folder):
        """Two customers on one of 3 partitions write 30 % each; a member reads 37.5 %."""
        names = [f"user-{number}@example.com" for number in range(100)]
        together = [name for name in names if partition_of(name, 3) == 1][:2]
        rows = [*together * 30, *(name for name in names if name not in together)][:100]
        (folder / "keys.csv").write_text("\n".join(["customer", *rows, ""]), encoding="utf-8")
        text = ORDERS.replace('name = "orders"', 'name = "orders"\npartitions = 3')
        for name in ("one.toml", "two.toml"):
            (folder / name).write_text(
                f'{text}\n[keys]\nlog = "keys.csv"\nkey = "customer"\n', encoding="utf-8"
            )
        return together

    def test_redact_leaves_no_key_in_the_log_of_a_pipeline(self, run, crowded):
        code, plain, _ = run("check", "one.toml")
        assert all(name in plain for name in crowded)
        for options in ((), ("--json",)):
            redacted, out, err = run("check", "one.toml", "--redact", *options)
            assert redacted == code
            assert "@example.com" not in out + err
            assert "anon-" in out

    def test_one_key_has_one_pseudonym_in_all_designs_that_are_checked(self, run, crowded):
        _, out, _ = run("check", "one.toml", "two.toml", "--redact")
        one, two = (
            {
                name
                for line in out.splitlines()
                if line.startswith(file)
                for name in re.findall("anon-[0-9a-f]{8}", line)
            }
            for file in ("one", "two")
        )
        assert one == two
        assert len(one) >= len(crowded)

    def test_a_design_without_errors_passes(self, run):
        code, out, err = run("check", "orders.toml")
        assert (code, err) == (0, "")
        assert {severity for _, severity, _ in findings(out)} == {"warning", "note"}
        assert out.splitlines()[-1].startswith("orders.toml: holds: 3 partitions; 0 errors, ")

    def test_strict_makes_warnings_count(self, run):
        assert run("check", "orders.toml", "--strict")[0] == 1

    def test_there_is_a_line_for_each_finding_of_the_review(self, run):
        _, out, _ = run("check", "orders.toml")
        review = review_topic(planned())
        assert [rule for _, _, rule in findings(out)] == [each.rule for each in review.findings]
        assert len(out.splitlines()) == len(review.findings) + 1

    @pytest.mark.parametrize(
        ("old", "new", "found"),
        [
            pytest.param(
                "min_insync_replicas = 2",
                "min_insync_replicas = 1",
                ("changed.toml:3", "error", "acknowledged-on-one-replica"),
                id="a property that the file has another name for",
            ),
            pytest.param(
                "min_insync_replicas = 2",
                'config = { "min.insync.replicas" = 1 }',
                ("changed.toml:3", "error", "acknowledged-on-one-replica"),
                id="a property of the topic",
            ),
            pytest.param(
                'acks = "all"',
                "acks = 1",
                ("changed.toml:14", "error", "acks-lose-data"),
                id="a property in a table of its own",
            ),
            pytest.param(
                "enable.auto.commit = false, ",
                "",
                ("changed.toml:16", "note", "relies-on-auto-commit"),
                id="a default of a group stands where its table does",
            ),
            pytest.param(
                "1500 records/s",
                '1500 records/s"\noutage = "8 d',
                ("changed.toml:4", "error", "kept-too-short"),
                id="retention",
            ),
            pytest.param(
                'owner = "team-orders"',
                "",
                ("changed.toml:21", "warning", "alerts-without-owner"),
                id="an area has a table",
            ),
        ],
    )
    def test_a_finding_names_the_line_it_comes_from(self, run, design, old, new, found):
        _, out, _ = run("check", design(old, new))
        assert found in findings(out)

    def test_several_files_are_judged_together(self, run, design):
        risky = design("min_insync_replicas = 2", "min_insync_replicas = 1")
        code, out, _ = run("check", "orders.toml", risky)
        assert code == 1
        verdicts = [line for line in out.splitlines() if not line.endswith("]")]
        assert verdicts[0].startswith("orders.toml: holds: ")
        assert verdicts[1].startswith("changed.toml: does not hold: 3 partitions; 1 error, ")

    def test_rules_may_be_left_out(self, run, design):
        risky = design("min_insync_replicas = 2", "min_insync_replicas = 1")
        rule = "acknowledged-on-one-replica"
        code, out, _ = run("check", risky, "--ignore", rule)
        assert code == 0
        assert rule not in out

    def test_what_no_rule_finds_is_told_all_the_same(self, run, design, monkeypatch):
        silent = replace(review_topic(planned()), findings=())
        monkeypatch.setattr("kafka_sizing.review.review_topic", lambda plan: silent)
        short = design('name = "orders"', 'name = "orders"\npartitions = 2')
        code, out, _ = run("check", short)
        assert code == 1
        assert findings(out) == [
            ("changed.toml:3", "error", "plan"),  # 2 partitions
            ("changed.toml:17", "error", "plan"),  # each with more than a member reads
        ]

    def test_json_holds_the_same_findings(self, run, design):
        risky = design("min_insync_replicas = 2", "min_insync_replicas = 1")
        code, out, err = run("check", "orders.toml", risky, "--json")
        assert (code, err) == (1, "")
        assert out.isascii()
        answer = json.loads(out)
        assert list(answer) == ["schema", "schema_version", "version", "fits", "files"]
        assert answer["schema"] == "kafka-sizing/check"
        assert [file["fits"] for file in answer["files"]] == [True, False]
        told = answer["files"][1]
        assert list(told) == CHECKED_FIELDS.split()
        assert (told["file"], told["plan"]) == ("changed.toml", [])
        assert list(told["findings"][0]) == FINDING_FIELDS.split()
        assert told["findings"][0]["place"] == "changed.toml:3"
        assert told["findings"][0]["rule"] == "acknowledged-on-one-replica"

    def test_json_says_what_no_rule_finds(self, run, design):
        # 3 × 1,250 records/s fall behind the 4,000 that come, for ever.
        text = 'rate = "1250 records/s"\nmembers = 3\noutage = "1 h"'
        _, out, _ = run("check", design('rate = "1500 records/s"', text), "--json")
        (unmet,) = [
            each for each in json.loads(out)["files"][0]["plan"] if each["subject"] == "retention"
        ]
        assert list(unmet) == ["place", "subject", "reason"]
        assert unmet["place"] == "changed.toml:1"
        assert "never catches up" in unmet["reason"]

    def test_json_counts_warnings_where_they_are_to_count(self, run):
        code, out, _ = run("check", "orders.toml", "--json", "--strict")
        assert code == 1
        assert json.loads(out)["fits"] is False

    def test_properties_are_judged_without_a_design(self, run, folder):
        (folder / "producer.properties").write_text("# fast\nacks = 1\n", encoding="utf-8")
        code, out, err = run("check", "--producer", "producer.properties")
        assert (code, err) == (1, "")
        assert ("producer.properties:2", "error", "acks-lose-data") in findings(out)
        assert out.splitlines()[-1].startswith("producer.properties: does not hold: 1 error, ")

    def test_sides_are_held_against_each_other(self, run, folder):
        (folder / "topic.properties").write_text("min.insync.replicas=3\n", encoding="utf-8")
        (folder / "broker.properties").write_text(
            "default.replication.factor=3\n", encoding="utf-8"
        )
        code, out, _ = run(
            *("check", "--topic", "topic.properties", "--broker", "broker.properties")
        )
        places = {rule: place for place, _, rule in findings(out)}
        assert code == 1
        assert places["writes-stop-on-one-loss"] == "topic.properties:1"
        assert places["topics-made-by-accident"] == "broker.properties"

    def test_the_replication_factor_may_be_given(self, run, folder):
        (folder / "topic.properties").write_text("min.insync.replicas=2\n", encoding="utf-8")
        arguments = ("check", "--topic", "topic.properties", "--replication-factor")
        assert run(*arguments, 3)[0] == 0
        assert run(*arguments, 2)[0] == 1

    def test_the_client_decides_which_properties_there_are(self, run, folder):
        (folder / "producer.properties").write_text(
            "queue.buffering.max.ms=5\nacks=all\nenable.idempotence=true\n", encoding="utf-8"
        )
        arguments = ("check", "--producer", "producer.properties")
        assert "unknown-property-of-producer" in run(*arguments)[1]
        assert "unknown-property" not in run(*arguments, "--client", "librdkafka")[1]


class TestExport:
    @pytest.mark.parametrize(
        ("form", "words"),
        [
            ("--strimzi", ("kind: KafkaTopic", "partitions: 3", "strimzi.io/cluster: my-cluster")),
            ("--terraform", ('resource "kafka_topic" "orders"', "partitions         = 3")),
            ("--shell", ("--topic orders --partitions 3", "localhost:9092")),
            ("--alerts", ("groups:", "alert: ", "team-orders")),
            ("--properties", ("##### producer.properties", "##### consumer-billing.properties")),
        ],
    )
    def test_a_plan_is_written_as_other_tools_read_it(self, run, form, words):
        code, out, err = run("export", "orders.toml", form)
        assert (code, err) == (0, "")
        for word in words:
            assert word in out

    @pytest.mark.parametrize(
        ("form", "name"),
        [
            ("--strimzi", "orders.yaml"),
            ("--terraform", "orders.tf"),
            ("--shell", "orders.sh"),
            ("--alerts", "orders.yml"),
        ],
    )
    def test_a_file_holds_what_the_terminal_would_show(self, run, folder, form, name):
        _, shown, _ = run("export", "orders.toml", form)
        assert run("export", "orders.toml", form, "--to", name) == (0, "", "")
        assert (folder / name).read_text(encoding="utf-8") == shown

    def test_properties_go_to_a_folder(self, run, folder):
        for _ in range(2):  # the second time it is there
            assert run("export", "orders.toml", "--properties", "-o", "clients") == (0, "", "")
        assert sorted(path.name for path in (folder / "clients").iterdir()) == [
            "consumer-billing.properties",
            "producer.properties",
        ]

    def test_a_format_is_told_of_the_cluster(self, run):
        _, out, _ = run(
            *("export", "orders.toml", "--strimzi", "--cluster", "main", "--namespace", "kafka")
        )
        assert "strimzi.io/cluster: main" in out
        assert "namespace: kafka" in out
        _, out, _ = run("export", "orders.toml", "--shell", "--bootstrap-server", "broker-1:9092")
        assert "--bootstrap-server broker-1:9092" in out

    def test_a_plan_that_does_not_hold_is_written_with_a_warning(self, run, design):
        short = design('name = "orders"', 'name = "orders"\npartitions = 2')
        code, out, err = run("export", short, "--shell")
        assert code == 0
        assert "--partitions 2" in out
        assert err.startswith("warning: changed.toml does not hold: partitions: 2 partitions will")
        assert err.count("\n") == 1


def test_a_key_log_is_found_beside_the_design(run, folder):
    (folder / "designs").mkdir()
    keys = "\n".join(["customer", *["UA"] * 90, *["B6"] * 10])
    (folder / "designs" / "keys.csv").write_text(f"{keys}\n", encoding="utf-8")
    log = '\n[keys]\nlog = "keys.csv"\nkey = "customer"\n'
    (folder / "designs" / "orders.toml").write_text(ORDERS + log, encoding="utf-8")
    code, out, _ = run("check", "designs/orders.toml")
    # UA writes 90 % of 4,000 records/s, more than a member reads, on any count.
    assert code == 1
    assert ("designs/orders.toml:24", "error", "hot-key") in findings(out)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        pytest.param(
            "retention =",
            "retension =",
            "changed.toml:4: [topic] may hold name, partitions, ",
            id="a typo in a key",
        ),
        pytest.param("retention =", "retension =", "(near: 'retention'", id="which key was meant"),
        pytest.param(
            "[traffic]",
            "[trafic]",
            "changed.toml:6: the file may hold topic, traffic, ",
            id="a typo in a table",
        ),
        pytest.param(
            '"2 MB/s"',
            "2_000_000",
            "changed.toml:7: [traffic] rate must be a rate such as '120 MiB/s' or "
            "'5000 records/s', with its unit, got 2000000",
            id="no unit",
        ),
        pytest.param(
            '"2 MB/s"', '"-2 MB/s"', "changed.toml:7: [traffic] rate must be", id="negative rate"
        ),
        pytest.param(
            '"2 MB/s"', '"0 MB/s"', "changed.toml:7: [traffic] rate must be", id="no rate"
        ),
        pytest.param(
            "[operations]",
            "[cluster]\nbrokers = 2\n[operations]",
            "[topic] replication_factor must be at most brokers (2), got 3",
            id="more replicas than brokers",
        ),
        pytest.param(
            'member_rate = "1500 records/s"',
            "members = 3",
            "changed.toml:16: [[group]] 1 group 'billing' must give member_rate or processing",
            id="a group without a rate",
        ),
        pytest.param(
            "[operations]",
            '[cluster]\nbrokers = 3\nlimits = "MSK Standard m5.huge"\n[operations]',
            "changed.toml:23: [cluster] limits: name must be a cluster of 'MSK Standard', ",
            id="an unknown instance type",
        ),
        pytest.param(
            "[operations]",
            '[keys]\nlog = "none.csv"\nkey = "customer"\n[operations]',
            "changed.toml:22: [keys] log: file must exist, got 'none.csv'",
            id="no key log",
        ),
        pytest.param(
            "[operations]",
            '[keys]\nlog = "orders.toml"\n[operations]',
            "changed.toml:22: [keys] log: file name must end in",
            id="a key log that is none",
        ),
        pytest.param(
            "[traffic]", "[traffic", "changed.toml:6: Expected ']' at the end", id="invalid TOML"
        ),
        pytest.param(ORDERS, "a =", "changed.toml:1: Invalid value", id="TOML that breaks off"),
        pytest.param(ORDERS, "", "changed.toml: the file must hold [topic], got none", id="empty"),
        pytest.param(
            ORDERS[ORDERS.index("[[group]]") :],
            "",
            "changed.toml: [producers] partition_rate or at least one of [[group]] must be given",
            id="nobody says what a partition carries",
        ),
        pytest.param(
            "acks =",
            "linger.ms = 'soon' #",
            "[producers] linger.ms must be a whole number, got 'soon'",
            id="a property of another type",
        ),
    ],
)
def test_a_bad_design_is_one_line_and_exit_code_2(run, design, old, new, message):
    name = design(old, new)
    code, out, err = run("check", name)
    assert run("topic", name) == run("export", name, "--alerts") == (code, out, err)
    assert (code, out) == (2, "")
    assert err.startswith("error: changed.toml:")
    assert err.count("\n") == 1
    assert message in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("topic",), "Missing argument 'FILE'"),
        (("topic", "none.toml"), "No such file or directory: none.toml"),
        (("topic", "."), "directory"),
        (("topic", "binary.toml"), "binary.toml must be TOML in UTF-8, got byte 0x80"),
        (("topic", "orders.toml", "--html", "page.txt"), "--html must end in .html or .htm"),
        (("check",), "check must be given FILE, or --topic, --broker, --producer or --consumer"),
        (("check", "orders.toml", "none.toml"), "No such file or directory: none.toml"),
        (
            ("check", "orders.toml", "--ignore", "no-runbok"),
            "--ignore must name a rule, got 'no-runbok' (near: 'no-runbook')",
        ),
        (("check", "--producer", "none.properties"), "No such file or directory: none.properties"),
        (("check", "--producer", "binary.toml"), "binary.toml must be properties in UTF-8"),
        (
            ("check", "--producer", "broken.properties"),
            "error: broken.properties: line 2 must begin with the name of a property",
        ),
        (
            ("check", "--producer", "good.properties", "--client", "jawa"),
            "--client must be one of 'java', 'librdkafka', got 'jawa'",
        ),
        (
            ("check", "--topic", "good.properties", "--replication-factor", "0"),
            "--replication-factor must be a whole number",
        ),
        (
            ("check", "orders.toml", "--replication-factor", "3"),
            "--replication-factor must be given with --topic, --broker, --producer or --consumer",
        ),
        (("export",), "Missing argument 'FILE'"),
        (("export", "orders.toml"), "export must be given one of --strimzi, --terraform, "),
        (("export", "orders.toml", "--shell", "--alerts"), "got --shell and --alerts"),
        (
            ("export", "orders.toml", "--alerts", "--cluster", "main"),
            "--cluster must be given with --strimzi, got --alerts",
        ),
        (
            ("export", "orders.toml", "--strimzi", "--bootstrap-server", "x:1"),
            "--bootstrap-server must be given with --shell, got --strimzi",
        ),
        (("export", "orders.toml", "--alerts", "--to", "orders.toml"), "--to must end in .yaml"),
        (
            ("export", "orders.toml", "--properties", "--to", "none/clients"),
            "--to must name a folder in one that exists, got none/clients",
        ),
        (("export", "orders.toml", "--properties", "--to", "orders.toml"), "File exists"),
        (("init", "orders.yaml"), "FILE must end in .toml, got orders.yaml"),
        (("init", "none/orders.toml"), "FILE must be in a folder that exists"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_bad_input_is_one_line_and_exit_code_2(run, folder, arguments, message):
    (folder / "binary.toml").write_bytes(bytes(range(256)))
    (folder / "good.properties").write_text("acks=all\n", encoding="utf-8")
    (folder / "broken.properties").write_text("acks=all\n=1\n", encoding="utf-8")
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert message in err
    assert (folder / "orders.toml").read_text(encoding="utf-8") == ORDERS


def test_help_loads_no_topic():
    program = (
        "import sys; from kafka_sizing.cli import main; main(['--help']); "
        "print('LOADED', *sorted(name for name in sys.modules if name.startswith("
        "('kafka_sizing.topic', 'kafka_sizing.review', 'kafka_sizing.report', 'numpy'))))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, check=True, text=True
    )
    for command in ("init", "topic", "check", "export"):
        assert f"\n  {command} " in done.stdout
    assert done.stdout.rpartition("LOADED")[2].split() == []
