"""The random numbers that TensorFlow draws."""

from poolkit.geometry.philox import Philox


def test_known_answers():
    # The first two are of the authors' own table (Random123, kat_vectors, philox4x32-10).
    assert [f"{word:08x}" for word in Philox(0, 0).reserve(4)] == [
        "6627e8d5",
        "e169c58d",
        "bc57ac4c",
        "9b00dbd8",
    ]
    full = Philox(2**64 - 1, 2**64 - 1)
    full._counter = 2**128 - 1
    assert [f"{word:08x}" for word in full.reserve(4)] == [
        "408f276d",
        "41c83b0e",
        "a20bc7c6",
        "6d5451fd",
    ]


def test_numbers_are_reserved_by_blocks_of_four():
    whole = Philox(3, 5).reserve(12)
    stream = Philox(3, 5)
    assert stream.reserve(5) == whole[:5]
    assert stream.reserve(4) == whole[8:]
