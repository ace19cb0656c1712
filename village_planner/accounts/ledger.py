"""The implementation ledger (实施台账) by move and year, and what of the targets was reached by the end of each year."""

from __future__ import annotations

import pandas as pd

from village_planner.accounts.progress import AREAS, share_of
from village_planner.accounts.sums import known_sum, known_sums
from village_planner.plan.data import PlanData

_PLACE = ("township_code", "township_name", "village_code", "village_name", "hamlet_code", "hamlet_name")


def move_places(data: PlanData, scenario: str) -> pd.DataFrame:
    """The moves of a scenario with the names of where they start and end, by township, village, hamlet and phase.

    Columns: township_code, township_name, village_code, village_name, hamlet_code, hamlet_name, move_code,
    destination_kind, destination_name (of the hamlet or site, else as written; null without), phase (Int64, NA:
    unphased), target (households), target_cleared_m2, target_built_m2, target_reclaimed_m2.
    """
    moves = data.move[data.move["scenario"] == scenario]
    frame = pd.DataFrame({"hamlet_code": moves["hamlet_code"], "move_code": moves["code"]}).reset_index(drop=True)
    hamlets = data.hamlet.set_index("code")
    frame["hamlet_name"] = _mapped(frame["hamlet_code"], hamlets["name"])
    frame["village_code"] = _mapped(frame["hamlet_code"], hamlets["village_code"])
    villages = data.village.set_index("code")
    frame["village_name"] = _mapped(frame["village_code"], villages["name"])
    frame["township_code"] = _mapped(frame["village_code"], villages["township_code"])
    frame["township_name"] = _mapped(frame["township_code"], data.township.set_index("code")["name"])
    frame = frame[[*_PLACE, "move_code"]]
    moves = moves.reset_index(drop=True)
    frame["destination_kind"] = moves["destination_kind"]
    named = pd.concat([hamlets["name"], data.site.set_index("code")["name"]])
    frame["destination_name"] = _mapped(moves["destination_code"], named).fillna(moves["destination_name"])
    frame["phase"], frame["target"] = moves["phase"], moves["households"]
    for name in AREAS:
        frame[f"target_{name}"] = moves[name]
    return frame.sort_values(["township_code", "village_code", "hamlet_code", "phase"], kind="stable").reset_index(drop=True)


def ledger_rows(data: PlanData, scenario: str) -> pd.DataFrame:
    """What was carried out, one row per move and year of the ledger, in the order of `move_places`, then by year.

    Columns: those of `move_places` without the target areas, and year, households, cleared_m2, built_m2, reclaimed_m2
    (of the year), note, done (households of the move up to and including the year), share (done / target), carried_over
    (max(0, target − done) from the phase's year on; NA before it, or unphased: not due).
    """
    places = move_places(data, scenario).drop(columns=[f"target_{name}" for name in AREAS])
    places["order"] = range(len(places))
    frame = places.merge(data.implementation, on="move_code", how="inner")
    frame = frame.sort_values(["order", "year"], kind="stable").drop(columns="order").reset_index(drop=True)
    frame["done"] = frame["households"].fillna(0).groupby(frame["move_code"], sort=False).cumsum().astype("Int64")
    frame["share"] = share_of(frame["done"], frame["target"])
    due = (frame["year"] >= frame["phase"]).fillna(False).astype(bool)
    frame["carried_over"] = (frame["target"] - frame["done"]).clip(lower=0).where(due)
    return frame


def implementation_at(data: PlanData, scenario: str, year: int) -> pd.DataFrame:
    """How far each move is at the end of a year, in the order of `move_places`.

    Columns: those of `move_places`, and done (households up to the year; null where the ledger says nothing of the move up to
    then), share (done / target), carried_over (of the moves due by then: max(0, target − done), where nothing is recorded the
    whole target; NA for the others).
    """
    frame, ledger = move_places(data, scenario), data.implementation
    until = ledger[ledger["year"] <= year]
    done = known_sums(until, ["move_code"], ["households"])["households"].fillna(0)
    frame["done"] = frame["move_code"].map(dict(zip(done.index, done))).astype("Int64")
    frame["share"] = share_of(frame["done"], frame["target"])
    due = (frame["phase"] <= year).fillna(False).astype(bool)
    frame["carried_over"] = (frame["target"] - frame["done"].fillna(0)).clip(lower=0).where(due)
    return frame


def implementation_by_year(data: PlanData, scenario: str) -> pd.DataFrame:
    """Target against actual at the end of each year, for every township and then the plan.

    Years: those of the ledger, and the phases up to the last of them; without a ledger there are no rows. Columns: kind
    (`township`, `plan`), code, name, year, due (households of the moves whose phase is not after the year), households,
    cleared_m2, built_m2, reclaimed_m2 (of the year, all moves; null where nothing is recorded for it), done (households
    of the due moves up to the year), share (done / due), carried_over (sum over the due moves of max(0, target − done)).
    A move of which the ledger says nothing has done 0 here: what is not recorded is not carried out.
    """
    rows = ledger_rows(data, scenario)
    recorded = sorted({int(year) for year in rows["year"]})
    years = sorted({*recorded, *(phase for phase in data.phases if recorded and phase <= recorded[-1])})
    areas = [("township", code, name) for code, name in zip(data.township["code"], data.township["name"])]
    result = []
    for year in years:
        moves, of_year = implementation_at(data, scenario, year), rows[rows["year"] == year]
        moves["is_due"] = (moves["phase"] <= year).fillna(False).astype(bool)
        for kind, code, name in [*areas, ("plan", pd.NA, data.info["title"])]:
            mine = [frame if kind == "plan" else frame[frame["township_code"] == code] for frame in (moves, of_year)]
            result.append((kind, code, name, year, *_of_year(*mine)))
    counts = ("year", "due", "households", "done", "carried_over")
    columns = ["kind", "code", "name", "year", "due", "households", *AREAS, "done", "carried_over"]
    frame = pd.DataFrame(result, columns=columns).astype({**dict.fromkeys(columns[:3], "string"), **dict.fromkeys(counts, "Int64")})
    for name in AREAS:
        frame[name] = pd.to_numeric(frame[name], errors="coerce").astype("float64")
    frame.insert(columns.index("carried_over"), "share", share_of(frame["done"], frame["due"]))
    return frame


def _of_year(moves: pd.DataFrame, rows: pd.DataFrame) -> tuple:
    """Figures of an area: moves as `implementation_at` gives them, rows of the ledger of that year."""
    actual = [known_sum(rows[name]) if len(rows) else pd.NA for name in ("households", *AREAS)]
    due = moves[moves["is_due"]]
    return (known_sum(due["target"]), *actual, int(due["done"].fillna(0).sum()), known_sum(due["carried_over"]))


def _mapped(codes: pd.Series, values: pd.Series) -> pd.Series:
    return codes.map(dict(zip(values.index, values))).astype("string")
