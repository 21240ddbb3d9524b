"""A root of 32 bytes as 24 words of four letters that can be written down and read aloud.

A word is two syllables: 11 bits. 24 words hold the 256 bits and the first 8 of their SHA-256, so a
slip of the pen is noticed (one in 256 is not).
"""

from hashlib import sha256

_FIRST = [c + v for c in "bdfghjklmnprstwy" for v in "aeio"]  # 64
_SECOND = [c + v for c in "bdklnrst" for v in "aiou"]  # 32
WORDS = [a + b for a in _FIRST for b in _SECOND]  # 2048
_PLACE = {word: place for place, word in enumerate(WORDS)}
COUNT = 24


class WrongWords(ValueError):
    """These words are no root: one is unknown, missing or changed."""


def to_words(root: bytes) -> list[str]:
    number = int.from_bytes(root + sha256(root).digest()[:1])
    return [WORDS[number >> 11 * place & 2047] for place in reversed(range(COUNT))]


def from_words(words: str) -> bytes:
    """Return the root that was written down. Raise WrongWords with what is wrong."""
    said = words.lower().split()
    if unknown := [word for word in said if word not in _PLACE]:
        raise WrongWords(f"unknown: {', '.join(unknown)}")
    if len(said) != COUNT:
        raise WrongWords(f"{len(said)} words instead of {COUNT}")
    number = 0
    for word in said:
        number = number << 11 | _PLACE[word]
    data = number.to_bytes(33)
    if sha256(data[:32]).digest()[:1] != data[32:]:
        raise WrongWords("the words do not fit together: one is changed or in another place")
    return data[:32]
