"""Where nothing can be compiled the installation succeeds, without the extension."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_wheel_is_built_without_a_compiler(tmp_path):
    environment = {**os.environ, "CC": "/nonexistent/cc", "CXX": "/nonexistent/c++"}
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
    options = ["--config-settings", f"build-dir={tmp_path / 'build'}", "-w", str(tmp_path)]
    built = subprocess.run(
        [*command, *options, str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name.endswith("-py3-none-any.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "poolkit/engines/portable.py" in names
    assert "poolkit/py.typed" in names
    assert not [name for name in names if name.endswith((".so", ".pyd", ".cpp"))]

    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    program = (
        "import poolkit; print(poolkit.__file__); print(poolkit.max_pool1d([1, 2], 2));"
        "print(poolkit.engines.ENGINES[0].unavailable())"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**environment, "PYTHONPATH": str(tmp_path / "site")},
    ).stdout.splitlines()
    assert printed[0].startswith(str(tmp_path))
    assert printed[1:] == [
        "[2]",
        "it was not built, for want of a C++ compiler when poolkit was installed.",
    ]
