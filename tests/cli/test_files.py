"""What files mean: nothing read is taken for what it is not, nothing written loses anything."""

import io
import os
import pty
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image
from typer.testing import CliRunner

from poolkit.cli.application import application

runner = CliRunner()


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def grey(rng):
    return rng.integers(0, 256, (12, 16), dtype=np.uint8)


@pytest.fixture
def colours(rng):
    return rng.integers(0, 256, (12, 16, 3), dtype=np.uint8)


def pool(source: str, output: str = "out.npy", *options: str) -> str:
    result = runner.invoke(application, ["pool", source, "-o", output, "--kernel", "2", *options])
    assert result.exit_code == 0, result.output + repr(result.exception)
    return result.stdout


def refuses(source: str, output: str = "out.npy", *options: str) -> str:
    """Pool what must be refused: a line or two, status 2, and no file more than before."""
    before = sorted(os.listdir())
    result = runner.invoke(application, ["pool", source, "-o", output, "--kernel", "2", *options])
    assert result.exit_code == 2, result.output + repr(result.exception)
    assert sorted(os.listdir()) == before
    lines = result.stderr.rstrip("\n").split("\n")
    assert lines[0].startswith("poolkit: ")
    assert len(lines) == 1 or (len(lines) == 2 and lines[1].startswith("Hint: "))
    return result.stderr


def picture(path: str) -> np.ndarray:
    with Image.open(path) as stored:
        return np.asarray(stored)


def largest(values: np.ndarray) -> np.ndarray:
    """Return the maxima of 2 by 2 blocks of the first two axes."""
    height, width = values.shape[:2]
    return values.reshape(height // 2, 2, width // 2, 2, *values.shape[2:]).max((1, 3))


def test_tiff_where_more_is_darker(grey):
    """The maximum is the lightest, and what is written is no negative."""
    deep = grey.astype(np.uint16) * 257
    for values, top in [(grey, 255), (deep, 65535)]:
        tifffile.imwrite("in.tif", values, photometric="miniswhite")
        pool("in.tif", "out.tif")
        np.testing.assert_array_equal(tifffile.imread("out.tif"), largest(top - values))


def test_tiff_with_a_palette(grey):
    """Colours are pooled, not their numbers in the palette."""
    palette = np.random.default_rng(3).integers(0, 256, (3, 256))
    tifffile.imwrite("in.tif", grey, photometric="palette", colormap=palette.astype("u2") * 257)
    pool("in.tif")
    np.testing.assert_array_equal(np.load("out.npy"), largest(palette.T[grey]))


def test_tiff_with_a_palette_of_two(grey):
    """Of one bit, which tifffile gives as bool."""
    colours = np.array([[10, 20, 30], [200, 100, 50]])
    choice = (grey > 99).astype(np.uint8)
    palette = (colours.T * 257).astype(np.uint16)
    tifffile.imwrite(
        "in.tif",
        np.packbits(choice, axis=1),
        photometric="minisblack",
        extratags=[(320, "H", 6, palette.ravel().tolist(), True)],
    )
    with tifffile.TiffFile("in.tif", mode="r+b") as file:
        tags = file.pages[0].tags
        for name, value in [("BitsPerSample", 1), ("ImageWidth", 16)]:
            tags[name].overwrite(value)
        tags["PhotometricInterpretation"].overwrite(3)
        tags["ImageDescription"].overwrite("")
    pool("in.tif")
    np.testing.assert_array_equal(np.load("out.npy"), largest(colours[choice]))


def test_tiff_of_black_and_white(grey):
    """One bit is read as 0 and 255: a mean of two values is a grey, not a value again."""
    Image.fromarray(grey > 99).save("in.tif")
    pool("in.tif", "out.tif", "--reduce", "mean")
    shares = (grey > 99).reshape(6, 2, 8, 2).mean((1, 3))
    np.testing.assert_array_equal(tifffile.imread("out.tif"), np.rint(255 * shares))


def test_tiff_with_colours_before_rows(colours):
    planes = np.moveaxis(colours, -1, 0)
    tifffile.imwrite("in.tif", planes, photometric="rgb", planarconfig="separate")
    pool("in.tif", "out.tif")
    np.testing.assert_array_equal(tifffile.imread("out.tif"), largest(colours))
    with tifffile.TiffFile("out.tif") as file:
        assert file.pages[0].photometric.name == "RGB"


@pytest.mark.parametrize("channels", [2, 3, 4, 5])
def test_channels_survive_a_tiff(channels, rng):
    """What was written is pooled over rows and columns again, its channels left alone."""
    values = rng.integers(0, 256, (12, 16, channels), dtype=np.uint8)
    tifffile.imwrite("in.tif", values, photometric="minisblack", planarconfig="contig")
    assert "axes 0, 1" in pool("in.tif", "once.tif")
    assert "axes 0, 1" in pool("once.tif", "twice.npy")
    expected = values.reshape(3, 4, 4, 4, channels).max((1, 3))
    np.testing.assert_array_equal(np.load("twice.npy"), expected)


@pytest.mark.parametrize("ending", ["tif", "png"])
def test_pooling_over_colours_leaves_grey(colours, ending):
    Image.fromarray(colours).save("in.png")
    arguments = ["pool", "in.png", "-o", f"out.{ending}", "--kernel", "3", "--axes", "2"]
    assert runner.invoke(application, arguments).exit_code == 0
    read = {"tif": tifffile.imread, "png": picture}[ending]
    np.testing.assert_array_equal(np.squeeze(read(f"out.{ending}")), colours.max(-1))


def test_what_an_encoder_refuses_is_said(grey, monkeypatch):
    def refuse(*_, **__):
        raise ValueError("too many rows")

    Image.fromarray(grey).save("in.png")
    monkeypatch.setattr(tifffile, "imwrite", refuse)
    said = refuses("in.png", "out.tif")
    assert said == "poolkit: out.tif cannot be written: too many rows\n"


def test_grey_with_alpha_survives_a_tiff(grey):
    values = np.dstack([grey, grey[::-1]])
    Image.fromarray(values).save("in.png")
    pool("in.png", "once.tif")
    assert "6×8×2 uint8 → twice.npy 3×4×2" in pool("once.tif", "twice.npy")


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_deflate", "packbits"])
def test_compressed_tiffs(colours, compression):
    Image.fromarray(colours).save("in.tif", compression=compression)
    pool("in.tif")
    np.testing.assert_array_equal(np.load("out.npy"), largest(colours))


def test_compressed_tiff_where_more_is_darker(grey):
    Image.fromarray(grey).save("in.tif", compression="tiff_lzw", tiffinfo={262: 0})
    with tifffile.TiffFile("in.tif") as file:
        assert file.pages[0].photometric.name == "MINISWHITE"
    pool("in.tif")
    np.testing.assert_array_equal(np.load("out.npy"), largest(picture("in.tif")))


def test_compressed_stacks(colours):
    pages = [Image.fromarray(colours), Image.fromarray(colours[::-1])]
    pages[0].save("in.tif", compression="tiff_lzw", save_all=True, append_images=pages[1:])
    assert "axes 1, 2" in pool("in.tif")
    expected = np.stack([largest(colours), largest(colours[::-1])])
    np.testing.assert_array_equal(np.load("out.npy"), expected)


def test_deep_compressed_tiffs_name_what_they_need(grey):
    """Pillow would read these with 8 bits."""
    if _has_imagecodecs():
        pytest.skip("imagecodecs is installed, and reads them")
    Image.fromarray(grey.astype(np.uint16)).save("in.tif", compression="tiff_lzw")
    assert refuses("in.tif").endswith("as LZW.\nHint: pip install imagecodecs\n")


def _has_imagecodecs() -> bool:
    from importlib.util import find_spec

    return find_spec("imagecodecs") is not None


def test_tiff_in_printing_colours_is_refused(colours):
    Image.fromarray(colours).convert("CMYK").save("in.tif")
    assert "colours as SEPARATED" in refuses("in.tif")


def test_tiff_of_several_sizes_says_which_is_pooled(grey):
    with tifffile.TiffWriter("in.tif") as file:
        file.write(grey)
        file.write(grey[:4, :4])
    assert pool("in.tif").startswith("in.tif (first of 2 pictures) 12×16 uint8")


def test_a_thumbnail_is_no_second_picture(grey):
    with tifffile.TiffWriter("in.tif") as file:
        file.write(grey)
        file.write(grey[:4, :4], subfiletype=1)
    assert pool("in.tif").startswith("in.tif 12×16 uint8")


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw"])
def test_a_stack_that_has_lost_pages(grey, compression):
    """It is not pooled without them, and their absence is said once."""
    pages = [Image.fromarray(grey) for _ in range(3)]
    pages[0].save("in.tif", save_all=True, append_images=pages[1:], compression=compression)
    with tifffile.TiffFile("in.tif") as file:
        end = file.pages[2].offset
    with open("in.tif", "r+b") as file:
        file.truncate(end)
    assert "in.tif cannot be read: " in refuses("in.tif")


def write_png(path: str, values: np.ndarray, kind: int) -> None:
    """Write 16 bits per channel, which Pillow cannot do for colours."""

    def chunk(name: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + content))
        return struct.pack(">I", len(content)) + name + content + check

    height, width = values.shape[:2]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    header = struct.pack(">IIBBBBB", width, height, 16, kind, 0, 0, 0)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header))
        file.write(chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


@pytest.mark.parametrize(("kind", "channels"), [(2, 3), (4, 2), (6, 4)])
def test_deep_colours_of_png_are_refused(kind, channels, rng):
    """Pillow would read them with 8 bits."""
    write_png("in.png", rng.integers(0, 2**16, (4, 6, channels)), kind)
    assert "in.png holds colours of 16 bits." in refuses("in.png")


def test_deep_grey_of_png_is_read(rng):
    values = rng.integers(0, 2**16, (4, 6))
    write_png("in.png", values, 0)
    pool("in.png", "out.png")
    np.testing.assert_array_equal(picture("out.png"), largest(values))


def test_arrays_are_known_by_what_they_are():
    x = np.arange(16.0).reshape(4, 4)
    with open("array.npz", "wb") as file:
        np.save(file, x)
    pool("array.npz")
    np.testing.assert_array_equal(np.load("out.npy"), largest(x))
    with open("named.npy", "wb") as file:
        np.savez(file, a=x)
    pool("named.npy")
    np.testing.assert_array_equal(np.load("out.npy"), largest(x))


def test_any_name_in_an_archive_is_kept():
    """Those of np.savez's own arguments too."""
    content = io.BytesIO()
    np.save(content, np.arange(16.0).reshape(4, 4))
    names = ["file", "allow_pickle", "a b", "größe"]
    with zipfile.ZipFile("in.npz", "w") as archive:
        for name in names:
            archive.writestr(f"{name}.npy", content.getvalue())
    pool("in.npz", "out.npz")
    with np.load("out.npz") as out:
        assert out.files == names
        assert out["file"].tolist() == [[5, 7], [13, 15]]


def test_archives_without_arrays():
    np.savez("none.npz")
    assert "none.npz holds no array." in refuses("none.npz", "out.npz")
    with zipfile.ZipFile("text.npz", "w") as archive:
        archive.writestr("readme.txt", "no array")
    assert "text.npz holds readme.txt, which is no array." in refuses("text.npz", "out.npz")


@pytest.mark.parametrize("ending", ["tif", "npz", "npy", "png"])
def test_damaged_files_are_refused_whatever_decoders_raise(ending, grey):
    """Bytes struck at random: read all the same, or said in a line."""
    save = {
        "tif": lambda: tifffile.imwrite("x.tif", grey, compression="zlib"),
        "npz": lambda: np.savez_compressed("x.npz", grey),
        "npy": lambda: np.save("x.npy", grey),
        "png": lambda: Image.fromarray(grey).save("x.png"),
    }
    save[ending]()
    with open(f"x.{ending}", "rb") as file:
        content = file.read()
    random = np.random.default_rng(7)
    refused = 0
    for _ in range(60):
        damaged = bytearray(content)
        for place in random.integers(0, len(content), 3):
            damaged[place] = random.integers(0, 256)
        with open(f"x.{ending}", "wb") as file:
            file.write(damaged)
        arguments = ["pool", f"x.{ending}", "-o", "y.npz", "--kernel", "1"]
        result = runner.invoke(application, arguments)
        assert result.exit_code in (0, 2), repr(result.exception)
        refused += result.exit_code == 2
    assert refused > 5


@pytest.mark.parametrize(
    ("value", "dtype"),
    [(2.0**63, "int64"), (2.0**64, "uint64"), (1e6, "float16"), (-1e300, "float32"), (-1, "uint8")],
)
def test_values_beyond_a_dtype_are_refused(value, dtype):
    """To the last bit: neither wrapped round nor made infinite."""
    np.save("x.npy", np.full((4, 4), value))
    assert f"do not fit {dtype}" in refuses("x.npy", "out.npy", "--dtype", dtype)


@pytest.mark.parametrize("dtype", ["int8", "uint16", "int64", "uint64"])
def test_scaling_reaches_the_end_of_the_dtype_and_no_further(dtype):
    np.save("x.npy", np.array([[0.1, 0.3], [3.0, 7.0]]).repeat(2, 0).repeat(2, 1))
    pool("x.npy", "out.npy", "--dtype", dtype, "--scale")
    out = np.load("out.npy")
    top = np.iinfo(dtype).max
    assert out.dtype == dtype
    assert float(out.max()) == pytest.approx(float(top), rel=1e-15)
    assert int(out[1, 0]) == pytest.approx(top * 3 / 7, rel=1e-15, abs=0.5)


def test_infinities_are_values_of_floats():
    np.save("x.npy", np.array([[np.inf, 1.0], [np.nan, 2.0]]).repeat(2, 0).repeat(2, 1))
    pool("x.npy", "out.npy", "--dtype", "float16")
    np.testing.assert_array_equal(np.load("out.npy"), [[np.inf, 1], [np.nan, 2]])


def test_scaling_is_only_advised_where_it_helps():
    np.save("x.npy", np.array([[-5.0, 3.0]]).repeat(2, 0))
    options = ("--axes", "0", "--dtype", "uint8")
    assert "--scale" not in refuses("x.npy", "out.npy", *options)
    assert "--scale" not in refuses("x.npy", "out.npy", *options, "--scale")
    np.save("x.npy", np.full((2, 2), 300.0))
    assert "add --scale" in refuses("x.npy", "out.npy", "--dtype", "uint8")


def test_tiffs_hold_neither_nothing_nor_long_doubles():
    np.save("x.npy", np.ones((0, 4, 4)))
    assert "holds no empty picture" in refuses("x.npy", "out.tif")
    np.save("x.npy", np.ones((4, 4), np.longdouble))
    if np.dtype(np.longdouble).itemsize > 8:
        assert "--dtype float64" in refuses("x.npy", "out.tif")


def test_a_progress_bar_shows_names_as_they_are(tmp_path):
    """On a terminal; braces and brackets in a file's name are neither format nor markup."""
    np.save("a{b}[red].npy", np.ones((40, 50)))
    program = (
        "from poolkit.cli import pool, application\n"
        "pool.LONG_WORK = 100\n"
        "arguments = ['pool', 'a{b}[red].npy', '-o', 'y.npy', '--kernel', '2']\n"
        "application.application(arguments)\n"
    )
    terminal, end = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80"}
    done = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=end, env=environment
    )
    os.close(end)
    shown = b""
    while True:
        try:
            read = os.read(terminal, 4096)
        except OSError:  # Linux says so that the other end is closed
            break
        if not read:
            break
        shown += read
    os.close(terminal)
    printed, _ = done.communicate()
    assert done.returncode == 0, shown
    assert b"a{b}[red].npy" in shown
    assert b"%" in shown
    assert "a{b}[red].npy 40×50 float64 → y.npy 20×25 float64" in printed.decode()


def test_a_file_that_may_not_be_read(monkeypatch):
    """A line of ours, no box of the command line's."""

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    np.save("x.npy", np.ones((4, 4)))
    allowed = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.R_OK and allowed(path, mode))
    monkeypatch.setattr(type(Path()), "open", refuse)
    assert refuses("x.npy") == "poolkit: x.npy cannot be read: Permission denied.\n"


def test_an_interruption_before_the_work_is_quiet():
    program = """
import sys
class Interrupted:
    def find_spec(self, name, *_):
        if name == "typer":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupted())
from poolkit.cli import main
main()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (130, b"")
