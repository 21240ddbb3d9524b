import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertib.lib.masking import MASK, mask, suspicious


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("mysql --password hunter2 -u x", f"mysql --password {MASK} -u x"),
        ("DB_PASSWORD=hunter2;host=x", f"DB_PASSWORD={MASK};host=x"),
        ('{"token": "hunter2"}', f'{{"token": {MASK}}}'),
        ("postgres://tertib:hunter2@db/x", f"postgres://{MASK}@db/x"),
        ("Authorization: Bearer hunter2hunter2", f"Authorization: Bearer {MASK}"),
        ("kata sandi: hunter2", f"kata sandi: {MASK}"),
        ("app --api-key=hunter2", f"app --api-key={MASK}"),
        ("PASSWD = 'hunter2 and more'", f"PASSWD = {MASK}"),
        ("aws AKIAIOSFODNN7EXAMPLE", f"aws {MASK}"),
        ("ghp_" + "a1" * 18, MASK),
        ("-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----", MASK),
        ("eyJhbGciOiJIUzI1.eyJzdWIiOiIx.abc-def", MASK),
    ],
)
def test_a_secret_in_a_text_is_masked(text: str, clean: str) -> None:
    assert suspicious(text)
    assert mask(text) == clean


@pytest.mark.parametrize(
    "text",
    [
        "libsecret-1-0",
        "password manager",
        "Tokenizer 1.0",
        "https://contoh.test/a:b@c",
        "",
        "sandi",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert not suspicious(text)
    assert mask(text) == text


@given(st.text())
def test_masking_twice_changes_nothing_and_finds_nothing_new(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


@pytest.mark.parametrize(
    "piece", ["pwd", "password:", "-----BEGIN PRIVATE KEY-----", "://a:", '="']
)
def test_no_text_is_slow_to_read(piece: str) -> None:
    text = piece * (500_000 // len(piece))
    began = time.process_time()
    mask(text)
    assert time.process_time() - began < 2
