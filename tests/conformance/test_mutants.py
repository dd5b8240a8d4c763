"""Engines made wrong on purpose must fail the conformance suite."""

from dataclasses import replace

import numpy as np
import pytest
from conformance.cases import check_engine

from poolkit.engines import fold_axis
from poolkit.engines.engine import Engine
from poolkit.engines.portable import PortableEngine
from poolkit.geometry import AdaptiveWindows, Plan, SlidingWindows
from poolkit.reducers import Max, Mean, Min, Reducer, Std, Var

CASES = 3000


class Mutant(PortableEngine):
    """The portable engine, which passes the suite, with something done to it."""

    def pool(self, plan: Plan, reducer: Reducer, x: np.ndarray) -> np.ndarray:
        return super().pool(self.change_plan(plan), reducer, x)

    def change_plan(self, plan: Plan) -> Plan:
        return plan

    @staticmethod
    def change_sliding(plan: Plan, change: dict[str, int]) -> Plan:
        return replace(
            plan,
            windows=tuple(
                replace(w, **{key: getattr(w, key) + step for key, step in change.items()})
                if isinstance(w, SlidingWindows) and w.kernel_size < w.length
                else w
                for w in plan.windows
            ),
        )


class ShiftedWindow(Mutant):
    def change_plan(self, plan):
        return self.change_sliding(plan, {"low": -1})


class ShortWindow(Mutant):
    def change_plan(self, plan):
        return self.change_sliding(plan, {"kernel_size": 1})


class LooseDilation(Mutant):
    def change_plan(self, plan):
        return self.change_sliding(plan, {"dilation": 1})


class LooseStride(Mutant):
    def change_plan(self, plan):
        return self.change_sliding(plan, {"stride": 1})


class ForgottenEndPadding(Mutant):
    def change_plan(self, plan):
        windows = tuple(
            replace(w, high=0) if isinstance(w, SlidingWindows) else w for w in plan.windows
        )
        return replace(plan, windows=windows)


class FlooredBins(Mutant):
    """Adaptive windows that end where the next begins (hardening case B23)."""

    def change_plan(self, plan):
        class Floored(AdaptiveWindows):
            def positions(self, window):
                whole = super().positions(window)
                stop = (self.first + window + 1) * self.total // self.bins - self.offset
                return range(whole.start, max(whole.start + 1, stop))

        windows = tuple(
            Floored(w.length, w.count, w.total, w.bins) if isinstance(w, AdaptiveWindows) else w
            for w in plan.windows
        )
        return replace(plan, windows=windows)


class CountOffByOne(Mutant):
    def pool(self, plan, reducer, x):
        pooled = super().pool(plan, reducer, x)
        if isinstance(reducer, Mean):
            pooled = (pooled * 1.5).astype(pooled.dtype)  # as if 2 elements were counted for 3
        return pooled


class OnePerCent(Mutant):
    def pool(self, plan, reducer, x):
        pooled = super().pool(plan, reducer, x)
        return (pooled * 1.01).astype(pooled.dtype) if pooled.dtype.kind == "f" else pooled


class OneValueWrong(Mutant):
    def pool(self, plan, reducer, x):
        pooled = super().pool(plan, reducer, x)
        if pooled.size > 3:
            pooled.flat[-1] = pooled.flat[0]
        return pooled


class IgnoredNaN(Mutant):
    def pool(self, plan, reducer, x):
        if x.dtype.kind == "f" and isinstance(reducer, Max | Min):
            lowest = -np.inf if isinstance(reducer, Max) else np.inf
            x = np.where(np.isnan(x), lowest, x).astype(x.dtype.newbyteorder("="))
        return super().pool(plan, reducer, x)


class ForgottenFreedom(Mutant):
    def pool(self, plan, reducer, x):
        if isinstance(reducer, Var):
            reducer = Std() if isinstance(reducer, Std) else Var()
        return super().pool(plan, reducer, x)


class WrittenInput(Mutant):
    def pool(self, plan, reducer, x):
        pooled = super().pool(plan, reducer, x)
        if x.flags.writeable and x.size:
            x.flat[0] += x.dtype.type(1)
        return pooled


@pytest.mark.parametrize("mutant", Mutant.__subclasses__(), ids=lambda mutant: mutant.__name__)
def test_is_caught(mutant: type[Engine]) -> None:
    with pytest.raises((AssertionError, ValueError, IndexError)):
        check_engine(mutant(), CASES)


def test_padding_with_zeros_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fold_axis, "identity", lambda combine, dtype: dtype.type(0))
    with pytest.raises(AssertionError):
        check_engine(PortableEngine(), CASES)


def test_the_unchanged_engine_passes() -> None:
    assert check_engine(Mutant(), CASES) == CASES
