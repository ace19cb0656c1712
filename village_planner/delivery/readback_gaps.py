"""What of a plan its package does not carry, and the report of a plan that was read back."""

from __future__ import annotations

from village_planner.accounts.parcels import LAND_USE
from village_planner.base import Message
from village_planner.base.report import Report
from village_planner.delivery.geodata import GDB, VCT
from village_planner.delivery.readback_plan import ledger_step, provenance
from village_planner.delivery.readback_source import Carried, lacking_parts
from village_planner.plan.data import plain
from village_planner.plan.schema import BY_NAME

_COUNTED = (
    "township", "village", "hamlet", "patch", "site", "category", "action", "move", "consent", "roster_difference", "waiver", "fact", "quota", "fixed_village",
    "approval_step", "implementation",
)
_NEVER = ("history", "origins", "findings", "sums")
_ROUNDED = (GDB, VCT)


def gaps_of(carried: Carried) -> list[Message]:
    """What the plan that was read back lacks beside the one that was delivered, one sentence each."""
    scenario = carried.data.tables["scenario"]
    gaps = [Message("delivery.gap.edition", {"edition": carried.edition, "part": part}) for part in lacking_parts(carried)]
    gaps += [Message(f"delivery.gap.{what}") for what in _NEVER]
    gaps.append(Message("delivery.gap.scenarios", {"title": str(plain(scenario["title"].iloc[0]))}))
    gaps.append(Message("delivery.gap.documents", {"count": carried.attachments}))
    gaps += _status(carried)
    gaps += _layers(carried)
    if carried.format in _ROUNDED:
        gaps.append(Message(f"delivery.gap.rounded_{carried.format}"))
    return gaps


def report_of(carried: Carried, gaps: list[Message]) -> Report:
    """The report: where the plan is from, what was read, what the package does not carry, and what was not as its manifest lists it."""
    report = Report(Message("delivery.report_readback"))
    origin = report.section(Message("delivery.readback_section.origin"))
    origin.add(Message("delivery.readback_origin", {"what": provenance(carried)}))
    origin.add(Message("delivery.readback_digest", {"digest": carried.digest, "content": carried.manifest.content_sha256 or "—"}))
    origin.add(Message("delivery.readback_format", {"file": carried.file, "profile": f"{carried.profile.title}（{carried.profile.version}）"}))
    read = report.section(Message("delivery.readback_section.read"))
    for name in _COUNTED:
        if len(carried.data.tables[name]):
            read.add(Message("delivery.readback_rows", {"table": BY_NAME[name].alias, "count": len(carried.data.tables[name])}))
    for row, frame in carried.control_layers:
        read.add(Message("delivery.readback_layer", {"title": row["title"], "count": len(frame)}))
    for title, messages in (("gaps", gaps), ("doubts", carried.doubts)):
        section = report.section(Message(f"delivery.readback_section.{title}"))
        for message in messages:
            section.add(message)
    report.figures.update({"villages": len(carried.data.village), "hamlets": len(carried.data.hamlet), "gaps": len(gaps), "doubts": len(carried.doubts)})
    return report


def _status(carried: Carried) -> list[Message]:
    """The status that the plan states, where its steps do not lead there; a ledger that cannot be kept; the state that an earlier approval kept."""
    data = carried.data
    steps = data.approval_step["to_status"]
    stated, reached = str(carried.manifest.plan.get("status") or "drafting"), str(steps.iloc[-1]) if len(steps) else "drafting"
    gaps = []
    if stated != reached:
        names = carried.profile.code_list("status")
        gaps.append(Message("delivery.gap.status", {"stated": names.name(stated) or stated[:40], "reached": names.name(reached)}))
    if len(data.implementation) and ledger_step(data) is None:
        gaps.append(Message("delivery.gap.ledger", {"count": len(data.implementation)}))
    if steps.eq("revision").any():
        gaps.append(Message("delivery.gap.revision"))
    return gaps


def _layers(carried: Carried) -> list[Message]:
    """Control layers that the plan had and the package has not, or has in part."""
    kinds, here = carried.profile.code_list("control_kind"), {str(row["code"]): row for row, _ in carried.control_layers}
    gaps = [Message("delivery.gap.withheld", {"kind": kinds.name(kind) or kind[:40]}) for kind in carried.manifest.withheld]
    for row in carried.data.control_layer.to_dict("records"):
        code, title = str(row["code"]), str(plain(row["title"]) or row["kind"])
        if code not in here:
            gaps.append(Message("delivery.gap.layer", {"title": title}))
        elif row["kind"] == LAND_USE:
            gaps.append(Message("delivery.gap.excerpt", {"title": title, "count": here[code]["features"], "whole": plain(row["features"]) or "—"}))
    return gaps
