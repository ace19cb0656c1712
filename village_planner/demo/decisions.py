"""The decisions table of the clean plan: every village outside the boundary classified, hamlets that move, votes in order."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Optional

from village_planner.demo.flows import SITE, at_site
from village_planner.demo.layout import Rect
from village_planner.demo.move_reasons import move_grounds, move_mode
from village_planner.demo.reasons import PLAN, category_basis, category_grounds, centres
from village_planner.demo.roles import WITHDRAW, Move
from village_planner.demo.scene import Cast, Consent, Decision, Hamlet, Scene, Village

_RECLAIMED_SHARE = 0.85
_RECLAIM_TO = "旱地"
_FIRST_ASKED, _FIRST_MET, _LAST_DAY = date(2020, 3, 9), date(2020, 5, 11), 40
_VOTED_UNTIL = 2022
STAYS = "保留"


def add_decisions(scene: Scene) -> None:
    """Add a category row for each village outside the boundary, and below it a row for each move and each hamlet that stays."""
    for cast in scene.casts:
        built, grounds, central = _built_at_sites(cast), category_grounds(cast), centres(cast)
        for number, village in enumerate(cast.villages()):
            if cast.in_town(number):
                continue
            moves = [move for move in cast.roles.moves if move.village == number]
            row = category_row(village, cast.category(number), grounds[number], "" if moves else STAYS)
            scene.decisions.append(replace(row, consent=_village_vote(cast, number)))
            scene.decisions += [replace(_row(cast, move, built), mode=move_mode(cast, move, central)) for move in moves]
            moved = {move.hamlet for move in moves}
            staying = [hamlet for serial, hamlet in enumerate(village.hamlets) if moves and serial not in moved]
            scene.decisions += [Decision(cast.township.name, village.name, hamlet.name, action=STAYS) for hamlet in staying]


def category_row(village: Village, category: str, grounds: str, action: str = STAYS) -> Decision:
    """A row that classifies a village; `action` holds for all its hamlets, '' leaves them open."""
    return Decision(village.township.name, village.name, category=category, action=action, grounds=grounds, basis=category_basis(category))


def vote(households: int, day: str) -> Consent:
    """A lawful vote of household representatives: five sixths attend, nine tenths of them in favour."""
    attended = -(-households * 5 // 6)
    return Consent("户代表会议", day, households, attended, -(-attended * 9 // 10), f"户代表会议决议〔{day[:4]}〕1号")


def survey(households: int, day: str = "2020-03-20") -> Consent:
    """A survey (意愿调查) that most households answer."""
    attended = households - households // 10
    return Consent("意愿调查", day, households, attended, attended - attended // 8)


def move_row(
    village: Village, hamlet: Hamlet, phase: Optional[int], destination: tuple[str, str], *, hamlet_name: Optional[str] = None
) -> Decision:
    """A whole and lawful move of all households with a survey, to be broken by the caller."""
    return Decision(
        township=village.township.name, village=village.name, hamlet=hamlet_name or hamlet.name,
        action="就近撤并" if destination[0] == "并入居民点" else "搬迁",
        grounds=f"{hamlet.name}户数少、居住分散，配套难以覆盖。", basis=PLAN, consent=survey(hamlet.households),
        destination_kind=destination[0], destination=destination[1], phase=phase, households=hamlet.households,
        persons=hamlet.persons, homesteads=hamlet.homesteads,
        mode={"并入居民点": "就近并入中心村", "集中安置点": "集中安置"}.get(destination[0], "城镇安置"),
        cleared_m2=round(hamlet.area_m2, 2),
    )


def _built_at_sites(cast: Cast) -> dict[int, float]:
    """What a household that moves to a site has built there, m²: the site's ground by all who come, by number of the site."""
    ground = {patch.code: Rect.of(patch.ring) for patch in cast.scene.patches if patch.ring and patch.code in cast.sites}
    found = {}
    for number, code in enumerate(cast.sites):
        households = sum(at_site(cast, number).values())
        found[number] = ground[code].width * ground[code].height / households if households else 0.0
    return found


def _row(cast: Cast, move: Move, built: dict[int, float]) -> Decision:
    village = cast[move.village]
    hamlet = village.hamlets[move.hamlet]
    households = move.share(hamlet.households)
    cleared_m2 = hamlet.area_m2 * households / hamlet.households
    return Decision(
        township=cast.township.name,
        village=village.name,
        hamlet=hamlet.name,
        action=move.action,
        grounds=move_grounds(cast, move),
        basis=PLAN,
        consent=_consent(_form(cast, move), hamlet, _days(cast, village)),
        destination_kind=move.kind,
        destination=_destination(cast, village, move),
        phase=move.phase,
        households=households,
        persons=move.share(hamlet.persons),
        homesteads=move.share(hamlet.homesteads),
        cleared_m2=round(cleared_m2, 2),
        built_m2=round(built[move.to] * households, 2) if move.kind == SITE and isinstance(move.to, int) else move.built_m2,
        reclaimed_m2=round(cleared_m2 * _RECLAIMED_SHARE, 2),
        reclaim_to=_RECLAIM_TO,
    )


def _days(cast: Cast, village: Village) -> int:
    """How many days after the first village this one is asked: all its hamlets on one day."""
    return random.Random(f"{cast.scene.seed}:{village.code}:consent").randint(0, _LAST_DAY)


def _village_vote(cast: Cast, number: int) -> Optional[Consent]:
    """The vote of a whole village that is to be withdrawn; its hamlets are surveyed as well."""
    if cast.category(number) != WITHDRAW:
        return None
    village = cast[number]
    return vote(sum(hamlet.households for hamlet in village.hamlets), str(_FIRST_MET + timedelta(_days(cast, village))))


def _form(cast: Cast, move: Move) -> str:
    """How a hamlet is asked: those that go within the term vote, unless their whole village has."""
    is_soon = move.phase <= _VOTED_UNTIL and cast.category(move.village) != WITHDRAW
    return "households" if is_soon and move.consent == "survey" else move.consent


def _consent(kind: str, hamlet: Hamlet, days: int) -> Optional[Consent]:
    asked, met = (str(first + timedelta(days)) for first in (_FIRST_ASKED, _FIRST_MET))
    if kind == "households":
        return vote(hamlet.households, met)
    if kind == "adults":
        adults = hamlet.persons * 4 // 5
        attended = adults * 2 // 3 + 1
        return Consent("村民会议", met, adults, attended, -(-attended * 5 // 6), "村民会议决议〔2020〕1号")
    return survey(hamlet.households, asked) if kind else None


def _destination(cast: Cast, village: Village, move: Move) -> str:
    if isinstance(move.to, int):
        return cast.sites[move.to] if move.kind == SITE else village.hamlets[move.to].name
    if isinstance(move.to, tuple):
        number, serial = move.to
        return cast[number].hamlets[serial].code
    return move.to.format(seat=cast.township.seat)
