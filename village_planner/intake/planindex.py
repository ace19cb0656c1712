"""Finds villages, hamlets and sites of a plan by what people write for them: codes, names, "村/居民点"."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pandas as pd

from village_planner.base import InputError
from village_planner.intake.codes import CodeRule, code_text, hamlet_key, name_keys, township_keys, village_code
from village_planner.plan import PlanData


class PlanIndex:
    """An index over one snapshot of a plan."""

    def __init__(self, data: PlanData, rule: CodeRule) -> None:
        self.data, self._rule = data, rule
        self.village_names = dict(zip(data.village["code"], data.village["name"]))
        self.village_of_hamlet = dict(zip(data.hamlet["code"], data.hamlet["village_code"]))
        self.township_of_village = dict(zip(data.village["code"], data.village["township_code"]))
        self._hamlet_names = dict(zip(data.hamlet["code"], data.hamlet["name"]))
        self._hamlets: dict[str, list[str]] = defaultdict(list)
        self._main: dict[str, str] = {}
        for code, village, is_main in zip(data.hamlet["code"], data.hamlet["village_code"], data.hamlet["is_main"]):
            self._hamlets[village].append(code)
            if is_main or village not in self._main:
                self._main[village] = code
        self._townships = {key: code for code, name in zip(data.township["code"], data.township["name"]) for key in (code, *township_keys(name))}
        self._by_name: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._by_alias: dict[str, set[str]] = defaultdict(set)
        for code, name, town in zip(data.village["code"], data.village["name"], data.village["township_code"]):
            for key in dict.fromkeys(name_keys(name)):
                self._by_name[("", key)].append(code)
                self._by_name[(town, key)].append(code)
        for code, alias_code, alias_name in zip(*(data.village_alias[name] for name in ("village_code", "alias_code", "alias_name"))):
            for alias in (alias_code, alias_name):
                if alias:
                    self._by_alias[alias].add(code)
        self.sites = dict(zip(data.site["code"], data.site["name"]))
        self._site_villages = {code: None if pd.isna(village) else village for code, village in zip(data.site["code"], data.site["village_code"])}

    def villages(self, code_cell: Any, name: str = "", township: str = "") -> list[str]:
        """Return the codes of the villages that code or name may mean; one where it is clear."""
        try:
            code = village_code(code_cell, self._rule)
        except InputError:
            code = code_text(code_cell) if not str(code_cell).strip()[:1].isalpha() else ""
        if code in self.village_names:
            return [code]
        if code and len(self._by_alias.get(code, ())) == 1:
            return list(self._by_alias[code])
        town = self._township(township)
        for place in dict.fromkeys((town, "")):
            for key in name_keys(name) if name else ():
                if found := self._by_name.get((place, key)):
                    return found
        return list(self._by_alias.get(name, ()))

    def _township(self, written: str) -> str:
        """Code of a township by code or name, also behind the county's name (岚桥县砚溪镇); '' where it is not clear."""
        if not written:
            return ""
        if found := self._townships.get(written) or self._townships.get(township_keys(written)[1]):
            return found
        ending = {code for name, code in self._townships.items() if len(name) > 1 and written.endswith(name)}
        return ending.pop() if len(ending) == 1 else ""

    def hamlets(self, village: str, text: str) -> list[str]:
        """Return the hamlets of a village that a code, a serial or a name may mean."""
        own = self._hamlets.get(village, [])
        code = code_text(text)
        if code in own:
            return [code]
        exact = [hamlet for hamlet in own if self._hamlet_names[hamlet] == text]
        return exact or [hamlet for hamlet in own if hamlet_key(self._hamlet_names[hamlet]) == hamlet_key(text)]

    def all_hamlets(self, village: str) -> list[str]:
        """Return all hamlets of a village in roster order."""
        return list(self._hamlets.get(village, []))

    def hamlet_by_code(self, code: str) -> str | None:
        """Return the code where it is one of a hamlet."""
        return code if code in self._hamlet_names else None

    def hamlet_name(self, code: str) -> str:
        """Return a hamlet's name."""
        return self._hamlet_names[code]

    def hamlet_names(self, village: str) -> str:
        """Return the names of a village's hamlets, for a message."""
        return "、".join(self._hamlet_names[code] for code in self._hamlets.get(village, []))

    def main_hamlet(self, village: str) -> str:
        """Return the hamlet that holds the village seat."""
        return self._main[village]

    def sites_named(self, text: str, village: str | None = None) -> list[str]:
        """Return the sites that a code or name may mean; those of the village where several bear the name."""
        if text in self.sites:
            return [text]
        found = [code for code, name in self.sites.items() if name == text] or [
            code for code, name in self.sites.items() if hamlet_key(name) == hamlet_key(text)
        ]
        own = [code for code in found if self._site_villages[code] == village]
        return own or found
