"""What would become of each student if the office extended them all: asked before and again while it is done."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256

from portal import clock
from portal.rules.extension import check_extension
from portal.rules.policy import Policy
from portal.rules.reasons import ExtensionRefusal
from portal.services.register_in_bulk import alike


class ExtensionFate(StrEnum):
    """What a bulk extension does about one student."""

    EXTENDED = "extended"
    ALREADY = "already"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ExtensionRequest:
    """Whom to extend until when: `until` by student id. `legal_basis`: for dates that are no semester ends.

    `chosen_by`: how the office came to these students, by which the batch is told from others later; it names nobody.
    """

    until: Mapping[str, date]
    legal_basis: str | None = None
    file_sha256: str | None = None
    chosen_by: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def same_date(
        cls,
        student_ids: Iterable[str],
        until: date,
        legal_basis: str | None = None,
        chosen_by: Mapping[str, str] | None = None,
    ) -> "ExtensionRequest":
        """All of them until one date."""
        return cls(dict.fromkeys(student_ids, until), legal_basis, chosen_by=chosen_by or {})


@dataclass(frozen=True, slots=True)
class ExtensionPreview:
    """The fates: `refusals` by student id, None for who will be extended; students unknown by now are left out.

    `revisions`: what was known of each student. `fingerprint`: the same as long as every fate is the same.
    """

    refusals: Mapping[str, ExtensionRefusal | None] = field(repr=False)
    revisions: Mapping[str, int] = field(repr=False)
    fingerprint: str

    def fate_of(self, student_id: str) -> ExtensionFate:
        """What becomes of one of the students."""
        return _fate(self.refusals[student_id])

    def having(self, fate: ExtensionFate) -> list[str]:
        """The students with this fate."""
        return [who for who, refusal in self.refusals.items() if _fate(refusal) is fate]

    def refused_for(self) -> Counter[ExtensionRefusal]:
        """How many are left out for which reason."""
        reasons = Counter(self.refusals.values())
        return Counter(
            {why: count for why, count in reasons.items() if _fate(why) is ExtensionFate.REFUSED and why}
        )

    def counts(self) -> dict[str, int]:
        """How many students have each fate, by its code."""
        reasons = Counter(self.refusals.values())
        return {
            fate.value: sum(n for why, n in reasons.items() if _fate(why) is fate) for fate in ExtensionFate
        }


def preview_extension(request: ExtensionRequest, policy: Policy, *, at: datetime) -> ExtensionPreview:
    """What applying `request` at that moment would do, student by student; nothing is written."""
    on = clock.day_of(at)
    refusals: dict[str, ExtensionRefusal | None] = {}
    revisions: dict[str, int] = {}
    for group in alike(request.until):
        answers = {
            until: check_extension(group.facts, until, request.legal_basis, policy, on)
            for until in {request.until[who] for who, _revision in group.members}
        }
        refusals.update((who, answers[request.until[who]]) for who, _revision in group.members)
        revisions.update(group.members)
    return ExtensionPreview(refusals, revisions, _fingerprint(request, refusals))


def _fate(refusal: ExtensionRefusal | None) -> ExtensionFate:
    if refusal is None:
        return ExtensionFate.EXTENDED
    return ExtensionFate.ALREADY if refusal is ExtensionRefusal.ALREADY_EXTENDED else ExtensionFate.REFUSED


def _fingerprint(request: ExtensionRequest, refusals: Mapping[str, ExtensionRefusal | None]) -> str:
    until = request.until
    # A StrEnum member is its own text; None and a code never read alike.
    fates = sorted(f"{who} {until[who]} {refusal}" for who, refusal in refusals.items())
    return sha256("\n".join([request.legal_basis or "", *fates]).encode()).hexdigest()
