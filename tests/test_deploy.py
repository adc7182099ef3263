"""The files for systemd and the proxy say what the programs understand and the documents promise."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
UNITS = sorted((ROOT / "deploy").glob("*.service"))
PYTHON = "/opt/mlegitymacja/.venv/bin/python"


def commands(unit: Path) -> list[list[str]]:
    lines = unit.read_text(encoding="utf-8").splitlines()
    return [line.partition("=")[2].split() for line in lines if line.startswith("ExecStart")]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_units_start_programs_that_exist(unit: Path) -> None:
    for python, *arguments in commands(unit):
        assert python == PYTHON
        if arguments[0] == "-m":
            assert (ROOT / arguments[1] / "__main__.py").exists()
        else:
            assert (ROOT / arguments[0]).exists()


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_systemd_understands_the_units(unit: Path, tmp_path: Path) -> None:
    copy = tmp_path / unit.name
    here = unit.read_text(encoding="utf-8").replace(PYTHON, "/bin/true")
    copy.write_text(here, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, timeout=60, check=False
    )
    about_it = [line for line in done.stderr.splitlines() if unit.stem in line]
    assert about_it == []


def test_the_proxy_takes_what_the_office_uploads_and_replaces_addresses() -> None:
    said = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    assert "client_max_body_size 33m;" in said
    assert "X-Forwarded-For $remote_addr;" in said
