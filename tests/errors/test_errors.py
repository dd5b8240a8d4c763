"""The table of errors: class and sentence, word for word."""

import builtins
from pathlib import Path

import pytest
from errors.table import GALLERY, TABLE, Row, gallery, x

import poolkit
from poolkit.engines import ENGINES


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.call)
def test_class_and_sentence(row: Row) -> None:
    with pytest.raises(row.error) as caught:
        row.run()
    assert type(caught.value) is row.error
    assert str(caught.value) == row.sentence
    assert len(caught.value.args) == 1


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.call)
def test_every_class_is_also_pythons_own(row: Row) -> None:
    assert issubclass(row.error, poolkit.PoolError)
    assert issubclass(row.error, ValueError | TypeError | NotImplementedError)


def test_errors_about_an_array_say_which() -> None:
    with pytest.raises(poolkit.WindowFitError) as caught:
        poolkit.max_pool2d(x, 9)
    assert caught.value.__notes__ == ["(max of a float32 array of shape (2, 3, 8, 8))"]


def test_an_engine_that_cannot_serve_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    portable = next(engine for engine in ENGINES if engine.name == "portable")
    monkeypatch.setattr(type(portable), "unavailable", lambda self: "it is being tested.")
    with pytest.raises(poolkit.UnsupportedError) as caught:
        poolkit.max_pool2d(x, 2, engine="portable")
    assert isinstance(caught.value, builtins.NotImplementedError)
    assert str(caught.value) == (
        'engine "portable": it is being tested.\n'
        "Hint: leave `engine` out and the fastest capable one is chosen."
    )


def test_the_gallery_is_this_table() -> None:
    if not GALLERY.parent.is_dir():
        pytest.fail(f"{Path(GALLERY).parent} is missing")
    assert GALLERY.read_text(encoding="utf-8") == gallery(), (
        "run `python tests/errors/table.py` to write the gallery anew"
    )
