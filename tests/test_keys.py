"""Key files are made once, whole, readable by their owner only, and never replaced."""

import stat
from pathlib import Path

import pytest

from portal.keys import KeysMissing, create_keys, load_keyring, load_session_key
from portal.models.sealed import SealBroken


def files_of(instance: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in (instance / "keys").iterdir()}


def test_new_keys_load_and_differ_from_each_other(tmp_path: Path) -> None:
    create_keys(tmp_path)
    ring = load_keyring(tmp_path)
    keys = {ring.sealing[1], ring.index, bytes.fromhex(load_session_key(tmp_path))}
    assert len(keys) == 3
    assert {len(key) for key in keys} == {32}


def test_two_instances_never_share_keys(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        create_keys(tmp_path / name)
    assert not set(files_of(tmp_path / "one").values()) & set(files_of(tmp_path / "two").values())


def test_only_the_owner_can_read_them(tmp_path: Path) -> None:
    create_keys(tmp_path)
    folder = tmp_path / "keys"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


def test_existing_keys_are_never_replaced(tmp_path: Path) -> None:
    create_keys(tmp_path)
    before = files_of(tmp_path)
    with pytest.raises(FileExistsError):
        create_keys(tmp_path)
    assert files_of(tmp_path) == before
    assert [file.name for file in tmp_path.iterdir()] == ["keys"]


def test_a_single_surviving_key_file_stops_the_making_of_others(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "index.key").write_text("ab" * 32)
    with pytest.raises(FileExistsError):
        create_keys(tmp_path)
    assert files_of(tmp_path) == {"index.key": "ab" * 32}


@pytest.mark.parametrize("name", ["seal-1.key", "index.key"])
def test_a_lost_key_file_is_named(tmp_path: Path, name: str) -> None:
    create_keys(tmp_path)
    (tmp_path / "keys" / name).unlink()
    with pytest.raises(KeysMissing, match="keys"):
        load_keyring(tmp_path)


@pytest.mark.parametrize("content", ["", "ab" * 31, "ab" * 33, "no hexadecimal number"])
def test_a_damaged_key_file_is_named(tmp_path: Path, content: str) -> None:
    create_keys(tmp_path)
    for name in ("seal-1.key", "session.key"):
        (tmp_path / "keys" / name).write_text(content)
    with pytest.raises(KeysMissing, match=r"seal-1\.key"):
        load_keyring(tmp_path)
    with pytest.raises(KeysMissing, match=r"session\.key"):
        load_session_key(tmp_path)


@pytest.mark.parametrize("name", ["seal-0.key", "seal-256.key", "seal-x.key"])
def test_a_key_number_that_does_not_fit_a_byte_is_refused(tmp_path: Path, name: str) -> None:
    create_keys(tmp_path)
    (tmp_path / "keys" / name).write_text("ab" * 32)
    with pytest.raises(KeysMissing, match=name):
        load_keyring(tmp_path)


def test_a_second_sealing_key_seals_from_then_on_and_the_first_still_opens(tmp_path: Path) -> None:
    create_keys(tmp_path)
    sealed_before = load_keyring(tmp_path).seal("a PESEL", "students.pesel_sealed.1")
    (tmp_path / "keys" / "seal-2.key").write_text("cd" * 32)
    ring = load_keyring(tmp_path)
    assert ring.seal("x", "p")[0] == 2
    assert ring.open(sealed_before, "students.pesel_sealed.1") == "a PESEL"
    (tmp_path / "keys" / "seal-1.key").unlink()
    with pytest.raises(SealBroken):
        load_keyring(tmp_path).open(sealed_before, "students.pesel_sealed.1")


def test_a_keyring_never_shows_its_keys(tmp_path: Path) -> None:
    create_keys(tmp_path)
    ring = load_keyring(tmp_path)
    assert ring.index.hex() not in repr(ring)
    assert repr(ring.index) not in repr(ring)
    assert repr(ring.sealing[1]) not in repr(ring)
