"""The tables of a plan file as data: columns, keys, references and what each column means.

Every other module of the room reads this description: the DDL, the triggers, the empty frames of
PlanData, the value maps and aliases of the layers on the screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

SCHEMA_VERSION = 2
APPLICATION = "village_planner"


class Role(str, Enum):
    """What a table is for; it decides which triggers guard it."""

    BASE = "base"  # facts: history, references
    DECISION = "decision"  # history, references, closed once the plan is approved
    RECORD = "record"  # consents, evidence, waivers: history, references, open after approval
    LEDGER = "ledger"  # history, references, written only after approval
    RESULT = "result"  # findings and runs: made anew by each check, no history
    SYSTEM = "system"  # guarded by triggers of their own


class PatchKind(str, Enum):
    """居民点用地: `existing` follows its hamlet's action; `cleared` is taken down although the hamlet stays."""

    EXISTING = "existing"
    CLEARED = "cleared"
    NEW = "new"


class Action(str, Enum):
    """布局引导 of a hamlet."""

    RETAIN = "retain"
    MERGE = "merge"
    RELOCATE = "relocate"


class Destination(str, Enum):
    """迁入去向 of a move."""

    HAMLET = "hamlet"
    SITE = "site"
    TOWN = "town"
    OUTSIDE = "outside"
    CASH = "cash"
    NONE = "none"


class ConsentKind(str, Enum):
    """村民意愿/表决: survey, meeting of adults, meeting of household representatives, signing."""

    SURVEY = "survey"
    MEETING_ADULTS = "meeting_adults"
    MEETING_HOUSEHOLDS = "meeting_households"
    SIGNING = "signing"


class Origin(str, Enum):
    """Where a decision came from."""

    MANUAL = "manual"
    SUGGESTED = "suggested"
    IMPORTED = "imported"


class Position(str, Enum):
    """Where a village lies against the urban development boundary (城镇开发边界)."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    CUT = "cut"


class Status(str, Enum):
    """Status of the plan, in the order of the procedure."""

    DRAFTING = "drafting"  # 编制
    CONSULTATION = "consultation"  # 征求意见
    EXPERT_REVIEW = "expert_review"  # 专家论证
    PUBLIC_NOTICE = "public_notice"  # 批前公示
    COMMITTEE = "committee"  # 规委会审议
    SUBMITTED = "submitted"  # 报批
    APPROVED = "approved"  # 批复
    PUBLISHED = "published"  # 公布备案
    IMPLEMENTATION = "implementation"  # 实施
    EVALUATION = "evaluation"  # 评估
    REVISION = "revision"  # 修改


WITHDRAWN = (Action.MERGE.value, Action.RELOCATE.value)
LOCKED = (Status.APPROVED, Status.PUBLISHED, Status.IMPLEMENTATION, Status.EVALUATION)
TRANSITIONS: dict[Status, tuple[Status, ...]] = {
    Status.DRAFTING: (Status.CONSULTATION,),
    Status.CONSULTATION: (Status.EXPERT_REVIEW, Status.DRAFTING),
    Status.EXPERT_REVIEW: (Status.PUBLIC_NOTICE, Status.DRAFTING),
    Status.PUBLIC_NOTICE: (Status.COMMITTEE, Status.DRAFTING),
    Status.COMMITTEE: (Status.SUBMITTED, Status.DRAFTING),
    Status.SUBMITTED: (Status.APPROVED, Status.DRAFTING),
    Status.APPROVED: (Status.PUBLISHED, Status.REVISION),
    Status.PUBLISHED: (Status.IMPLEMENTATION, Status.REVISION),
    Status.IMPLEMENTATION: (Status.EVALUATION, Status.REVISION),
    Status.EVALUATION: (Status.IMPLEMENTATION, Status.REVISION),
    Status.REVISION: (Status.CONSULTATION,),
}
"""Where a status may go next; DRAFTING as a target of a review step is 退回修改."""


@dataclass(frozen=True)
class Column:
    """One column of a plan table.

    type: ``text``, ``int``, ``real``, ``date`` (ISO yyyy-mm-dd) or ``json``.
    alias: Chinese heading in forms. required: NOT NULL. choices: closed set of values.
    references: ``table.column`` that must hold the value (NULL is free).
    """

    name: str
    type: str
    alias: str
    required: bool = False
    choices: tuple[str, ...] = ()
    references: str = ""


@dataclass(frozen=True)
class Table:
    """One table: its natural key, role, columns and geometry type (empty: attributes only).

    The geometry column is `geom`, in the plan's CRS. Each table also has `fid INTEGER PRIMARY KEY`.
    """

    name: str
    alias: str
    key: tuple[str, ...]
    role: Role
    columns: tuple[Column, ...]
    geometry: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Column names without fid and geom."""
        return tuple(column.name for column in self.columns)


def _c(name: str, type_: str, alias: str, required: bool = False, choices: object = (), ref: str = "") -> Column:
    values = tuple(member.value for member in choices) if isinstance(choices, type) else tuple(choices)  # type: ignore[arg-type,var-annotated,attr-defined]
    return Column(name, type_, alias, required, values, ref)


_PLAN = (
    Table("plan", "规划", ("id",), Role.SYSTEM, (
        _c("id", "text", "标识", True),  # always 'plan'
        _c("title", "text", "规划名称", True),
        _c("scope", "text", "规划范围", True, ("county", "township")),
        _c("county_code", "text", "县级行政区代码"),
        _c("county_name", "text", "县级行政区名称"),
        _c("institute", "text", "编制单位"),
        _c("profile_id", "text", "成果标准", True),
        _c("profile_version", "text", "成果标准版本", True),
        _c("base_year", "int", "规划基期年", True),
        _c("current_phase", "int", "当前期"),  # null: the first phase not before the base year
        _c("crs", "int", "坐标系 EPSG", True),
        _c("status", "text", "规划状态", True, Status),
        _c("adopted_scenario", "text", "采纳方案", False, (), "scenario.code"),
        _c("secrecy", "text", "密级"),
        _c("public_notice_days", "int", "批前公示最少天数"),  # of the profile, so that the file itself can check; null: 30
        _c("schema_version", "int", "文件版本", True),
        _c("guid", "text", "唯一标识", True),
        _c("created_at", "text", "创建时间", True),
    )),
    Table("phase", "分期", ("year",), Role.BASE, (
        _c("year", "int", "目标年", True),
        _c("title", "text", "名称", True),
    )),
)

_BASE = (
    Table("township", "乡镇", ("code",), Role.BASE, (
        _c("code", "text", "乡镇代码", True),
        _c("name", "text", "乡镇名称", True),
    ), "MULTIPOLYGON"),
    Table("village", "行政村", ("code",), Role.BASE, (
        _c("code", "text", "行政村代码", True),
        _c("name", "text", "行政村名称", True),
        _c("township_code", "text", "乡镇代码", True, (), "township.code"),
        _c("kind", "text", "村庄性质", True),  # code of codes/village_kind.csv
        _c("position_stated", "text", "开发边界内外（填报）", False, Position),  # null: from geometry, or unknown
        _c("households", "int", "户籍户数"),
        _c("persons", "int", "户籍人口"),
        _c("residents", "int", "常住人口"),
        _c("facts_date", "date", "数据日期"),
        _c("note", "text", "备注"),
    ), "MULTIPOLYGON"),
    Table("village_alias", "行政村别名", ("source", "village_code", "alias_code", "alias_name"), Role.BASE, (
        _c("source", "text", "来源", True),
        _c("village_code", "text", "行政村代码", True, (), "village.code"),
        _c("alias_code", "text", "来源代码", True),  # '' where the source has only a name
        _c("alias_name", "text", "来源名称", True),  # '' where the source has only a code
    )),
    Table("hamlet", "自然村/居民点", ("code",), Role.BASE, (
        _c("code", "text", "居民点代码", True),  # village code + serial of the profile's length
        _c("village_code", "text", "行政村代码", True, (), "village.code"),
        _c("name", "text", "居民点名称", True),
        _c("is_main", "int", "中心居民点", True),  # 1 for the one that holds the village seat
        _c("households", "int", "户籍户数"),
        _c("persons", "int", "户籍人口"),
        _c("residents", "int", "常住人口"),
        _c("homesteads", "int", "宅基地宗数"),
        _c("vacant_homesteads", "int", "空置宅基地宗数"),
        _c("protection", "text", "保护名录类型"),  # code of codes/protection.csv; null: on no list
        _c("protection_note", "text", "保护名录说明"),
        _c("facts_date", "date", "数据日期"),
        _c("note", "text", "备注"),
    ), "POINT"),
    Table("site", "集中安置点", ("code",), Role.DECISION, (
        _c("code", "text", "安置点代码", True),
        _c("name", "text", "安置点名称", True),
        _c("township_code", "text", "乡镇代码", False, (), "township.code"),
        _c("village_code", "text", "行政村代码", False, (), "village.code"),
        _c("setting", "text", "安置类型", True, ("rural", "town")),
        _c("ready_phase", "int", "建成期", False, (), "phase.year"),
        _c("note", "text", "备注"),
    ), "MULTIPOLYGON"),
    Table("site_capacity", "安置容量", ("site_code", "phase"), Role.DECISION, (
        _c("site_code", "text", "安置点代码", True, (), "site.code"),
        _c("phase", "int", "期", True, (), "phase.year"),
        _c("households", "int", "可安置户数（累计）", True),
    )),
    Table("patch", "居民点用地", ("code",), Role.DECISION, (
        _c("code", "text", "用地编号", True),
        _c("hamlet_code", "text", "居民点代码", False, (), "hamlet.code"),  # null: not yet given to a hamlet
        _c("kind", "text", "用地类型", True, PatchKind),
        _c("note", "text", "备注"),
    ), "MULTIPOLYGON"),
    Table("roster_source", "已核对名录", ("source",), Role.BASE, (
        _c("source", "text", "来源", True),
        _c("units", "int", "单元数", True),  # how many units of the other roster were compared
        _c("compared_at", "text", "核对时间", True),
    )),
    Table("roster_difference", "名录差异", ("source", "code"), Role.BASE, (
        _c("source", "text", "来源", True),
        _c("code", "text", "代码", True),  # the other source's code, or our code, or 'committees' for the batch
        _c("name", "text", "名称"),
        _c("kind", "text", "差异类型", True,
           ("extra", "missing", "renamed", "recoded", "merged", "not_a_village", "committee", "committees")),
        _c("village_code", "text", "行政村代码", False, (), "village.code"),
        _c("detail", "json", "明细"),  # message parameters, and the member codes of a batch
        _c("settled", "text", "处理结果", False, ("explained", "accepted", "rejected")),  # null: open
        _c("explanation", "text", "处理说明"),
        _c("settled_by", "text", "处理人"),
        _c("settled_at", "text", "处理时间"),
    )),
    Table("fact", "村庄数据", ("subject_kind", "subject_code", "item", "source"), Role.BASE, (
        _c("subject_kind", "text", "对象类型", True, ("village", "hamlet")),
        _c("subject_code", "text", "对象代码", True),
        _c("item", "text", "项目", True),  # code of codes/fact_item.csv, else the heading of the planner's table
        _c("value", "text", "填报值"),  # as the source states it
        _c("number", "real", "数值"),  # in `unit`; null where the value is no number
        _c("unit", "text", "单位"),
        _c("source", "text", "来源", True),  # file name without folders, and sheet
        _c("date", "date", "数据日期"),
    )),
    Table("quota", "上级下达指标", ("area_code", "item"), Role.BASE, (
        _c("area_code", "text", "乡镇或县代码", True),
        _c("item", "text", "指标", True),  # code of codes/quota_item.csv
        _c("value", "real", "指标值", True),  # in the unit of the item: m² for areas
        _c("source", "text", "来源", True),
        _c("date", "date", "下达日期"),
        _c("document", "text", "文号/文件"),
    )),
    Table("fixed_village", "上级确定名单", ("source", "village_code"), Role.BASE, (
        _c("source", "text", "来源", True),
        _c("village_code", "text", "行政村代码", True, (), "village.code"),
        _c("category", "text", "类别代码"),  # code of codes/category.csv; null: the list does not fix it
        _c("action", "text", "布局引导", False, Action),  # of the whole village; null: the list does not fix it
        _c("date", "date", "下达日期"),
        _c("document", "text", "文号/文件"),
        _c("note", "text", "备注"),
    )),
)

_DECISIONS = (
    Table("scenario", "方案", ("code",), Role.DECISION, (
        _c("code", "text", "方案代码", True),
        _c("title", "text", "方案名称", True),
        _c("note", "text", "备注"),
    )),
    Table("category", "村庄类别", ("scenario", "village_code"), Role.DECISION, (
        _c("scenario", "text", "方案", True, (), "scenario.code"),
        _c("village_code", "text", "行政村代码", True, (), "village.code"),
        _c("category", "text", "类别代码", True),  # code of codes/category.csv
        _c("grounds", "text", "分类理由"),
        _c("basis", "text", "依据"),
        _c("origin", "text", "来源", True, Origin),
    )),
    Table("action", "布局引导", ("scenario", "hamlet_code"), Role.DECISION, (
        _c("scenario", "text", "方案", True, (), "scenario.code"),
        _c("hamlet_code", "text", "居民点代码", True, (), "hamlet.code"),
        _c("action", "text", "布局引导", True, Action),
        _c("grounds", "text", "理由"),
        _c("basis", "text", "依据"),
        _c("origin", "text", "来源", True, Origin),
    )),
    Table("move", "迁并任务", ("code",), Role.DECISION, (
        _c("code", "text", "任务编号", True),  # 'M' + 32 hex digits, unique over copies of the plan
        _c("scenario", "text", "方案", True, (), "scenario.code"),
        _c("hamlet_code", "text", "迁出居民点", True, (), "hamlet.code"),
        _c("destination_kind", "text", "迁入去向类型", True, Destination),
        _c("destination_code", "text", "迁入地代码"),  # hamlet or site code; null for the other kinds
        _c("destination_name", "text", "迁入地名称"),  # free text for town, outside
        _c("phase", "int", "时序", False, (), "phase.year"),  # null: unphased
        _c("households", "int", "户数"),
        _c("persons", "int", "人口"),
        _c("homesteads", "int", "宅基地宗数"),
        _c("mode", "text", "安置方式"),  # code of codes/move_mode.csv
        _c("cleared_m2", "real", "拆旧（腾退）面积 m²"),
        _c("built_m2", "real", "建新（安置）面积 m²"),
        _c("reclaimed_m2", "real", "复垦面积 m²"),
        _c("reclaim_to", "text", "复垦方向"),
        _c("note", "text", "备注"),
        _c("origin", "text", "来源", True, Origin),
    )),
    Table("consent", "村民意愿/表决", ("code",), Role.RECORD, (
        _c("code", "text", "记录编号", True),
        _c("village_code", "text", "行政村代码", True, (), "village.code"),
        _c("hamlet_code", "text", "居民点代码", False, (), "hamlet.code"),  # null: the whole village
        _c("kind", "text", "形式", True, ConsentKind),
        _c("date", "date", "日期"),
        _c("basis", "text", "依据"),
        _c("eligible", "int", "应到（户/人）"),
        _c("attended", "int", "实到（户/人）"),
        _c("in_favour", "int", "同意（户/人）"),
        _c("document", "text", "决议文件"),
        _c("note", "text", "备注"),
    )),
    Table("evidence", "附件", ("code",), Role.RECORD, (
        _c("code", "text", "附件编号", True),
        _c("subject_table", "text", "所属表", True),
        _c("subject_key", "json", "所属记录", True),
        _c("title", "text", "名称", True),
        _c("path", "text", "位置"),
        _c("sha256", "text", "校验值"),
        _c("content", "blob", "内容"),  # null: linked only
    )),
    Table("implementation", "实施台账", ("move_code", "year"), Role.LEDGER, (
        _c("move_code", "text", "任务编号", True, (), "move.code"),
        _c("year", "int", "年度", True),
        _c("households", "int", "实际户数"),
        _c("cleared_m2", "real", "实际拆旧 m²"),
        _c("built_m2", "real", "实际建新 m²"),
        _c("reclaimed_m2", "real", "实际复垦 m²"),
        _c("note", "text", "备注"),
    )),
)

_RECORD = (
    Table("approval_step", "审批记录", ("code",), Role.SYSTEM, (
        _c("code", "text", "编号", True),
        _c("from_status", "text", "原状态", True, Status),
        _c("to_status", "text", "新状态", True, Status),
        _c("date", "date", "日期", True),  # 公示: the first day
        _c("end_date", "date", "结束日期"),  # 公示: the last day
        _c("document", "text", "文号/文件", True),
        _c("result", "text", "结果", True),
        _c("legal_ground", "text", "修改的法定依据"),  # required on the way to REVISION
        _c("person", "text", "经办人", True),
        _c("recorded_at", "text", "记录时间", True),
        _c("state_hash", "text", "成果状态校验值"),  # of STATE_TABLES at that moment
    )),
    Table("approved_state", "批复状态", ("step", "tbl", "row_key"), Role.SYSTEM, (
        _c("step", "text", "审批记录", True, (), "approval_step.code"),
        _c("tbl", "text", "表", True),
        _c("row_key", "json", "记录", True),
        _c("row", "json", "内容", True),
        _c("row_geom", "blob", "图形"),
    )),
    Table("control_layer", "管控图层", ("code",), Role.BASE, (
        _c("code", "text", "图层编号", True),  # also the table name in X.layers.gpkg
        _c("kind", "text", "类型", True),
        _c("title", "text", "名称", True),
        _c("source", "text", "来源", True),  # file name without folders
        _c("edition_date", "date", "版本日期"),
        _c("imported_at", "text", "导入时间", True),
        _c("features", "int", "图斑数", True),
        _c("repaired", "int", "修复数", True),
        _c("set_aside", "int", "搁置数", True),
        _c("digest", "text", "校验值", True),
    )),
    Table("check_run", "质检批次", ("code",), Role.RESULT, (
        _c("code", "text", "批次", True),
        _c("at", "text", "时间", True),
        _c("who", "text", "操作人", True),
        _c("scenario", "text", "方案", True),
        _c("rules", "json", "规则", True),  # list of rule ids that ran
        _c("not_checked", "json", "未检查", True),  # list of {rule, code, params}
    )),
    Table("finding", "问题", ("scenario", "key"), Role.RESULT, (
        _c("scenario", "text", "方案", True),
        _c("key", "text", "问题标识", True),  # the same over runs and scenarios
        _c("rule", "text", "规则", True),
        _c("severity", "text", "等级", True, ("A", "B", "C")),
        _c("subject_kind", "text", "对象类型", True),
        _c("subject_code", "text", "对象代码", True),
        _c("village_code", "text", "行政村代码"),
        _c("other_kind", "text", "相关对象类型"),
        _c("other_code", "text", "相关对象代码"),
        _c("measure", "real", "实测值"),
        _c("limit_value", "real", "限值"),
        _c("unit", "text", "单位"),
        _c("message_code", "text", "问题代码", True),
        _c("params", "json", "参数", True),
        _c("digest", "text", "内容校验", True),  # changes when what was found changes
        _c("state", "text", "状态", True, ("open", "waived", "accepted", "fixed")),
        _c("run", "text", "批次", True),
        _c("since", "text", "首次发现批次"),  # run that found it first; null: not known
    ), "GEOMETRY"),
    Table("waiver", "例外说明（举证）", ("finding_key",), Role.RECORD, (
        _c("finding_key", "text", "问题标识", True),
        _c("finding_digest", "text", "内容校验", True),  # a waiver dies when this differs from the finding's
        _c("reason", "text", "理由", True),
        _c("person", "text", "说明人", True),
        _c("date", "date", "日期", True),
        _c("evidence", "text", "佐证材料"),
        _c("accepted_by", "text", "审查人"),
        _c("accepted_at", "text", "审查日期"),
    )),
)

TABLES: tuple[Table, ...] = _PLAN + _BASE + _DECISIONS + _RECORD
"""All tables that PlanData holds; `history`, `history_seal` and `session` are the file's own."""

BY_NAME: dict[str, Table] = {table.name: table for table in TABLES}
LOCKED_TABLES: tuple[str, ...] = tuple(table.name for table in TABLES if table.role is Role.DECISION)
"""Tables that refuse every edit from the approval on: a vote may still be held for a later phase."""
HISTORY_TABLES: tuple[str, ...] = tuple(
    table.name for table in TABLES if table.role not in (Role.RESULT, Role.SYSTEM)
) + ("plan",)
STATE_TABLES: tuple[str, ...] = ("phase", "township", "village", "hamlet") + LOCKED_TABLES
"""What an approval keeps and a revision is compared with: the decisions and the facts that they rest on."""
