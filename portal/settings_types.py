"""What the file has to write as a yes, a number or a day, not as text: `demo = "no"` must not pass for either.

Pydantic takes such text, and has to: the environment has nothing else.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from portal.rules.policy import Policy
from portal.settings_mistakes import MONTH_AND_DAY, NUMBER, WHOLE_NUMBER, YES_OR_NO
from portal.settings_policy import PolicyTable

Place = tuple[str, ...]

# By the field's type: what TOML has for it, and what to say of anything else. `true` is no 1.
_WRITTEN: Mapping[Any, tuple[Callable[[Any], bool], str]] = {
    bool: (lambda value: isinstance(value, bool), YES_OR_NO),
    int: (lambda value: type(value) is int, WHOLE_NUMBER),
    float: (lambda value: type(value) in {int, float}, NUMBER),
    tuple[int, int]: (
        lambda value: isinstance(value, list) and all(type(part) is int for part in value),
        MONTH_AND_DAY,
    ),
}


def wrong_types(
    written: Mapping[str, Any], environment: Mapping[str, Any], model: type[BaseModel]
) -> Iterator[tuple[Place, str]]:
    """The places in the file whose values are of another type than `model` has there, with what they should be.

    Where the environment says something, the file does not count. Unknown names and what is no table where one
    belongs are left to the model itself.
    """
    for name, value in written.items():
        field, instead = model.model_fields.get(name), environment.get(name, {})
        if field is None or not isinstance(instead, Mapping):
            continue
        table = PolicyTable if field.annotation is Policy else field.annotation
        if isinstance(table, type) and issubclass(table, BaseModel):
            if isinstance(value, Mapping):
                for place, words in wrong_types(value, instead, table):
                    yield (name, *place), words
        elif name not in environment and table in _WRITTEN:
            is_so, words = _WRITTEN[table]
            if not is_so(value):
                yield (name,), words
