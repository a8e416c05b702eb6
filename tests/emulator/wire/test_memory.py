"""What comes again is made once more at most; what comes once is not kept."""

import pytest

from vim25_emulator.wire.memory import Memory


class Maker:
    def __init__(self) -> None:
        self.made: list[str] = []

    def __call__(self, key: str) -> str:
        self.made.append(key)
        return key.upper()


def test_what_comes_again_and_again_is_made_twice() -> None:
    memory: Memory[str, str] = Memory()
    make = Maker()
    assert [memory.recall("a", make) for _ in range(5)] == ["A"] * 5
    assert make.made == ["a", "a"]


def test_what_comes_once_is_not_kept() -> None:
    memory: Memory[str, str] = Memory(2)
    make = Maker()
    for _ in range(3):
        memory.recall("a", make)
    for key in "bcdefghijklmnop":
        memory.recall(key, make)
    made = len(make.made)
    assert memory.recall("a", make) == "A"
    assert len(make.made) == made


def test_the_one_kept_longest_makes_room() -> None:
    memory: Memory[str, str] = Memory(2)
    make = Maker()
    for key in "aabbcc":
        memory.recall(key, make)
    make.made.clear()
    for key in "bca":
        memory.recall(key, make)
    assert make.made == ["a"]


def test_errors_are_not_kept() -> None:
    memory: Memory[str, str] = Memory()
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            memory.recall("a", lambda key: str(1 / 0))
    assert memory.recall("a", str.upper) == "A"
