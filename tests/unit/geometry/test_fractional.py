"""Fractional windows: worked by hand, and the laws of each framework's rule."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poolkit import ArgumentError, WindowFitError
from poolkit.geometry import Listed
from poolkit.geometry.fractional import (
    paddle_spans,
    tensorflow_count,
    tensorflow_sequence,
    tensorflow_spans,
    torch_spans,
)

samples = st.floats(0, 1, exclude_max=True)
lengths = st.integers(1, 40)


@pytest.mark.parametrize(
    ("length", "count", "size", "sample", "starts"),
    [
        (7, 3, 2, 0.5, (0, 2, 5)),  # α = 2.5: ⌊1.25⌋ − 1, ⌊3.75⌋ − 1, the end
        (7, 3, 2, 0.0, (0, 2, 5)),
        (7, 3, 2, 0.9, (0, 2, 5)),  # ⌊2.25⌋ − 2, ⌊4.75⌋ − 2
        (10, 4, 3, 0.6, (0, 2, 5, 7)),  # α = 7/3
        (5, 1, 2, 0.7, (3,)),  # a single window is the last one
        (4, 4, 1, 0.99, (0, 1, 2, 3)),
    ],
)
def test_torch_windows_worked_by_hand(length, count, size, sample, starts):
    spans = torch_spans(length, count, size, sample)
    assert spans == tuple((start, start + size) for start in starts)


def test_torch_computes_in_the_dtype_of_its_samples():
    # α = 10/3, (2 + 0.1)·α = 7: a little less in float32, as torch 2.13 finds too.
    third = {p: torch_spans(12, 4, 2, 0.1, p)[2] for p in ("float32", "float64", "float16")}
    assert third == {"float32": (6, 8), "float64": (7, 9), "float16": (7, 9)}
    assert torch_spans(12, 4, 2, 0.1, "bfloat16")[2] == (6, 8)


@given(lengths, st.data(), samples, st.sampled_from(["float32", "float64"]))
def test_torch_windows_lie_inside_in_order(length, data, sample, precision):
    size = data.draw(st.integers(1, length))
    count = data.draw(st.integers(1, length - size + 1))
    spans = torch_spans(length, count, size, sample, precision)
    assert len(spans) == count
    assert spans[-1] == (length - size, length)
    assert all(low >= 0 and high <= length for low, high in spans)
    assert sorted(spans) == list(spans)
    assert Listed(length, spans).bind(length).first_empty() is None


@pytest.mark.parametrize(
    ("length", "count", "size", "u", "expected"),
    [
        (7, 5, None, 0.3, ((0, 1), (1, 3), (3, 4), (4, 6), (6, 7))),
        (7, 3, 2, 0.3, ((0, 2), (3, 5), (5, 7))),
        (4, 1, 2, 0.3, ((0, 2),)),  # a single window begins at 0: PyTorch's ends at n
        (4, 5, None, 0.3, ((0, 1), (1, 1), (1, 2), (2, 3), (3, 4))),  # one is empty
    ],
)
def test_paddle_windows_worked_by_hand(length, count, size, u, expected):
    assert paddle_spans(length, count, size, u) == expected


@given(lengths, st.data(), st.floats(0.001, 0.999))
def test_paddle_windows_without_a_size_share_out_the_axis(length, data, u):
    count = data.draw(st.integers(1, length))
    spans = paddle_spans(length, count, None, u)
    assert spans[0][0] == 0
    assert all(a[1] == b[0] for a, b in itertools.pairwise(spans))
    assert all(length // count - 1 <= high - low <= length // count + 2 for low, high in spans)


@pytest.mark.parametrize(
    ("numbers", "pseudo_random", "sequence"),
    [
        ([0, 0], True, (0, 2, 4, 7)),  # u = 0: ⌈7/3⌉ − 1, ⌈14/3⌉ − 1
        ([0x80000, 0], True, (0, 2, 5, 7)),
        ([0, 0], False, (0, 3, 5, 7)),  # nothing changes places
        ([1, 1], False, (0, 2, 4, 7)),
    ],
)
def test_tensorflow_sequences_of_given_numbers(numbers, pseudo_random, sequence):
    assert tensorflow_sequence(7, 3, pseudo_random, numbers) == sequence


@given(lengths, st.data(), st.booleans())
def test_tensorflow_windows_have_a_length_or_one_more(length, data, pseudo_random):
    count = data.draw(st.integers(1, length))
    words = st.integers(1, 2**20 - 1)  # u = 0 leaves the first window empty where m divides n
    numbers = data.draw(st.lists(words, min_size=max(2, count), max_size=max(2, count)))
    sequence = tensorflow_sequence(length, count, pseudo_random, numbers)
    spans = tensorflow_spans(sequence, overlapping=False)
    assert sequence[0] == 0
    assert sequence[-1] == length
    assert {high - low for low, high in spans} <= {length // count, length // count + 1}
    more = tensorflow_spans(sequence, overlapping=True)
    assert [high for _, high in more] == [min(high + 1, length) for _, high in spans]


def test_tensorflow_counts_in_single_precision():
    assert [tensorflow_count(23, ratio) for ratio in (1.3, 1.44, 2.3)] == [17, 15, 10]


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: torch_spans(4, 4, 2, 0.5), WindowFitError, "do not fit into 4"),
        (lambda: torch_spans(8, 5, 2, 3e7), ArgumentError, "`sample`"),
        (lambda: torch_spans(9, 3, 2, math.nan), ArgumentError, "`sample`"),
        (lambda: torch_spans(9, 0, 2, 0.5), ArgumentError, "`output_size`"),
        (lambda: torch_spans(0, 1, 1, 0.5), WindowFitError, "0 elements"),
        (lambda: paddle_spans(4, 6, None, 0.5), WindowFitError, "do not fit into 4"),
        (lambda: paddle_spans(4, 2, None, 0.0), ArgumentError, "`u`"),
        (lambda: tensorflow_sequence(4, 5, True, [1, 2]), ArgumentError, "`output_size`"),
        (lambda: tensorflow_sequence(7, 3, True, [1]), ArgumentError, "hold 2 integers"),
        (lambda: tensorflow_sequence(7, 3, False, [1]), ArgumentError, "hold 2 integers"),
        (lambda: tensorflow_spans([0, 3, 3], False), ArgumentError, "increase"),
        (lambda: tensorflow_spans([1, 3], False), ArgumentError, "begin at 0"),
    ],
)
def test_errors(call, error, text):
    with pytest.raises(error, match=text):
        call()
