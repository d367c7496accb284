"""Keys in; short pseudonyms that only the holder of a secret can tie to them out."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Final

from kafka_sizing.keys.columns import bytes_of

_DIGEST_BYTES: Final = 4  # 2**32 names: two of 1,000 keys share one once in 8,600 reports
_SECRET_BYTES: Final = 32
_LONGEST_SECRET: Final = 64  # what BLAKE2b takes as its key


@dataclass(frozen=True, slots=True)
class Redactor:
    """Replaces keys by a keyed hash; the same key and secret give the same pseudonym.

    Without the secret a pseudonym cannot be tied to a key by trying likely names. Loads and
    shares stay as they are, so a key known by its load can still be recognised.

    Parameters
    ----------
    secret : bytes, optional
        What keys the hash: at least 8 bytes. By default random and never shown, so that
        pseudonyms of two reports cannot be matched; give the same secret to match them.

    Raises
    ------
    TypeError
        If the secret is not bytes.
    ValueError
        If it is shorter than 8 bytes.

    Examples
    --------
    >>> from kafka_sizing.report import Redactor
    >>> redactor = Redactor(b"kept by the team")
    >>> redactor.label("user-17") == redactor.label(b"user-17")
    True
    """

    secret: bytes = field(default_factory=lambda: secrets.token_bytes(_SECRET_BYTES), repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.secret, bytes):
            kind = type(self.secret).__name__
            raise TypeError(f"secret must be bytes, got an object of type {kind}")
        if len(self.secret) < 8:
            raise ValueError(f"secret must hold at least 8 bytes, got {len(self.secret)}")
        if len(self.secret) > _LONGEST_SECRET:
            object.__setattr__(self, "secret", hashlib.blake2b(self.secret).digest())

    def label(self, key: str | bytes) -> str:
        """Give the pseudonym of a key, such as ``anon-3f9a1c04``."""
        digest = hashlib.blake2b(bytes_of(key), digest_size=_DIGEST_BYTES, key=self.secret)
        return f"anon-{digest.hexdigest()}"


def redactor_of(redact: bool | bytes | Redactor) -> Redactor | None:  # noqa: FBT001
    """Take what ``redact=`` may be: yes or no, a secret, or a `Redactor`."""
    if isinstance(redact, Redactor):
        return redact
    if isinstance(redact, bool):
        return Redactor() if redact else None
    if isinstance(redact, bytes):
        return Redactor(redact)
    raise TypeError(f"redact must be a bool, bytes or a Redactor, got {type(redact).__name__}")
