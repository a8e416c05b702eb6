"""Values of repeated keys are cached; those of keys that occur once are not."""

import pytest

from vim25_emulator.wire.repeat_cache import RepeatCache


class Factory:
    def __init__(self) -> None:
        self.keys: list[str] = []

    def __call__(self, key: str) -> str:
        self.keys.append(key)
        return key.upper()


def test_the_value_of_a_repeated_key_is_created_twice() -> None:
    cache: RepeatCache[str, str] = RepeatCache(len)
    create = Factory()
    assert [cache.get_or_create("a", create) for _ in range(5)] == ["A"] * 5
    assert create.keys == ["a", "a"]


def test_keys_that_occur_once_evict_nothing() -> None:
    cache: RepeatCache[str, str] = RepeatCache(len, 2)
    create = Factory()
    for _ in range(3):
        cache.get_or_create("a", create)
    for key in "bcdefghijklmnop":
        cache.get_or_create(key, create)
    created = len(create.keys)
    assert cache.get_or_create("a", create) == "A"
    assert len(create.keys) == created


def test_the_oldest_value_is_evicted() -> None:
    cache: RepeatCache[str, str] = RepeatCache(len, 2)
    create = Factory()
    for key in "aabbcc":
        cache.get_or_create(key, create)
    create.keys.clear()
    for key in "bca":
        cache.get_or_create(key, create)
    assert create.keys == ["a"]


def test_the_bound_in_bytes_evicts_too() -> None:
    cache: RepeatCache[str, str] = RepeatCache(len, 100, limit=6)
    create = Factory()
    for key in ("aa", "aa", "bb", "bb", "cccc", "cccc", "dddddddd", "dddddddd"):
        cache.get_or_create(key, create)
    create.keys.clear()
    assert cache.get_or_create("dddddddd", create) == "DDDDDDDD"
    assert create.keys == ["dddddddd"]
    assert cache.size == 0


def test_errors_are_not_cached() -> None:
    cache: RepeatCache[str, str] = RepeatCache(len)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            cache.get_or_create("a", lambda key: str(1 / 0))
    assert cache.get_or_create("a", str.upper) == "A"
