"""What an imported layer of land use (地类图斑) says in codes that are not those of the plan's classification, or that a standard asks in other ones."""

from __future__ import annotations

from collections import Counter
from typing import Iterator, Sequence

from village_planner.accounts.parcels import Codes, class_codes
from village_planner.base import Message
from village_planner.standards import CodeSystem, LandCode, Profile, Target

_SHOWN = 12


def land_code_notes(codes: Sequence[object], built: Sequence[object], profile: Profile) -> list[Message]:
    """Notes on the codes of land use parcels: those that the plan's classification does not have, with the classification that has them, and
    those for which a layer of the profile wants a code that a human has to choose.

    codes: 地类编码, built: 城镇村属性码 (CZCSXM) of each parcel, null for none.
    """
    column = Codes.of(built)
    pairs = Counter(zip(class_codes(codes), (column.texts[row] for row in column.rows)))
    return [*_foreign(pairs, profile), *_to_decide(pairs, profile)]


def _foreign(pairs: Counter[tuple[str, str]], profile: Profile) -> Iterator[Message]:
    own = profile.land_use_system
    unknown: Counter[str] = Counter()
    for (code, _), count in pairs.items():
        if code and code not in own:
            unknown[code] += count
    if not unknown:
        return
    examples = "、".join(f"{code}（{count}）" for code, count in sorted(unknown.items())[:_SHOWN])
    params = {"system": own.title, "count": sum(unknown.values()), "codes": len(unknown), "examples": examples}
    others = [system.title for system in profile.systems.values() if system is not own and all(code in system for code in unknown)]
    if others:
        yield Message("intake.land_codes_other_system", {**params, "others": "、".join(others)})
    else:
        yield Message("intake.land_codes_unknown", params)


def _to_decide(pairs: Counter[tuple[str, str]], profile: Profile) -> Iterator[Message]:
    own = profile.land_use_system
    wanted = {field.system for layer in profile.layers.values() for field in layer.fields if field.system}
    for system in (profile.system(system_id) for system_id in sorted(wanted)):
        crosswalk = profile.crosswalk(own.id, system.id)
        open_codes: dict[str, tuple[int, tuple[Target, ...]]] = {}
        for (code, built_code), count in sorted(pairs.items()):
            targets = crosswalk.targets(LandCode(own.id, code), built_code)
            if code in own and len(targets) != 1:
                open_codes[code] = (open_codes.get(code, (0, ()))[0] + count, targets)
        if open_codes:
            listed = "；".join(_listed(own, system, code, count, targets) for code, (count, targets) in open_codes.items())
            yield Message("intake.land_codes_to_decide", {"system": system.title, "codes": len(open_codes), "listed": listed})


def _listed(own: CodeSystem, system: CodeSystem, code: str, count: int, targets: tuple[Target, ...]) -> str:
    choices = "、".join(f"{target.code.code}{system.name(target.code)}" for target in targets) or "—"
    return f"{code}{own.name(own.code(code))}（{count}）→ {choices}"
