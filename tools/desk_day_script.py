"""A planner's day in a real QGIS, driven through the window: from source files to an approved, revised and delivered plan."""

from __future__ import annotations

import json
import os
from functools import partial
from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QLineEdit, QTableWidget, QToolBar

from tools.desk_day import FOLDER_VARIABLE, KIND_VARIABLE, PART_VARIABLE, figures_path
from tools.desk_hands import texts
from tools.desk_seat import WORK_S, Seat

PATCH_NOTE = "修改期间核实"
TITLE = "示例村庄布局规划（2020—2035年）"
CODE = 1
CONTROLS = {
    "城镇开发边界": ("三线.gdb", "CZKFBJ"), "永久基本农田": ("三线.gdb", "YJJBNTTB"), "生态保护红线": ("三线.gdb", "STBHHX"),
    "历史文化保护范围/保护名录": ("保护名录.xlsx", None), "土地利用现状（三调地类图斑）": ("第三次国土调查.gdb", "DLTB"),
    "地质灾害易发区/隐患点": ("地质灾害隐患.shp", None), "道路": ("道路.shp", None), "自然保护地": ("自然保护地.shp", None),
    "道路红线": ("道路红线.shp", None), "城市紫线": ("城市紫线.shp", None), "城市蓝线": ("城市蓝线.shp", None), "城市绿线": ("城市绿线.shp", None),
    "采矿权/压覆矿产": ("采矿权.shp", None), "公共服务设施": ("公共服务设施.xlsx", None),
}
SHORT_CONTROLS = ("城镇开发边界", "永久基本农田", "历史文化保护范围/保护名录")
BY_BUTTON = ("集聚提升", "集聚提升", "城郊融合", "特色保护", "集聚提升", "暂不分类")
BY_KEY = (("1", "01"), ("2", "02"), ("3", "03"), ("5", "05"))
CODES = {"集聚提升": "01", "城郊融合": "02", "特色保护": "03", "搬迁撤并": "04", "暂不分类": "05"}
REASON = "该居民点村民意愿正在补充征询，乡镇已出具承诺，不影响本期实施。"
PROCEDURE = (
    ("征求意见", "2021-01-11", "征求意见函〔2021〕1号", "收到意见12条，采纳9条", None),
    ("专家论证", "2021-02-22", "专家论证意见", "原则同意，按意见修改", None),
    ("批前公示", "2021-03-01", "公示〔2021〕3号", "公示期间无异议", "2021-03-29"),
    ("规委会审议", "2021-04-06", "规委会纪要〔2021〕2号", "审议通过", "2021-03-30"),
    ("报批", "2021-04-12", "请示〔2021〕8号", "已上报", None),
    ("批复", "2021-05-20", "批复〔2021〕15号", "同意", None),
)


def drive(desk: Any) -> None:
    """Do the part of the day that the environment names; `desk` is what tools/inside_qgis.py offers."""
    part = os.environ[PART_VARIABLE]
    day = Day(desk, Path(os.environ[FOLDER_VARIABLE]), os.environ[KIND_VARIABLE])
    try:
        day.whole() if part == "day" else day.next_morning()
    except Exception:
        desk.shot(f"{part}-failed")
        raise
    finally:
        day.watch.stop()
        figures_path(desk.shots, part).write_text(json.dumps(day.watch.steps, ensure_ascii=False, indent=1), encoding="utf-8")


class Day(Seat):
    """The steps in their order; each ends with a look at the plan file from outside, at the window, and with a picture."""

    def whole(self) -> None:
        """From an empty desk to a delivered revision."""
        self.plan.parent.mkdir(exist_ok=True)
        for step in (
            self.create, self.import_controls, self.import_facts, self.decide_villages, self.move_hamlets, self.record_consent, self.check,
            self.explain, self.approve, self.try_to_edit, self.try_the_table, self.revise, self.try_the_table_again, self.deliver,
        ):  # fmt: skip
            step()

    def next_morning(self) -> None:
        """QGIS was closed: all is there."""
        self.open_again()

    def create(self) -> None:
        """New plan of the source files."""
        self.watch.begin("create")
        fields = {
            "规划文件保存为": self.plan, "规划名称": TITLE, "村庄名录": self.sources / "村庄名录.xlsx",
            "其他名录": self.sources / "民政部门行政区划名录.csv", "行政村范围": self.sources / "行政村.shp", "乡镇范围": self.inside("第三次国土调查.gdb"),
            "居民点用地": self.sources / "居民点用地.shp",
        }

        def fill(dialog: Any) -> None:
            self.hands.fill(dialog, {label: str(value) for label, value in fields.items()})
            self.shot("new-plan")

        with self.hands.answering(fill, "确定"):
            self.hands.press("新建规划…", self.toolbar)
        self.finish(lambda: self.window.session.is_open)
        data = self.read()
        assert data.info["title"] == TITLE and len(data.village) and len(data.hamlet) and len(data.patch), "the plan lacks what the files hold"
        assert TITLE in texts(self.window.overview) and "状态：编制" in texts(self.window.overview)
        assert any("处名录差异待处理" in said for said in self.hands.told()), self.hands.told()
        self.shot("created")

    def import_controls(self) -> None:
        """Import the control layers, one by one."""
        names = SHORT_CONTROLS if self.kind == "short" else tuple(CONTROLS)
        for name in names:
            self.watch.begin(f"control layer {name}")
            file, layer = CONTROLS[name]
            self.hands.forget_told()
            with self.hands.answering(partial(self._fill_control, name=name, file=file, layer=layer), "确定"):
                self.hands.press("导入管控图层…", self.toolbar)
            self.finish()
            assert any("个要素" in said for said in self.hands.told()), self.hands.told()
        data = self.read()
        # The protection list marks villages and hamlets, it is no layer.
        assert len(data.control_layer) == len(names) - 1 and data.hamlet["protection"].notna().any()
        self.shot("control-layers")

    def _fill_control(self, dialog: Any, name: str, file: str, layer: str | None) -> None:
        self.hands.fill(dialog, {"类型": name, "来源文件": str(self.inside(file) if layer else self.sources / file)})
        if layer:
            self.hands.fill(dialog, {"库内图层名": layer})
        if name == SHORT_CONTROLS[0]:
            self.shot("control-dialog")

    def import_facts(self) -> None:
        """Import a table of facts."""
        self.watch.begin("facts")

        def fill(dialog: Any) -> None:
            self.hands.fill(dialog, {"表格文件": str(self.sources / "村情统计.xlsx")})
            table = dialog.findChild(QTableWidget)
            self.desk.wait_until(lambda: table.rowCount() > 0)
            self.shot("facts-dialog")

        with self.hands.answering(fill, "确定"):
            self.hands.press("导入表格…", self.toolbar)
        self.finish()
        assert len(self.read().fact)
        assert any("采纳" in said for said in self.hands.told()), self.hands.told()

    def decide_villages(self) -> None:
        """Ten villages get a category, six by the buttons and four by the keys."""
        self.watch.begin("ten categories")
        self.hands.forget_told()
        self.hands.press("分类", self.toolbar)
        dock, tree = self.window.classify, self.window.classify.tree
        villages = self.villages()
        for code, caption in zip(villages, BY_BUTTON):
            self.hands.choose_rows(tree, [code], CODE)
            self.hands.press(caption, dock)
        for code, (key, _) in zip(villages[len(BY_BUTTON):], BY_KEY):
            self.hands.choose_rows(tree, [code], CODE)
            self.hands.key(tree, getattr(Qt.Key, f"Key_{key}"))
        given = [CODES[caption] for caption in BY_BUTTON] + [category for _, category in BY_KEY]
        kept = self.read().category
        assert dict(zip(kept["village_code"], kept["category"])) == dict(zip(villages, given)), kept
        assert f"{len(self.read().village)} 个村" in texts(dock)
        self.shot("ten-categories")

    def move_hamlets(self) -> None:
        """Two hamlets are to go, one merged into another of its village, one relocated to a town."""
        self.watch.begin("two moves")
        dock, tree = self.window.classify, self.window.classify.tree
        (village, first, target), (other, second, _) = self.leaving()
        places = (
            (village, first, "撤并", {"去向": "并入居民点", "迁入地": target, "时序": "2025", "安置方式": "就近并入中心村", "拆旧 m²": "3200.50"}),
            (other, second, "搬迁", {"去向": "城镇安置", "迁入地": "镇区", "时序": "2035", "户数": "5", "人口": "14", "安置方式": "城镇安置"}),
        )
        for owner, hamlet, action, fields in places:
            self.hands.unfold(tree, owner, CODE)
            self.hands.choose_rows(tree, [hamlet], CODE)
            self.hands.press(action, dock)
            self.hands.show_tab("迁并", dock)
            self.hands.fill(dock, fields)
            self.shot(f"move-{action}-typed")
            self.hands.press("添加任务", dock)
        data = self.read()
        actions = dict(zip(data.action["hamlet_code"], data.action["action"]))
        assert actions == {first: "merge", second: "relocate"}, actions
        moves = data.move.set_index("hamlet_code")
        assert moves.loc[first, "destination_code"] == target and moves.loc[first, "phase"] == 2025 and moves.loc[first, "cleared_m2"] == 3200.5
        assert moves.loc[second, "destination_name"] == "镇区" and moves.loc[second, "households"] == 5
        self.hands.choose_rows(tree, [village], CODE)
        self.shot("two-moves")

    def record_consent(self) -> None:
        """The vote of the first hamlet goes on record."""
        self.watch.begin("consent")
        dock, tree = self.window.classify, self.window.classify.tree
        (village, hamlet, _), _ = self.leaving()
        self.hands.choose_rows(tree, [hamlet], CODE)
        self.hands.show_tab("意愿", dock)
        fields = {
            "对象": self.name("hamlet", hamlet), "形式": "户代表会议", "日期": "2020-05-12", "应到": "27", "实到": "25", "同意": "22",
            "决议文件": "村民会议决议〔2020〕3号",
        }
        self.hands.fill(dock, fields)
        self.hands.press("添加记录", dock)
        kept = self.read().consent.to_dict("records")
        assert len(kept) == 1 and kept[0]["hamlet_code"] == hamlet and kept[0]["date"] == "2020-05-12" and kept[0]["in_favour"] == 22, kept
        self.shot("consent")

    def check(self) -> None:
        """Run the check and wait for what it finds."""
        self.watch.begin("check")
        self.hands.press("质检", self.toolbar)
        self.finish()
        data = self.read()
        counts = {severity: int((data.finding["severity"] == severity).sum()) for severity in "ABC"}
        assert len(data.check_run) == 1 and counts["A"], counts
        said = next(said for said in self.hands.told() if "严重" in said)
        assert f"严重 {counts['A']}，重要 {counts['B']}，一般 {counts['C']}" in said, (said, counts)
        assert self.hands.button(f"A 严重 {counts['A']}", self.window.findings).isVisible()
        self.shot("checked")

    def explain(self) -> None:
        """One finding is explained with reason and person."""
        self.watch.begin("explain")
        dock = self.window.findings
        _, (_, hamlet, _) = self.leaving()
        finding = self.one_finding("QC-7105", hamlet)
        view = dock.view
        self.hands.type_into(view.search, "QC-7105")
        self.desk.settle(0.5)
        place = next(place for place, row in enumerate(view.model.shown()) if row.key == finding["key"])
        self.hands.click_index(view.tree, view.model.index_of(place))
        self.shot("finding-chosen")

        def fill(dialog: Any) -> None:
            self.hands.fill(dialog, {"理由": REASON, "说明人": "示例", "佐证材料": "承诺函〔2020〕6号"})
            self.shot("explain-dialog")

        with self.hands.answering(fill, "确定"):
            self.hands.press("例外说明…", dock)
        waivers = self.read().waiver.to_dict("records")
        assert [(row["finding_key"], row["reason"], row["person"]) for row in waivers] == [(finding["key"], REASON, "示例")], waivers
        self.hands.type_into(view.state, "已举证")
        self.desk.settle(0.3)
        assert [row.key for row in view.model.shown()] == [finding["key"]]
        self.hands.click_index(view.tree, view.model.index_of(0))
        assert REASON in view.pane.text.toPlainText() and self.hands.button("撤回说明", dock).isEnabled()
        self.shot("explained")
        self.hands.type_into(view.state, "未解决和未检查")
        self.hands.type_into(view.search, "")

    def approve(self) -> None:
        """The steps of the procedure up to the approval; a notice that is too short is refused."""
        self.hands.press("总览", self.toolbar)
        for number, (step, date, document, result, end) in enumerate(PROCEDURE):
            self.watch.begin(f"step {step}")
            day = "公示起始日" if step == "批前公示" else "日期"
            fields = {"下一步": step, day: date, "文号或文件名称": document, "结果": result, "经办人": "示例"}
            if step == "规委会审议":
                self._record(fields)
                assert any("批前公示天数不足" in said for said in self.hands.told()), self.hands.told()
                assert len(self.read().approval_step) == number
                self.shot("notice-too-short")
            if end is not None:
                fields["公示截止日"] = end
            self.hands.forget_told()
            self._record(fields, picture=step == "批复")
            assert not self.hands.told(), self.hands.told()
            steps = self.read().approval_step
            assert len(steps) == number + 1 and f"状态：{step}" in texts(self.window.overview), step
        assert self.read().info["status"] == "approved"
        self.shot("approved")

    def try_to_edit(self) -> None:
        """The buttons are off and say why."""
        self.watch.begin("buttons of a locked plan")
        self.hands.press("分类", self.toolbar)
        dock = self.window.classify
        self.hands.choose_rows(dock.tree, [self.villages()[0]], CODE)
        before = self.read().category
        for caption in ("集聚提升", "搬迁"):
            button = self.hands.button(caption, dock)
            assert not button.isEnabled()
            assert "规划已批复" in (button.toolTip() + button.parentWidget().toolTip())
        assert "规划已锁定（批复）" in texts(dock)
        self.hands.key(dock.tree, Qt.Key.Key_3)
        assert self.read().category.equals(before)
        assert any("规划已批复，村庄类别、布局引导和迁并任务不能修改" in said for said in self.hands.told()), self.hands.told()
        self.shot("locked")

    def try_the_table(self) -> None:
        """The layer of the patches does not go into edit mode, and says why."""
        self.watch.begin("attribute table of a locked plan")
        self.hands.forget_told()
        layer = next(layer for layer in self.window.session.plan_layers() if layer.name() == "居民点用地")
        before = self.read().patch.drop(columns="geom")
        self._digitize(layer)
        assert not self.hands.tool("mActionToggleEditing").isEnabled()
        assert any("规划已批复，“居民点用地”不能修改" in said for said in self.hands.told()), self.hands.told()
        self.shot("table-refused")
        assert self.read().patch.drop(columns="geom").equals(before)
        self.hands.forget_told()

    def try_the_table_again(self) -> None:
        """With the revision open the same layer can be edited in its table, and what is saved is in the plan file."""
        self.watch.begin("attribute table of a revision")
        self.finish()
        layer = next(layer for layer in self.window.session.plan_layers() if layer.name() == "居民点用地")
        self._digitize(layer)
        self.hands.click(self.hands.tool("mActionToggleEditing"))
        self.hands.click(self.hands.tool("mActionOpenTable"))
        self.desk.wait_until(lambda: bool(self.hands.tables("mTableView")))
        self.desk.settle(0.5)
        (table,) = self.hands.tables("mTableView")
        self.hands.edit_cell(table, "备注", PATCH_NOTE)
        self.shot("table-edited")
        assert layer.isModified()
        table.window().close()
        self.hands.click(self.hands.tool("mActionSaveLayerEdits"))
        self.desk.wait_until(lambda: not layer.isModified(), WORK_S[self.kind])
        self.hands.click(self.hands.tool("mActionToggleEditing"))
        self.desk.wait_until(lambda: not layer.isEditable(), WORK_S[self.kind])
        notes = list(self.read().patch["note"].dropna())
        assert notes.count(PATCH_NOTE) == 1, (notes, self.hands.told())
        # Where the file is being read at that moment, the session follows once the writing is seen.
        self.desk.wait_until(lambda: (self.window.session.data.patch["note"] == PATCH_NOTE).sum() == 1, WORK_S[self.kind])

    def _digitize(self, layer: Any) -> None:
        self.hands.main.findChild(QToolBar, "mDigitizeToolBar").show()
        self.desk.iface.setActiveLayer(layer)
        self.desk.settle(0.3)

    def revise(self) -> None:
        """A revision with its legal ground; one category is changed, and the report tells just that."""
        self.watch.begin("revision")
        self.hands.press("总览", self.toolbar)
        self._record({
            "下一步": "修改", "日期": "2022-03-01", "文号或文件名称": "同意修改的函〔2022〕1号", "结果": "同意修改", "经办人": "示例",
            "修改的法定依据": "《中华人民共和国城乡规划法》第四十七条",
        })  # fmt: skip
        assert self.read().info["status"] == "revision" and "状态：修改" in texts(self.window.overview)
        self.hands.press("分类", self.toolbar)
        village = self.villages()[0]
        self.hands.choose_rows(self.window.classify.tree, [village], CODE)
        self.hands.press("特色保护", self.window.classify)
        self.shot("revision")
        self.hands.press("总览", self.toolbar)
        self.watch.begin("differences from the approval")
        seen: list[list[str]] = []

        def look(dialog: Any) -> None:
            table = dialog.findChild(QTableWidget)
            seen.extend([[table.item(row, column).text() for column in range(table.columnCount())] for row in range(table.rowCount())])
            self.shot("differences")

        with self.hands.answering(look, "关闭"):
            self.hands.press("修改对照…", self.window.overview)
        assert len(seen) == 1, seen
        line = " ".join(seen[0])
        assert self.name("village", village) in line and "集聚提升" in line and "特色保护" in line, line

    def deliver(self) -> None:
        """A draft package in all formats."""
        self.watch.begin("package")
        packages = self.folder / "成果"
        packages.mkdir(exist_ok=True)
        self.hands.forget_told()
        self.hands.press("成果", self.toolbar)
        dock = self.window.delivery
        self.hands.fill(dock, {"方式": "草稿", "文件夹": str(packages)})
        for caption in ("GeoPackage", "FileGDB", "Shapefile", "表格（xlsx）", "文本（docx）", "图件"):
            box = self.hands.button(caption, dock)
            if not box.isChecked():
                self.hands.click(box)
        self.desk.settle(0.5)
        self.shot("readiness")
        self.hands.press("生成成果包", dock.tabs.currentWidget())
        self.finish()
        assert any("成果包共" in said for said in self.hands.told()), self.hands.told()
        (package,) = [path for path in packages.iterdir() if path.is_dir()]
        files = [path.relative_to(package).as_posix() for path in package.rglob("*") if path.is_file()]
        for suffix, count in ((".jpg", 3), (".pdf", 3), (".docx", 1), (".xlsx", 1)):
            assert sum(file.endswith(suffix) for file in files) >= count, (suffix, files)
        assert "草稿" in package.name and "已生成" in texts(dock)
        self.shot("package")
        self.hands.show_tab("文件", dock)
        self.shot("package-files")

    def open_again(self) -> None:
        """Open the plan by the file dialog and find all of yesterday."""
        self.watch.begin("open again")

        def fill(dialog: Any) -> None:
            edit = dialog.findChild(QLineEdit, "fileNameEdit")
            self.hands.type_into(edit, str(self.plan))
            self.shot("open-dialog")
            self.hands.key(edit, Qt.Key.Key_Return)

        with self.hands.answering(fill, None):
            self.hands.press("打开规划…", self.toolbar)
        self.finish(lambda: self.window.session.is_open)
        data = self.read()
        assert (len(data.category), len(data.move), len(data.consent), len(data.waiver)) == (10, 2, 1, 1)
        assert "状态：修改" in texts(self.window.overview)
        self.shot("opened-again")
        self.hands.press("分类", self.toolbar)
        dock = self.window.classify
        self.hands.choose_rows(dock.tree, [self.villages()[0]], CODE)
        self.hands.show_tab("历史", dock)
        assert dock.details.history.count() >= 15
        self.shot("history")

    def _record(self, fields: dict[str, str], picture: bool = False) -> None:
        def fill(dialog: Any) -> None:
            self.hands.fill(dialog, fields)
            if picture:
                self.shot("approval-dialog")

        with self.hands.answering(fill, "确定"):
            self.hands.press("审批步骤…", self.window.overview)
        self.desk.settle(0.1)
