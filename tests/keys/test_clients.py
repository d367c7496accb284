"""Versions and rows of the client table."""

import pytest

from kafka_sizing.keys.clients import Client, read_clients, version_of


def client(versions: str) -> Client:
    return Client(
        client="c", partitioner="p", versions=versions, is_default=False, source="a file"
    )


@pytest.mark.parametrize(
    ("versions", "version", "covered"),
    [
        ("", None, True),
        ("", "0.1", True),
        (">=2.0", None, True),
        (">=2.0", "2.0", True),
        (">=2.0", "2", True),  # zeros at the end do not count
        ("<2.0", "2", False),
        (">=2.0", "2.0.0", True),
        ("<0.1", "0", True),
        (">=2.0", "1.16.0", False),
        (">=2.0", "2.x", True),
        ("<2.0", "1.x", True),
        ("<2.0", None, False),
        ("<2.0", "v1.9.9", True),
        (">=0.11.4, <0.11.5", "0.11.4", True),
        (">=0.11.4, <0.11.5", "0.11.5", False),
        (">=0.11.4, <0.11.5", "0.9.1", False),
        (">=0.11.4", "0.11.10", True),
        (">=1.0", "1.0.0rc1", True),
    ],
)
def test_versions_are_compared_as_numbers(versions, version, covered):
    assert client(versions).covers(version_of(version)) is covered


def test_a_range_that_cannot_be_read_is_an_error():
    with pytest.raises(ValueError, match="versions must be like"):
        client("~=2.0").covers(version_of("2.0"))
    with pytest.raises(ValueError, match=r"version must be like '1.2.3'.* got 'latest'"):
        version_of("latest")


def test_bindings_repeat_what_their_library_does_today_in_versions_of_their_own():
    rows = [
        {
            "client": "lib",
            "partitioners": ["new", "n"],
            "versions": ">=2",
            "source": "s",
            "default": True,
        },
        {"client": "lib", "partitioners": ["old"], "versions": "<2", "source": "s"},
    ]
    found = read_clients(rows, {"lib": ["binding"]})
    assert [(one.client, one.partitioner, one.versions, one.is_default) for one in found] == [
        ("lib", "new", ">=2", True),
        ("lib", "n", ">=2", True),
        ("binding", "new", "", True),
        ("binding", "n", "", True),
        ("lib", "old", "<2", False),
    ]
