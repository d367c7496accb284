"""The Terraform resources parse, and hold the topics as they are."""

import json
import re

import pytest

from kafka_sizing.report.exports import terraform
from kafka_sizing.topic.topics import PlannedTopic

NASTY = ['a"b', "a\\b", "${x}", "%{if}", "$${x", "a\nb", "a\tb", "\x07", "9lives", "_", "ä €", "𝄞"]

pytestmark = pytest.mark.needs_dev


def resources(text: str) -> dict[str, dict]:
    import hcl2

    found = {}
    for each in hcl2.loads(text).get("resource", []):
        ((kind, named),) = each.items()
        assert plain(kind) == "kafka_topic"
        ((label, body),) = named.items()
        found[plain(label)] = body
    return found


def plain(quoted: str) -> str:
    """Undo the escapes of an HCL string, which are those of JSON but for templates."""
    return re.sub(r"([$%])\1\{", r"\1{", json.loads(quoted))


def topic(name: str, **config: str) -> PlannedTopic:
    return PlannedTopic(name=name, role="main", partitions=3, replication_factor=2, config=config)


def test_a_topic_becomes_a_resource(topics):
    found = resources(terraform(topics))
    orders = found["orders"]
    assert (plain(orders["name"]), orders["partitions"], orders["replication_factor"]) == (
        "orders",
        12,
        3,
    )
    config = {plain(name): plain(value) for name, value in orders["config"].items()}
    assert config == {
        "retention.ms": "604800000",
        "cleanup.policy": "compact,delete",
        "unclean.leader.election.enable": "false",
        "min.cleanable.dirty.ratio": "0.1",
    }


def test_a_topic_without_settings_has_no_config(topics):
    (label,) = [each for each in resources(terraform(topics)) if each != "orders"]
    assert re.fullmatch("orders-DLT-[0-9a-f]{8}", label)
    assert "config" not in resources(terraform(topics))[label]


def test_no_topic_is_destroyed_by_a_change_of_its_partitions(topics):
    for body in resources(terraform(topics)).values():
        assert body["lifecycle"][0]["prevent_destroy"] is True


def test_the_comment_above_a_resource_says_why(topics):
    assert '# orders (main): group billing needs 12\nresource "kafka_topic"' in terraform(topics)


def test_equals_signs_are_level_as_terraform_fmt_wants_them(topics):
    lines = terraform(topics).splitlines()
    start = lines.index("  config = {") + 1
    assert len({line.index("=") for line in lines[start : start + 4]}) == 1


@pytest.mark.parametrize("name", [each for each in NASTY if each != "$${x"])
def test_any_name_comes_back_out_of_hcl(name):
    ((label, body),) = resources(terraform([topic(name, **{"x.y": name})])).items()
    assert plain(body["name"]) == name
    assert re.fullmatch("[A-Za-z_][A-Za-z0-9_-]*", label)
    assert {plain(key): plain(value) for key, value in body["config"].items()} == {"x.y": name}


@pytest.mark.parametrize("name", NASTY)
def test_no_name_begins_a_template(name):
    quoted = re.search(r"  name +=(.*)\n", terraform([topic(name)]))[1]
    assert not re.search(r"(?<![$%])[$%]\{", quoted)
