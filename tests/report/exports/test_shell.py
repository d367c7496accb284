"""The lines for Kafka's command-line tools say what the topics are, whatever their names."""

import shlex
import shutil
import subprocess

import pytest
from hypothesis import given, strategies as st

from kafka_sizing.report.exports import shell
from kafka_sizing.topic.topics import PlannedTopic

NASTY = [
    "a b",
    "$(reboot)",
    "`id`",
    "a'b\"c",
    "-x",
    "--help",
    "!!",
    "ä\n#",
    "a;b&c|d>e",
    "\\",
    "*",
]


def commands(script: str) -> list[list[str]]:
    words = shlex.split(script, comments=True)
    starts = [at for at, word in enumerate(words) if word.startswith("kafka-")]
    return [words[at:to] for at, to in zip(starts, [*starts[1:], None], strict=True)]


def topic(name: str, **config: str) -> PlannedTopic:
    return PlannedTopic(
        name=name, role="main", partitions=3, replication_factor=2, config=config, reason="why"
    )


def test_a_topic_is_created_and_then_set(topics):
    create, alter, letters = commands(shell(topics, bootstrap_server="kafka:9092"))
    assert create == shlex.split(
        "kafka-topics.sh --bootstrap-server kafka:9092 --create --if-not-exists --topic orders "
        "--partitions 12 --replication-factor 3 --config retention.ms=604800000 "
        "--config cleanup.policy=compact,delete --config unclean.leader.election.enable=false "
        "--config min.cleanable.dirty.ratio=0.1"
    )
    assert alter == shlex.split(
        "kafka-configs.sh --bootstrap-server kafka:9092 --alter --entity-type topics "
        "--entity-name orders --add-config retention.ms=604800000,"
        "cleanup.policy=[compact,delete],unclean.leader.election.enable=false,"
        "min.cleanable.dirty.ratio=0.1"
    )
    assert letters == shlex.split(
        "kafka-topics.sh --bootstrap-server kafka:9092 --create --if-not-exists "
        "--topic orders.DLT --partitions 1 --replication-factor 3"
    )


def test_every_topic_says_why_it_is_there(topics):
    lines = shell(topics).splitlines()
    assert lines[0] == "#!/usr/bin/env bash"
    assert lines[2] == "set -euo pipefail"
    assert "# orders (main): group billing needs 12" in lines
    assert "# orders.DLT (dead letter)" in lines


def test_the_server_is_the_one_of_this_machine_if_none_is_given(topics):
    assert "--bootstrap-server localhost:9092" in shell(topics)


@given(name=st.text(min_size=1).filter(lambda name: name.strip()))
def test_any_name_comes_back_out_of_the_shell(name):
    words = shlex.split(shell([topic(name)]), comments=True)
    at = next(at for at, word in enumerate(words) if word.startswith("--topic"))
    word = words[at] if "=" in words[at] else f"--topic={words[at + 1]}"
    assert word == f"--topic={name}"


def test_a_value_that_looks_like_an_option_goes_into_its_word():
    _, alter = commands(shell([topic("-x", **{"retention.ms": "-1"})], bootstrap_server="-b"))
    assert "--bootstrap-server=-b" in alter
    assert "--entity-name=-x" in alter
    assert "retention.ms=-1" in alter


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.parametrize("name", ["orders", *NASTY])
def test_bash_reads_the_script_and_runs_nothing_but_the_tools(name, tmp_path):
    tool = tmp_path / "kafka-topics.sh"
    tool.write_text('#!/bin/sh\nfor word in "$@"; do printf "%s\\0" "$word"; done\n')
    tool.chmod(0o755)
    script = tmp_path / "topics.sh"
    script.write_text(shell([topic(name)]), encoding="utf-8")
    subprocess.run(["bash", "-n", script], check=True)
    run = subprocess.run(
        ["bash", script],
        check=True,
        capture_output=True,
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
    )
    words = run.stdout.decode().split("\0")[:-1]
    assert words == commands(shell([topic(name)]))[0][1:]
