"""How long a retry or dead-letter topic keeps records in; whether that is long enough out."""

from __future__ import annotations

from dataclasses import dataclass

from kafka_sizing._checks import ROUNDING, check_non_negative, check_positive
from kafka_sizing.retries.defaults import retry_default
from kafka_sizing.retries.wording import seconds_text


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionCheck:
    """What a topic keeps against what it must, and of what that is made up."""

    kept_s: float
    needed_s: float
    needs: str  #: what ``needed_s`` is made up of, in words
    fate: str  #: what befalls a record that is not kept long enough, in words

    @property
    def long_enough(self) -> bool:
        """Whether the topic keeps its records as long as it must."""
        return self.kept_s >= self.needed_s * (1 - ROUNDING)

    @property
    def missing_s(self) -> float:
        """By how much the topic keeps its records too short; 0: it does not. [s]"""
        return 0.0 if self.long_enough else self.needed_s - self.kept_s

    @property
    def reason(self) -> str:
        """The verdict and the arithmetic, as a sentence without a full stop."""
        kept, needed = seconds_text(self.kept_s), seconds_text(self.needed_s)
        if self.long_enough:
            return f"{kept} kept cover the {needed} needed: {self.needs}"
        return f"{kept} kept are less than the {needed} needed: {self.needs}; {self.fate}"

    def __repr__(self) -> str:
        return (
            f"RetentionCheck(kept={seconds_text(self.kept_s)!r}, "
            f"needed={seconds_text(self.needed_s)!r}, long_enough={self.long_enough})"
        )


def check_retry_retention(
    retention_s: float, *, delay_s: float, consumer_outage_s: float | None = None
) -> RetentionCheck:
    """Judge whether a retry topic keeps a record until its retry, whatever stops the consumer.

    A record waits for its delay, and after that for the consumer if that is down: the topic
    must keep it for ``delay + longest consumer outage``.

    Parameters
    ----------
    retention_s : float
        ``retention.ms`` of the retry topic. [s] > 0
    delay_s : float
        How long a record waits in this topic; if the publisher keeps the record's first
        timestamp, the sum of all delays up to this one, for retention counts from the
        timestamp. [s] >= 0
    consumer_outage_s : float or None, default None
        The longest that its consumer may be down. None: a rule of thumb, 3 days. [s] >= 0

    Returns
    -------
    RetentionCheck
        The verdict and what is missing.

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> from kafka_sizing.retries import check_retry_retention
    >>> check = check_retry_retention(172_800, delay_s=300, consumer_outage_s=259_200)
    >>> check.long_enough, check.needed_s, check.missing_s
    (False, 259500.0, 86700.0)
    """
    check_positive("retention_s", retention_s)
    outage_s = outage_allowance_s(consumer_outage_s)
    needed_s = retry_retention_s(delay_s, outage_s)
    return RetentionCheck(
        kept_s=float(retention_s),
        needed_s=needed_s,
        needs=f"{seconds_text(delay_s)} of delay and {seconds_text(outage_s)} of consumer outage",
        fate="after such an outage records are deleted that were never retried",
    )


def check_dead_letter_retention(
    retention_s: float, *, triage_s: float | None = None
) -> RetentionCheck:
    """Judge whether a dead-letter topic keeps a record until somebody has looked at it.

    Parameters
    ----------
    retention_s : float
        ``retention.ms`` of the dead-letter topic. [s] > 0
    triage_s : float or None, default None
        The longest until somebody has looked at a dead letter, and saved what is to be saved.
        None: a rule of thumb, 14 days. [s] > 0

    Returns
    -------
    RetentionCheck
        The verdict and what is missing.

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> from kafka_sizing.retries import check_dead_letter_retention
    >>> check = check_dead_letter_retention(604_800)
    >>> check.long_enough, check.needed_s
    (False, 1209600.0)
    """
    check_positive("retention_s", retention_s)
    needed_s = triage_time_s(triage_s)
    return RetentionCheck(
        kept_s=float(retention_s),
        needed_s=needed_s,
        needs=f"{seconds_text(needed_s)} until somebody has looked at a dead letter",
        fate="dead letters are deleted before anybody has looked at them",
    )


def retry_retention_s(delay_s: float, consumer_outage_s: float) -> float:
    """Compute how long a retry topic must keep a record: delay + consumer outage. [s]"""
    check_non_negative("delay_s", delay_s)
    needed_s = float(delay_s) + float(consumer_outage_s)
    check_non_negative("delay_s plus consumer_outage_s", needed_s)
    return needed_s


def outage_allowance_s(consumer_outage_s: float | None) -> float:
    """Give the longest consumer outage that is allowed for, the rule of thumb if none. [s]"""
    if consumer_outage_s is None:
        return retry_default("consumer_outage_s").value
    check_non_negative("consumer_outage_s", consumer_outage_s)
    return float(consumer_outage_s)


def triage_time_s(triage_s: float | None) -> float:
    """Give the longest time to triage, the rule of thumb if none. [s]"""
    if triage_s is None:
        return retry_default("triage_s").value
    check_positive("triage_s", triage_s)
    return float(triage_s)
