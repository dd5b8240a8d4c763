"""`poolkit pool`: every format, every option, and everything that can go wrong."""

import os
import subprocess
import sys

import numpy as np
import pytest
import tifffile
from PIL import Image
from typer.testing import CliRunner

from poolkit.cli import files, pool
from poolkit.cli.application import application

runner = CliRunner()


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def photograph(rng):
    values = rng.integers(0, 256, (20, 30, 3), dtype=np.uint8)
    Image.fromarray(values).save("photo.png")
    return values


def picture(path: str) -> np.ndarray:
    with Image.open(path) as stored:
        return np.asarray(stored)


def mode_of(path: str) -> str:
    with Image.open(path) as stored:
        return stored.mode


def run(*arguments: str, status: int = 0):
    result = runner.invoke(application, ["pool", *map(str, arguments)])
    assert result.exit_code == status, result.output + repr(result.exception)
    return result


def fails(*arguments: str) -> str:
    """Run what must fail: status 2, a line or two on stderr, and no file more than before."""
    before = sorted(os.listdir())
    result = run(*arguments, status=2)
    assert sorted(os.listdir()) == before
    assert "Traceback" not in result.stderr
    assert result.stdout == ""
    assert result.stderr.startswith("poolkit: ")
    lines = result.stderr.rstrip("\n").split("\n")
    assert len(lines) == 1 or (len(lines) == 2 and lines[1].startswith("Hint: "))
    return result.stderr


def blocks(values: np.ndarray) -> np.ndarray:
    """Return 2 by 2 blocks of the first two axes, as two axes at the end."""
    height, width = values.shape[0] // 2, values.shape[1] // 2
    cut = values[: 2 * height, : 2 * width].reshape(height, 2, width, 2, *values.shape[2:])
    return np.moveaxis(cut, (1, 3), (-2, -1))


@pytest.mark.parametrize("ending", ["png", "tif", "npy"])
def test_maximum(photograph, ending):
    printed = run("photo.png", "-o", f"out.{ending}", "--kernel", 2).stdout
    assert "photo.png 20×30×3 uint8 → " in printed
    assert "10×15×3 uint8 · max 2×2 stride 2 · axes 0, 1 · " in printed
    read = {"png": picture, "tif": tifffile.imread, "npy": np.load}[ending]
    np.testing.assert_array_equal(
        np.asarray(read(f"out.{ending}")), blocks(photograph).max((-2, -1))
    )


def test_mean_is_rounded_to_the_dtype_of_the_picture(photograph):
    run("photo.png", "-o", "out.png", "--reduce", "mean", "--kernel", "2x2")
    expected = np.rint(blocks(photograph).astype(float).mean((-2, -1)))
    np.testing.assert_array_equal(picture("out.png"), expected)
    run("photo.png", "-o", "out.npy", "--reduce", "mean", "--kernel", 2)
    np.testing.assert_array_equal(
        np.load("out.npy"), blocks(photograph).astype(float).mean((-2, -1))
    )


def test_sum_must_be_scaled_or_given_room(photograph):
    said = fails("photo.png", "-o", "out.png", "--reduce", "sum", "--kernel", "2")
    total = blocks(photograph).astype(int).sum((-2, -1))
    assert f"{total.min()} to {total.max()}, do not fit uint8, 0 to 255" in said
    assert "--scale" in said
    run("photo.png", "-o", "out.png", "--reduce", "sum", "--kernel", 2, "--scale")
    expected = np.rint(total * (255 / total.max()))
    np.testing.assert_array_equal(picture("out.png"), expected)
    run("photo.png", "-o", "out.tif", "--reduce", "sum", "--kernel", 2, "--dtype", "uint16")
    np.testing.assert_array_equal(tifffile.imread("out.tif"), total)
    assert tifffile.imread("out.tif").dtype == np.uint16


def test_every_window_option(rng):
    x = rng.normal(size=(12, 13))
    np.save("x.npy", x)
    run(
        *("x.npy", "-o", "y.npy", "--kernel", "3x2", "--stride", "2,1", "--dilation", "1,2"),
        *("--padding", "0:1,1:1", "--ceil", "--reduce", "min"),
    )
    padded = np.pad(x, ((0, 2), (1, 1)), constant_values=np.inf)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3))[::2, :, :, ::2]
    np.testing.assert_array_equal(np.load("y.npy"), windows.min((2, 3)))


@pytest.mark.parametrize(
    ("padding", "shape"), [("same", (6, 7)), ("same_lower", (6, 7)), ("1", (6, 7)), ("1,0", (6, 6))]
)
def test_padding(padding, shape, rng):
    np.save("x.npy", rng.normal(size=(12, 13)))
    run("x.npy", "-o", "y.npy", "--kernel", "3", "--stride", "2", "--padding", padding)
    assert np.load("y.npy").shape == shape


def test_parameters_of_reducers(rng):
    x = rng.normal(size=(4, 6))
    np.save("x.npy", x)
    columns = x.reshape(4, 3, 2)
    for options, expected in [
        (("--reduce", "lp", "--norm-type", "3"), (np.abs(columns) ** 3).sum(-1) ** (1 / 3)),
        (("--reduce", "std", "--ddof", "1"), columns.std(-1, ddof=1)),
        (("--reduce", "median"), np.median(columns, -1)),
    ]:
        run("x.npy", "-o", "y.npy", "--kernel", "2", "--axes", "1", *options)
        np.testing.assert_allclose(np.load("y.npy"), expected, rtol=1e-13)


def test_axes_of_arrays_default_to_the_last():
    np.save("x.npy", np.zeros((4, 6, 8)))
    assert "axes 1, 2" in run("x.npy", "-o", "y.npy", "--kernel", "2").stdout
    assert "axes 0, 1, 2" in run("x.npy", "-o", "y.npy", "--kernel", "2,2,2").stdout
    assert "axes 0, 2" in run("x.npy", "-o", "y.npy", "--kernel", "2", "--axes", "0,-1").stdout
    np.save("x.npy", np.zeros(4))
    assert "axes 0 " in run("x.npy", "-o", "y.npy", "--kernel", "2").stdout


def test_stacks(rng):
    pages = rng.integers(0, 2**16, (5, 8, 10), dtype=np.uint16)
    tifffile.imwrite("stack.tif", pages, photometric="minisblack")
    assert "axes 1, 2" in run("stack.tif", "-o", "out.tif", "--kernel", "2").stdout
    expected = pages.reshape(5, 4, 2, 5, 2).max((2, 4))
    np.testing.assert_array_equal(tifffile.imread("out.tif"), expected)
    run("stack.tif", "-o", "through.tif", "--kernel", "5", "--axes", "0")
    np.testing.assert_array_equal(tifffile.imread("through.tif"), pages.max(0, keepdims=True))


def test_coloured_stacks(rng):
    pages = rng.integers(0, 256, (4, 8, 10, 3), dtype=np.uint8)
    tifffile.imwrite("stack.tif", pages, photometric="rgb")
    run("stack.tif", "-o", "out.tif", "--kernel", "2")
    with tifffile.TiffFile("out.tif") as file:
        assert len(file.pages) == 4
        assert file.pages[0].photometric.name == "RGB"
    expected = pages.reshape(4, 4, 2, 5, 2, 3).max((2, 4))
    np.testing.assert_array_equal(tifffile.imread("out.tif"), expected)


def test_named_arrays():
    np.savez("many.npz", first=np.arange(4.0), second=np.arange(8.0).reshape(2, 4))
    run("many.npz", "-o", "out.npz", "--kernel", "2", "--axes", "-1")
    with np.load("out.npz") as out:
        assert out["first"].tolist() == [1, 3]
        assert out["second"].tolist() == [[1, 3], [5, 7]]
    run("many.npz", "-o", "out.npy", "--kernel", "2", "--array", "first")
    assert np.load("out.npy").tolist() == [1, 3]
    assert "several: first, second" in fails(
        "many.npz", "-o", "o.npy", "--kernel", "2", "--axes", "-1"
    )
    assert "first, second" in fails("many.npz", "-o", "o.npy", "--kernel", "2", "--array", "third")


@pytest.mark.parametrize(
    ("mode", "shape"),
    [("L", ()), ("RGB", (3,)), ("RGBA", (4,)), ("LA", (2,)), ("I;16", ()), ("1", ())],
)
def test_kinds_of_pictures(mode, shape, rng):
    dtype = np.uint16 if mode == "I;16" else bool if mode == "1" else np.uint8
    values = rng.integers(0, 2 if mode == "1" else 200, (6, 8, *shape)).astype(dtype)
    Image.fromarray(values).save("in.png")
    assert mode_of("in.png") == mode
    run("in.png", "-o", "out.png", "--kernel", "2")
    expected = blocks(values).max((-2, -1))
    if mode == "1":
        expected = expected.astype(np.uint8) * 255
    np.testing.assert_array_equal(picture("out.png"), expected)


def test_palettes_and_print_colours_are_read_as_colours():
    Image.new("P", (4, 4)).save("palette.png")
    Image.new("CMYK", (4, 4), (0, 255, 255, 0)).save("print.jpg")
    run("palette.png", "-o", "out.png", "--kernel", "2")
    assert mode_of("out.png") == "RGB"
    run("print.jpg", "-o", "out.jpg", "--kernel", "2")
    assert picture("out.jpg")[0, 0, 0] > 200


def test_photographs_are_turned_upright():
    picture = Image.new("L", (8, 4))
    exif = picture.getexif()
    exif[0x0112] = 6
    picture.save("turned.jpg", exif=exif)
    assert "turned.jpg 8×4 uint8" in run("turned.jpg", "-o", "out.png", "--kernel", "2").stdout


def test_a_file_may_replace_itself(photograph):
    os.chmod("photo.png", 0o640)
    run("photo.png", "-o", "photo.png", "--kernel", "2")
    assert picture("photo.png").shape == (10, 15, 3)
    assert os.stat("photo.png").st_mode & 0o777 == 0o640
    assert os.listdir() == ["photo.png"]


@pytest.mark.parametrize("ending", ["png", "jpg", "tif", "npy", "npz"])
def test_what_is_not_what_it_says(ending):
    with open(f"bad.{ending}", "wb") as file:
        file.write(b"this is no picture at all")
    assert f"bad.{ending}" in fails(f"bad.{ending}", "-o", "out.npy", "--kernel", "2")
    with open(f"bad.{ending}", "wb"):
        pass
    assert f"bad.{ending}" in fails(f"bad.{ending}", "-o", "out.npy", "--kernel", "2")


@pytest.mark.parametrize("ending", ["png", "tif", "npy", "npz"])
def test_what_ends_early(ending, rng):
    values = rng.integers(0, 255, (50, 60), dtype=np.uint8)
    save = {
        "png": lambda p: Image.fromarray(values).save(p),
        "tif": lambda p: tifffile.imwrite(p, values),
        "npy": lambda p: np.save(p, values),
        "npz": lambda p: np.savez(p, values),
    }
    save[ending](f"whole.{ending}")
    with open(f"whole.{ending}", "rb") as file:
        content = file.read()
    with open(f"half.{ending}", "wb") as file:
        file.write(content[: len(content) // 2])
    fails(f"half.{ending}", "-o", "out.npy", "--kernel", "2")


def test_objects_are_not_unpickled():
    np.save("objects.npy", np.array([{}], dtype=object), allow_pickle=True)
    assert "pickle" in fails("objects.npy", "-o", "out.npy", "--kernel", "1")


def test_bombs(monkeypatch, photograph):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    assert "bomb" in fails("photo.png", "-o", "out.png", "--kernel", "2")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("missing.png", "-o", "out.png", "--kernel", "2"), "missing.png does not exist."),
        ((".", "-o", "out.png", "--kernel", "2"), "is a directory."),
        (("photo.gif", "-o", "out.png", "--kernel", "2"), "does not exist."),
        (("photo.png", "-o", "out.gif", "--kernel", "2"), "the name must end in one of"),
        (("photo.png", "-o", "out", "--kernel", "2"), "the name must end in one of"),
        (("photo.png", "-o", "none/out.png", "--kernel", "2"), "does not exist."),
        (("photo.png", "-o", "folder.png", "--kernel", "2"), "is a directory."),
        (("photo.png", "-o", "out.png", "--kernel", "2", "--reduce", "mx"), "`--reduce` must be one of"),
        (("photo.png", "-o", "out.png", "--kernel", "31"), "axis 0: a window of extent 31 does not fit"),
        (("photo.png", "-o", "out.png", "--kernel", "0"), "`--kernel` must be an integer"),
        (("photo.png", "-o", "out.png", "--kernel", "2.5"), "`--kernel` must be an integer"),
        (("photo.png", "-o", "out.png", "--kernel", "two"), "got 'two'"),
        (("photo.png", "-o", "out.png", "--kernel", "2x2x2"), "`--kernel` must hold one value per"),
        (("photo.png", "-o", "out.png", "--kernel", "2", "--stride", "0"), "`--stride` must"),
        (("photo.png", "-o", "out.png", "--kernel", "2", "--padding", "2"), "wholly in padding"),
        (("photo.png", "-o", "out.png", "--kernel", "2", "--padding", "full"), "`--padding` must"),
        (("photo.png", "-o", "out.png", "--kernel", "2", "--padding", "1:2,x"), "`--padding` must"),
        (("photo.png", "-o", "out.png", "--kernel", "2", "--axes", "3"), "`--axes` must lie in"),
        (("photo.png", "-o", "out.png", "--kernel", "2", "--axes", "rows"), "`--axes` must"),
        (("photo.png", "-o", "out.png", "--kernel", "2", "--dtype", "int7"), "`--dtype` must name"),
        (("photo.png", "-o", "out.png", "--kernel", "2", "--dtype", "float32"), "holds pictures of"),
        (("photo.png", "-o", "out.jpg", "--kernel", "2", "--dtype", "uint16"), "holds pictures of"),
        (("photo.png", "-o", "out.png", "--kernel", "2", "--engine", "fast"), "`--engine` must be one of"),
        (("photo.png", "-o", "out.png", "--kernel", "2", "--reduce", "lp", "--norm-type", "0"), "`--norm-type` must"),
        (("photo.png", "-o", "out.png", "--kernel", "2", "--reduce", "std", "--ddof", "-1"), "`--ddof` must"),
        (("names.npy", "-o", "out.npy", "--kernel", "1"), "`x` must be a NumPy array"),
        (("nan.npy", "-o", "out.npy", "--kernel", "1", "--dtype", "int32"), "do not fit int32"),
        (("nan.npy", "-o", "out.npy", "--kernel", "1", "--scale"), "finite"),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_said_in_a_line(photograph, options, said):
    os.mkdir("folder.png")
    np.save("names.npy", np.array(["a", "b"]))
    np.save("nan.npy", np.array([1.0, np.nan]))
    assert said in fails(*options)


def test_a_folder_that_refuses(photograph, monkeypatch):
    allowed = os.access
    refuse = lambda path, mode, **_: not mode & os.W_OK and allowed(path, mode)  # noqa: E731
    monkeypatch.setattr(files.os, "access", refuse)
    assert "is read-only." in fails("photo.png", "-o", "out.png", "--kernel", "2")


@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), MemoryError("too much")])
@pytest.mark.parametrize("ending", ["png", "tif", "npy", "npz"])
def test_nothing_half_written_stays(photograph, monkeypatch, fault, ending):
    """The disk fills up while writing: the old file stays, and nothing lies beside it."""
    with open(f"out.{ending}", "wb") as file:
        file.write(b"before")

    def write_half(place, *_, **__):
        if hasattr(place, "write"):
            place.write(b"half")
        else:
            place.write_bytes(b"half")
        raise fault

    monkeypatch.setattr(Image.Image, "save", lambda self, path: write_half(path))
    monkeypatch.setattr(tifffile, "imwrite", write_half)
    monkeypatch.setattr(np, "save", write_half)
    monkeypatch.setattr(np.lib.format, "write_array", write_half)
    said = run("photo.png", "-o", f"out.{ending}", "--kernel", "2", status=2).stderr
    assert ("No space left" in said) or ("not enough memory" in said)
    with open(f"out.{ending}", "rb") as file:
        assert file.read() == b"before"
    assert sorted(os.listdir()) == sorted([f"out.{ending}", "photo.png"])


def test_an_interruption_leaves_nothing(photograph, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(Image.Image, "save", interrupt)
    result = run("photo.png", "-o", "out.png", "--kernel", "2", status=130)
    assert result.stderr == "poolkit: interrupted; nothing was written.\n"
    assert os.listdir() == ["photo.png"]


def test_long_work_is_done_in_parts(monkeypatch, rng):
    monkeypatch.setattr(pool, "LONG_WORK", 100)
    advanced = []
    monkeypatch.setattr(pool.Progress, "advance", lambda self, task, step: advanced.append(step))
    x = rng.normal(size=(40, 50))
    np.save("x.npy", x)
    for reduce in ("mean", "median"):
        advanced.clear()
        run("x.npy", "-o", "y.npy", "--kernel", "2", "--reduce", reduce)
        function = np.median if reduce == "median" else np.mean
        np.testing.assert_allclose(np.load("y.npy"), function(blocks(x), axis=(-2, -1)))
        assert len(advanced) > 10
        assert sum(advanced) == pytest.approx(x.size)


def test_as_a_program(photograph):
    command = [sys.executable, "-m", "poolkit", "pool", "photo.png", "-o", "out.png", "--kernel"]
    good = subprocess.run([*command, "2"], capture_output=True, text=True, check=False)
    assert (good.returncode, good.stderr) == (0, "")
    assert picture("out.png").shape == (10, 15, 3)
    bad = subprocess.run([*command, "99"], capture_output=True, text=True, check=False)
    assert (bad.returncode, bad.stdout) == (2, "")
    assert bad.stderr.startswith("poolkit: axis 0: a window of extent 99 does not fit")
    assert bad.stderr.count("\n") == 1
    assert "Traceback" not in bad.stderr


def test_a_reader_that_leaves(photograph):
    """`poolkit … | head -0`: no traceback."""
    command = f"{sys.executable} -m poolkit pool photo.png -o out.png --kernel 2 | true"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_help_shows_examples():
    shown = run("--help").stdout
    assert "poolkit pool photo.jpg -o half.png --reduce mean --kernel 2" in shown
