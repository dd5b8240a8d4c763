"""The random numbers that TensorFlow draws from seeds, for windows placed at random.

Philox is a counter put through ten rounds of multiplication: Salmon, Moraes, Dror, Shaw,
"Parallel random numbers: as easy as 1, 2, 3", SC11, 2011.
"""

__all__ = ["Philox"]

WORD = 0xFFFFFFFF
FACTORS = (0xD2511F53, 0xCD9E8D57)
STEPS_OF_KEY = (0x9E3779B9, 0xBB67AE85)
ROUNDS = 10


class Philox:
    """A stream of random integers of 32 bits, by blocks of four.

    Parameters
    ----------
    seed, seed2 : int
        TensorFlow's two seeds: the key, and the upper half of the counter.

    Notes
    -----
    Source: tensorflow/tensorflow: tensorflow/core/lib/random/philox_random.h,
    tensorflow/core/util/guarded_philox_random.cc.

    Examples
    --------
    >>> Philox(0, 0).reserve(4)
    [1713891541, 3781805453, 3159862348, 2600524760]
    """

    def __init__(self, seed: int, seed2: int) -> None:
        self._key = (seed & WORD, seed >> 32 & WORD)
        self._counter = (seed2 & 2**64 - 1) << 64

    def reserve(self, count: int) -> list[int]:
        """Return the next numbers, and pass over the rest of their last block."""
        numbers: list[int] = []
        while len(numbers) < count:
            numbers += self._block()
        return numbers[:count]

    def _block(self) -> list[int]:
        counter = [self._counter >> shift & WORD for shift in (0, 32, 64, 96)]
        self._counter = self._counter + 1 & 2**128 - 1
        first, second = self._key
        for _ in range(ROUNDS):
            a, b = FACTORS[0] * counter[0], FACTORS[1] * counter[2]
            counter = [
                b >> 32 ^ counter[1] ^ first,
                b & WORD,
                a >> 32 ^ counter[3] ^ second,
                a & WORD,
            ]
            first, second = first + STEPS_OF_KEY[0] & WORD, second + STEPS_OF_KEY[1] & WORD
        return counter
