"""What is studied at the invented university."""

from dataclasses import dataclass

from portal.rules.student import Level

COMPUTING = "Wydział Informatyki i Matematyki"
LETTERS = "Wydział Filologii i Historii"
HEALTH = "Wydział Nauk o Zdrowiu"
LAW = "Wydział Prawa i Ekonomii"
BUILDING = "Wydział Architektury"


@dataclass(frozen=True, slots=True)
class Programme:
    """A field of studies at one level. `share`: how many students it has compared with the others."""

    faculty: str
    name: str
    code: str
    level: Level
    years: int
    share: int


PROGRAMMES = (
    Programme(COMPUTING, "Informatyka", "INF", Level.FIRST_CYCLE, 3, 12),
    Programme(COMPUTING, "Informatyka", "INF-M", Level.SECOND_CYCLE, 2, 5),
    Programme(COMPUTING, "Matematyka stosowana", "MAT", Level.FIRST_CYCLE, 3, 4),
    Programme(LETTERS, "Filologia polska", "FPL", Level.FIRST_CYCLE, 3, 6),
    Programme(LETTERS, "Filologia polska", "FPL-M", Level.SECOND_CYCLE, 2, 3),
    Programme(LETTERS, "Historia", "HIS", Level.FIRST_CYCLE, 3, 4),
    Programme(LETTERS, "Językoznawstwo", "JĘZ-D", Level.DOCTORAL, 4, 1),
    Programme(HEALTH, "Pielęgniarstwo", "PIE", Level.FIRST_CYCLE, 3, 8),
    Programme(HEALTH, "Fizjoterapia", "FIZ", Level.UNIFORM, 5, 7),
    Programme(HEALTH, "Zarządzanie w ochronie zdrowia", "ZOZ-P", Level.POSTGRADUATE, 1, 1),
    Programme(LAW, "Prawo", "PRA", Level.UNIFORM, 5, 10),
    Programme(LAW, "Ekonomia", "EKO", Level.FIRST_CYCLE, 3, 7),
    Programme(LAW, "Ekonomia", "EKO-M", Level.SECOND_CYCLE, 2, 4),
    Programme(BUILDING, "Architektura", "ARC", Level.FIRST_CYCLE, 4, 8),
)
