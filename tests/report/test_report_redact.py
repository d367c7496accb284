from __future__ import annotations

import re

import pytest

from kafka_sizing import report
from kafka_sizing.report.redact import Redactor, redactor_of


def test_one_secret_gives_one_pseudonym_and_another_secret_another():
    one, other = Redactor(b"first secret"), Redactor(b"other secret")
    assert one.label("user-1") == Redactor(b"first secret").label(b"user-1")
    assert one.label("user-1") != other.label("user-1")
    assert one.label("user-1") != one.label("user-2")


def test_a_pseudonym_is_short():
    assert re.fullmatch(r"anon-[0-9a-f]{8}", Redactor().label("user-1"))


def test_without_a_secret_every_redactor_draws_its_own():
    assert Redactor().label("user-1") != Redactor().label("user-1")


def test_the_secret_is_never_shown():
    assert "classified" not in repr(Redactor(b"classified"))


def test_a_secret_of_any_length_counts_whole():
    assert Redactor(b"x" * 100).label("a") != Redactor(b"x" * 101).label("a")


def test_true_draws_a_secret_and_bytes_are_one():
    assert redactor_of(False) is None
    assert redactor_of(b"12345678").label("a") == Redactor(b"12345678").label("a")
    mine = Redactor()
    assert redactor_of(mine) is mine
    assert isinstance(redactor_of(True), Redactor)


@pytest.mark.parametrize(
    ("redact", "error", "text"),
    [
        (b"short", ValueError, r"secret must hold at least 8 bytes, got 5"),
        ("a string", TypeError, r"redact must be a bool, bytes or a Redactor, got str"),
        (1, TypeError, r"got int"),
    ],
)
def test_what_is_no_secret_is_refused(redact, error, text):
    with pytest.raises(error, match=text):
        redactor_of(redact)


def test_the_secret_itself_must_be_bytes_and_is_not_repeated():
    with pytest.raises(TypeError, match=r"^secret must be bytes, got an object of type str$"):
        Redactor("my password")


@pytest.mark.parametrize("write", [report.text, report.page], ids=["text", "page"])
def test_no_key_leaks_from_a_redacted_report(write, secret, plan, secret_names):
    assert secret_names[0] in write(*secret, plan)
    masked = write(*secret, plan, redact=True)
    assert "secret-user" not in masked
    assert not [name for name in secret_names if name in masked]
    assert not [name for name in secret_names if name.encode().hex() in masked]
    assert "anon-" in masked


def test_reports_under_one_secret_name_keys_alike(secret, secret_names):
    redactor = Redactor(b"kept by the team")
    hottest = redactor.label(secret_names[0])
    assert hottest in report.text(*secret, redact=redactor)
    assert hottest in report.page(*secret, redact=b"kept by the team")
