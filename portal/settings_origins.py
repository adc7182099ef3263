"""Where each setting comes from: the file, the environment, or nobody said anything and its default holds."""

import os
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from portal.settings import SETTINGS_FILE, Environment, Settings, SettingsError, load_settings
from portal.settings_database import DATABASE_URL


class Origin(StrEnum):
    """Who decided about a setting. The environment wins over the file."""

    FILE = "file"
    ENVIRONMENT = "environment"
    DEFAULT = "default"


class Origins:
    """Answers for each setting, called as in the file (`policy.basis`), where its value comes from."""

    def __init__(self, written: Mapping[str, Any], environment: Mapping[str, Any]) -> None:
        self._written = _names(written)
        self._environment = _names(environment)

    def of(self, name: str) -> Origin:
        """Where the value of the setting `name` comes from."""
        if name in self._environment:
            return Origin.ENVIRONMENT
        return Origin.FILE if name in self._written else Origin.DEFAULT


def origins(instance: Path) -> Origins:
    """The origins of an instance whose settings were read without a mistake."""
    try:
        written = tomllib.loads((instance / SETTINGS_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        written = {}  # gone or broken since the start; `differ_from_file` says so
    named = {DATABASE_URL: os.environ[DATABASE_URL]} if os.environ.get(DATABASE_URL) else {}
    return Origins(written, Environment(Settings)() | named)


def differ_from_file(running: Settings) -> bool:
    """Whether the file says something else by now than what this process read at its start."""
    try:
        return load_settings(running.instance) != running
    except SettingsError:
        return True


def _names(values: Mapping[str, Any], group: str = "") -> frozenset[str]:
    found: set[str] = set()
    for name, value in values.items():
        found.add(f"{group}{name}")  # of tables, too: some settings are tables
        if isinstance(value, Mapping):
            found |= _names(value, f"{group}{name}.")
    return frozenset(found)
