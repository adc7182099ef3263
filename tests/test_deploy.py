"""The files for systemd and the proxy say what the programs understand and the documents promise."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from flask import Flask

from portal.views.security import BESIDE_A_FILE, most_bytes_of_body
from portal.views.upload_pages import MEGABYTE
from tests.ministry.test_deadline import Authority

ROOT = Path(__file__).parents[1]
UNITS = sorted((ROOT / "deploy").glob("*.service"))
PROXY = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin") or ""
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
def test_systemd_tries_again_without_giving_up_after_a_few_seconds(unit: Path) -> None:
    said = unit.read_text(encoding="utf-8").splitlines()
    assert "RestartSec=5" in said  # five starts within ten seconds would be the last
    assert any(line.startswith("Restart=") for line in said)


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


def test_the_proxy_takes_the_largest_upload_and_hardly_more(app: Flask) -> None:
    bodies = [most_bytes_of_body(view) or 0 for view in app.view_functions.values()]
    (megabytes,) = re.findall(r"client_max_body_size (\d+)m;", PROXY)
    assert 0 <= int(megabytes) * MEGABYTE - max(bodies) < MEGABYTE
    operations = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert f"limit bodies to {megabytes} MB" in operations
    assert f"archives of photos {(max(bodies) - BESIDE_A_FILE) // MEGABYTE} MB" in operations


def test_the_proxy_replaces_addresses() -> None:
    assert "X-Forwarded-For $remote_addr;" in PROXY


def test_the_proxy_reads_whole_requests_and_leaves_compression_to_the_portal() -> None:
    assert "proxy_request_buffering on;" in PROXY
    assert "gzip off;" in PROXY


def test_the_proxy_sends_nobody_to_a_host_a_visitor_invented() -> None:
    assert "return 301 https://$server_name$request_uri;" in PROXY


@pytest.mark.skipif(not NGINX, reason="nginx is not installed")
def test_nginx_understands_the_proxys_file(tmp_path: Path) -> None:
    certificate, key = Authority(tmp_path, "authority").issue("mlegitymacja.example.edu.pl")
    said = PROXY
    for theirs, here in (
        ("/etc/ssl/mlegitymacja.pem", str(certificate)),
        ("/etc/ssl/private/mlegitymacja.key", str(key)),
        ("listen [::]", "# listen "),
        ("listen 80;", f"listen unix:{tmp_path}/http.sock;"),
        ("listen 443 ssl;", f"listen unix:{tmp_path}/https.sock ssl;"),
    ):
        assert theirs in said
        said = said.replace(theirs, here)
    temporary = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    file = tmp_path / "nginx.conf"
    file.write_text(
        f"pid {tmp_path}/nginx.pid; events {{}} http {{ access_log off; {temporary}\n{said}\n}}",
        encoding="utf-8",
    )
    done = subprocess.run(
        [NGINX, "-t", "-c", str(file), "-e", str(tmp_path / "error.log")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
