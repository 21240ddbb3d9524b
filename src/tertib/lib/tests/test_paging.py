import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertib.lib import paging

keys = st.lists(st.one_of(st.text(max_size=20), st.integers(-(2**63) + 1, 2**63 - 1)), max_size=4)


@given(keys)
def test_a_cursor_holds_its_key_and_stands_in_an_address_as_it_is(key: list[str | int]) -> None:
    text = paging.cursor(*key)
    assert text.replace("-", "").replace("_", "").isalnum()
    if len(text) <= paging.LONGEST:
        assert paging.key(text, *map(type, key)) == tuple(key)


@given(st.one_of(st.text(), st.binary().map(lambda some: some.hex())))
def test_anything_else_is_no_cursor(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        paging.key(text, str, int, str)


@pytest.mark.parametrize("other", [("7",), (7, 7), (True,), (2**63,), ()])
def test_a_cursor_of_another_list_is_refused(other: tuple[str | int, ...]) -> None:
    with pytest.raises(ValueError, match="no cursor of this list"):
        paging.key(paging.cursor(*other), int)
