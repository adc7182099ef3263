"""The table [policy] of `portal.toml`: what each of a university's choices may be.

The choices themselves are `portal.rules.policy.Policy`, which knows nothing of files; here every one of them is checked
by itself, so that all mistakes are named at once.
"""

import json
from dataclasses import MISSING, fields
from datetime import date
from typing import Annotated, Any, get_type_hints

from pydantic import BeforeValidator, Field, create_model

from portal.rules.policy import Policy
from portal.settings_mistakes import MONTH_AND_DAY
from portal.settings_values import Days, Group


def _day_of_any_year(written: Any) -> tuple[int, int]:
    try:
        month, day = json.loads(written) if isinstance(written, str) else written  # the environment has text
        date(2001, month, day)  # a year without 29 February
    except (TypeError, ValueError):
        raise ValueError(MONTH_AND_DAY) from None
    return month, day


POSITIVE = Annotated[int, Field(ge=1)]
DAY_OF_ANY_YEAR = Annotated[tuple[int, int], BeforeValidator(_day_of_any_year)]
NARROWER: dict[str, Any] = {
    "renewal_days": Days,
    "codes_lifetime_days": Days,
    "standing_order_delay_minutes": Annotated[int, Field(ge=0, le=525_600)],
    "photo_min_width": POSITIVE,
    "photo_min_height": POSITIVE,
    "photo_max_bytes": POSITIVE,
    "summer_proposal_from": DAY_OF_ANY_YEAR,
    "studies_begin": DAY_OF_ANY_YEAR,
    "album_number_digits": Annotated[int, Field(ge=0, le=20)],
}
_TYPES = get_type_hints(Policy) | NARROWER
_FIELDS: dict[str, Any] = {
    one.name: (_TYPES[one.name], ... if one.default is MISSING else one.default) for one in fields(Policy)
}
PolicyTable = create_model("PolicyTable", __base__=Group, **_FIELDS)


def _checked(written: Any) -> Policy:
    return written if isinstance(written, Policy) else Policy(**dict(PolicyTable.model_validate(written)))


CheckedPolicy = Annotated[Policy, BeforeValidator(_checked)]
