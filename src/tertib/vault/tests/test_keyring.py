from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertib.vault import keyring
from tertib.vault.words import COUNT, WORDS, WrongWords, from_words, to_words


@given(st.binary(min_size=32, max_size=32))
def test_the_words_give_the_root_back(root: bytes) -> None:
    assert from_words(" ".join(to_words(root)).upper()) == root


def test_there_are_2048_words_and_none_twice() -> None:
    assert len(set(WORDS)) == len(WORDS) == 2048


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda words: words[:-1], "23 words"),
        (lambda words: ["xxxx", *words[1:]], "unknown: xxxx"),
        (lambda words: [words[1], words[0], *words[2:]], "do not fit"),
    ],
)
def test_a_slip_of_the_pen_is_noticed(change, why: str) -> None:  # type: ignore[no-untyped-def]
    words = to_words(bytes(range(32)))
    assert len(words) == COUNT
    with pytest.raises(WrongWords, match=why):
        from_words(" ".join(change(words)))


def test_a_keyring_is_for_its_owner_only_and_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "keyring"
    keyring.create(path)
    before = path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        keyring.create(path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["keyring"]


def test_one_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keyring"
    keyring.create(path)
    path.chmod(0o640)
    with pytest.raises(keyring.BadKeyring, match="chmod 600"):
        keyring.read(path)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": "x"}', '{"format": 1, "roots": []}'])
def test_a_damaged_one_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keyring"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(keyring.BadKeyring, match=str(path)):
        keyring.read(path)


def test_the_words_bring_a_lost_keyring_back(tmp_path: Path) -> None:
    path = tmp_path / "keyring"
    words = keyring.create(path)
    before = keyring.derive(path, "django")
    path.unlink()
    keyring.restore(path, " ".join(words))
    assert keyring.derive(path, "django") == before


def test_purposes_have_keys_of_their_own_and_old_signatures_still_count(tmp_path: Path) -> None:
    path = tmp_path / "keyring"
    keyring.create(path)
    old = keyring.derive(path, "django")
    assert old != keyring.derive(path, "other")
    keyring.add_root(path, needed=frozenset())
    assert keyring.derive(path, "django") != old
    assert keyring.fallbacks(path, "django") == [old]
