"""Invented names, with all the letters Polish has, and PESEL numbers that no living person bears."""

from dataclasses import dataclass
from datetime import date, timedelta

from stdnum.pl import pesel as pesel_numbers

from portal.demo.chance import chance


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


WOMEN = _words(
    "Agnieszka Alicja Amelia Bożena Dobrochna Elżbieta Grażyna Hanna Helena Iga Jagoda Józefina Kinga Krystyna Lena"
    " Łucja Małgorzata Michalina Mirosława Oliwia Pola Róża Stanisława Świętosława Urszula Wanda Weronika Zofia"
    " Żaneta"
)
MEN = _words(
    "Antoni Bartłomiej Błażej Bożydar Filip Gniewomir Grzegorz Ignacy Jan Jędrzej Józef Kazimierz Krzysztof Leon"
    " Łukasz Michał Mieszko Mścisław Olgierd Paweł Rafał Stanisław Świętopełk Tadeusz Wiktor Władysław Wojciech"
    " Zdzisław Ziemowit Żegota"
)
NOUNS = _words(
    "Brzoza Chmura Ciołek Ćwikła Dąb Gąsior Głaz Gżegżółka Jaskółka Jeżyna Kłos Kruk Łąka Łoś Mżawka Ósmak"
    " Pędziwiatr Pióro Sęk Szczypiór Ślimak Śnieg Świerk Wąż Wrzos Zięba Ździebko Źdźbło Źrebiec Żbik Żółć Żuraw"
)
STEMS = _words(
    "Brzeźniańsk Chabrowsk Ćmielewsk Dębińsk Gałęzowsk Jarzębińsk Jeziorańsk Krzemienieck Leszczynowsk Łabędzk"
    " Łęgowsk Mgielsk Olszynowsk Ostrężyńsk Promykowsk Sroczyńsk Szuwarsk Śnieżyńsk Świetlick Wierzbińsk Wrzosowsk"
    " Zawilczańsk Źródlańsk Żurawińsk"
)
FROM_ABROAD = (
    ("Zoë", "Müllerová", True),
    ("Søren", "Fjordgård", False),
    ("Ólafía", "Hraunsdóttir", True),
    ("Solomija", "Wyszneweć", True),
    ("Ngọc Ánh", "Trần", True),
    ("João", "Ribeirão", False),
)

EARLIEST_BIRTH, DAYS_OF_BIRTHS = date(1878, 1, 1), 3000


@dataclass(frozen=True, slots=True)
class Name:
    """Who somebody is. `feminine` decides the ending of the surname, the PESEL's tenth digit and the portrait."""

    first_names: str
    surname: str
    feminine: bool


def invent_name(number: int) -> Name:
    """The name of the person `number`; namesakes occur, as in life."""
    draw = chance("name", number)
    feminine = draw.random() < 0.55
    given = WOMEN if feminine else MEN
    first_names = " ".join(draw.sample(given, 2 if draw.random() < 0.2 else 1))
    surname = _surname(draw.choice(NOUNS + STEMS), feminine=feminine)
    if feminine and draw.random() < 0.08:
        surname += "-" + _surname(draw.choice(STEMS), feminine=True)
    return Name(first_names, surname, feminine)


def name_from_abroad(number: int) -> Name:
    """The name of somebody who came to study from another country."""
    return Name(*FROM_ABROAD[number % len(FROM_ABROAD)])


def invent_birth(number: int) -> date:
    """A day of birth in the 1870s and 1880s: old enough that nobody born then lives."""
    return EARLIEST_BIRTH + timedelta(days=chance("birth", number).randrange(DAYS_OF_BIRTHS))


def pesel_of(birth: date, number: int, *, feminine: bool) -> str:
    """A PESEL with a valid checksum for a birth in 1800 to 1899 (month + 80); different for each `number` < 1000.

    Raises ValueError for a birth whose number a living person could have.
    """
    if not 1800 <= birth.year <= 1899:
        raise ValueError("only births of the nineteenth century")
    sex = chance("sex digit", number).choice((0, 2, 4, 6, 8)) + (0 if feminine else 1)
    body = f"{birth.year % 100:02}{birth.month + 80:02}{birth.day:02}{number % 1000:03}{sex}"
    return body + str(pesel_numbers.calc_check_digit(body))


def _surname(base: str, *, feminine: bool) -> str:
    if base in STEMS:
        return base + ("a" if feminine else "i")
    return base
