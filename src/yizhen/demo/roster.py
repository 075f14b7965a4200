"""The demo's roster: who heads the townships beside the secretaries, who did in the term before, and who leads the counties."""

import random
from datetime import date, timedelta

from django.utils import timezone

from yizhen.people.models import Account
from yizhen.people.roster.keeping import import_roster
from yizhen.people.roster.table import TITLES, check_roster
from yizhen.places.models import Division

Row = tuple[str, ...]
DEGREES = ("大专", "本科", "本科", "本科", "硕士", "博士")
OFFICES = ("副书记", "常务副职", "组织部部长", "宣传部部长", "政法委书记", "副县级领导")
LEADER = "县市区党政领导班子成员"
CAME, LEFT = date(2016, 9, 1), date(2021, 8, 31)  # the secretaries before the change of terms in 2021
STRAIGHT, LATER = 5, 7  # of them the first five went straight to lead a county, two more after another post


def keep_roster(office: Account) -> None:
    """Bring the roster in as a table, by the real import."""
    chance, today = random.Random(12), timezone.localdate()
    townships = Division.objects.filter(code__startswith=office.scope_id, level="township").order_by("code")
    counties = Division.objects.filter(code__startswith=office.scope_id, level="county").order_by("code")
    rows = [_head(number, place, today, chance) for number, place in enumerate(townships)]
    for number, place in enumerate(townships):
        rows += _secretary_before(number, place, chance)
    for number, county in enumerate(counties):
        rows += _from_elsewhere(number, county, chance)
    import_roster(office, check_roster(office, [TITLES, *rows]))


def _person(number: int, born: range, chance: random.Random) -> Row:
    birth = f"{chance.choice(born)}-{chance.randint(1, 12):02d}"
    return f"D{number}", f"示例干部{number}", birth, chance.choice(DEGREES)


def _head(number: int, place: Division, today: date, chance: random.Random) -> Row:
    title = "街道办事处主任" if place.name_zh.endswith("街道") else "镇长"
    began = today - timedelta(days=120 + 60 * number)
    return (
        *_person(200 + number, range(1978, 1992), chance), title, f"{place.name_zh}{title}", place.code, str(began), "",
    )  # fmt: skip


def _secretary_before(number: int, place: Division, chance: random.Random) -> list[Row]:
    """Return the secretary of a township before 2021, with what became of him or her."""
    person = _person(300 + number, range(1970, 1984), chance)
    county = Division.objects.get(code=place.code[:6])
    rows = [(*person, "党委书记", f"{place.name_zh}党委书记", place.code, str(CAME), str(LEFT))]
    entered = LEFT + timedelta(days=1 + 10 * number)
    if STRAIGHT <= number < LATER:
        rows.append((*person, "其他", f"{county.name_zh}发展和改革局局长", county.code, str(entered), "2022-12-31"))
        entered = date(2023, 1, 1)
    if number < LATER:
        rows.append((*person, LEADER, f"{county.name_zh}{OFFICES[number % 6]}", county.code, str(entered), ""))
    return rows


def _from_elsewhere(number: int, county: Division, chance: random.Random) -> list[Row]:
    """Return the leaders of a county who never headed a township."""
    rows = []
    for place, office in enumerate(OFFICES):
        person = _person(400 + 10 * number + place, range(1968, 1982), chance)
        began = date(2020 + chance.randint(0, 3), chance.randint(1, 12), 1)
        rows.append((*person, LEADER, f"{county.name_zh}{office}", county.code, str(began), ""))
    return rows
