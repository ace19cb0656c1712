"""How the plan's layers look: colours from the profile's code lists, labels in a Chinese font, scale ranges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from qgis.core import (
    QgsArrowSymbolLayer,
    QgsCategorizedSymbolRenderer,
    QgsFillSymbol,
    QgsLineSymbol,
    QgsMarkerSymbol,
    QgsPalLayerSettings,
    QgsProperty,
    QgsRendererCategory,
    QgsSingleSymbolRenderer,
    QgsSymbol,
    QgsTextBufferSettings,
    QgsTextFormat,
    QgsVectorLayer,
    QgsVectorLayerSimpleLabeling,
)
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtGui import QColor, QFont

from village_planner.desk import compat
from village_planner.standards import CodeList

SEVERITY_COLORS = {"A": "#d7191c", "B": "#fd8d3c", "C": "#e6c229"}
UNDECIDED_COLOR = "#ffffff"
PHASE_COLORS = ("#a50026", "#d73027", "#f46d43", "#fdae61", "#4575b4", "#313695")
LABEL_FONTS = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "思源黑体", "Microsoft YaHei", "微软雅黑", "PingFang SC", "SimHei", "黑体",
    "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "SimSun", "宋体",
)

# Denominators: the larger the further out a layer is still drawn.
VILLAGE_LABELS_FROM = 400_000
HAMLETS_FROM = 250_000
HAMLET_LABELS_FROM = 40_000
PATCHES_FROM = 150_000
_GUESSED = "if(\"note\" LIKE '%待核对', '待核对', '')"
PARCELS_FROM = 60_000


def style_villages(layer: QgsVectorLayer, categories: CodeList) -> None:
    """Fill villages by category; the undecided ones are white."""
    listed = [(row["code"], row["name"], _village_fill(row.get("color") or "#cccccc")) for row in categories.rows]
    undecided = (None, QCoreApplication.translate("PlanLayers", "Not classified"), _village_fill(UNDECIDED_COLOR))
    layer.setRenderer(_categorized("category", [*listed, undecided]))
    layer.setOpacity(0.75)
    _label(layer, "name", 9, VILLAGE_LABELS_FROM, bold=True)


def style_hamlets(layer: QgsVectorLayer, actions: CodeList) -> None:
    """Dot hamlets by action; the undecided ones are white."""
    listed = [(row["code"], row["name"], _dot(row.get("color") or "#666666")) for row in actions.rows]
    undecided = (None, QCoreApplication.translate("PlanLayers", "Not decided"), _dot(UNDECIDED_COLOR))
    layer.setRenderer(_categorized("action", [*listed, undecided]))
    _visible_from(layer, HAMLETS_FROM)
    _label(layer, "name", 8, HAMLET_LABELS_FROM)


def style_moves(layer: QgsVectorLayer, phases: Iterable[int]) -> None:
    """Draw moves as arrows, one colour for each phase."""
    listed = [(year, str(year), arrow(PHASE_COLORS[number % len(PHASE_COLORS)])) for number, year in enumerate(phases)]
    unphased = (None, QCoreApplication.translate("PlanLayers", "Unphased"), arrow("#737373"))
    layer.setRenderer(_categorized("phase", [*listed, unphased]))
    _visible_from(layer, HAMLETS_FROM)


def style_patches(layer: QgsVectorLayer, kinds: CodeList) -> None:
    """Fill patches by kind."""
    codes = [row for row in kinds.rows if row["code"] != "site"]
    listed = [(row["code"], row["name"], _patch_fill(row.get("color") or "#999999")) for row in codes]
    layer.setRenderer(_categorized("kind", listed))
    _visible_from(layer, PATCHES_FROM)
    # Which hamlet a derived patch belongs to may be a guess: the map says where.
    _label(layer, _GUESSED, 7, PATCHES_FROM, color="#b71c1c")


def style_sites(layer: QgsVectorLayer, color: str) -> None:
    """Fill resettlement sites and name them."""
    layer.setRenderer(QgsSingleSymbolRenderer(_patch_fill(color)))
    _label(layer, "name", 8, PATCHES_FROM, color=color)


def style_townships(layer: QgsVectorLayer) -> None:
    """Outline townships."""
    layer.setRenderer(QgsSingleSymbolRenderer(_outline("#4d4d4d", 0.7, "dash dot")))


def style_findings(layer: QgsVectorLayer) -> None:
    """Mark findings by severity."""
    shape = _outline if layer.geometryType() == compat.POLYGON else _ring
    layer.setRenderer(_categorized("severity", [(code, code, shape(color, 1.0)) for code, color in SEVERITY_COLORS.items()]))


def style_control(layer: QgsVectorLayer, color: str) -> None:
    """Hatch or draw a control layer so that what lies under it stays readable."""
    geometry = layer.geometryType()
    if geometry == compat.POLYGON:
        symbol: QgsSymbol = QgsFillSymbol.createSimple(
            {"style": "b_diagonal", "color": color, "outline_color": color, "outline_width": "0.4"}
        )
    elif geometry == compat.LINE:
        symbol = QgsLineSymbol.createSimple({"line_color": color, "line_width": "0.5"})
    else:
        symbol = QgsMarkerSymbol.createSimple({"name": "triangle", "color": color, "size": "3"})
    layer.setRenderer(QgsSingleSymbolRenderer(symbol))


def style_land_use(layer: QgsVectorLayer, color: str) -> None:
    """Outline land use parcels thinly, near by only: there are many."""
    layer.setRenderer(QgsSingleSymbolRenderer(_outline(color, 0.15)))
    _visible_from(layer, PARCELS_FROM)


def label_font() -> QFont:
    """The first font of this computer that has Chinese characters."""
    present = set(compat.font_families())
    return QFont(next((family for family in LABEL_FONTS if family in present), QFont().family()))


def _categorized(field: str, listed: Iterable[tuple[object, str, QgsSymbol]]) -> QgsCategorizedSymbolRenderer:
    return QgsCategorizedSymbolRenderer(field, [QgsRendererCategory(value, symbol, label) for value, label, symbol in listed])


def _village_fill(color: str) -> QgsFillSymbol:
    return QgsFillSymbol.createSimple({"color": color, "outline_color": "#6b6b6b", "outline_width": "0.3"})


def _patch_fill(color: str) -> QgsFillSymbol:
    return QgsFillSymbol.createSimple({"color": color, "outline_color": QColor(color).darker(160).name(), "outline_width": "0.2"})


def _outline(color: str, width_mm: float, style: str = "solid") -> QgsFillSymbol:
    properties: Mapping[str, str] = {
        "style": "no", "outline_color": color, "outline_width": str(width_mm), "outline_style": style,
    }
    return QgsFillSymbol.createSimple(dict(properties))


def _dot(color: str) -> QgsMarkerSymbol:
    return QgsMarkerSymbol.createSimple({"name": "circle", "color": color, "outline_color": "#333333", "size": "2.6"})


def _ring(color: str, width_mm: float) -> QgsMarkerSymbol:
    return QgsMarkerSymbol.createSimple(
        {"name": "circle", "color": "0,0,0,0", "outline_color": color, "outline_width": str(width_mm), "size": "5"}
    )


def arrow(color: str, factor: float = 1.0) -> QgsLineSymbol:
    """An arrow along a line, in one colour with a white edge; factor: smaller or larger than usual."""
    shape = QgsArrowSymbolLayer()
    shape.setIsCurved(False)
    shape.setArrowWidth(0.5 * factor)
    shape.setArrowStartWidth(0.5 * factor)
    shape.setHeadLength(2.4 * factor)
    shape.setHeadThickness(1.4 * factor)
    shape.setColor(QColor(color))
    shape.setSubSymbol(QgsFillSymbol.createSimple({"color": color, "outline_color": "#ffffff", "outline_width": "0.1"}))
    symbol = QgsLineSymbol.createSimple({})
    symbol.changeSymbolLayer(0, shape)
    return symbol


def arrow_by_length(color: str, factor: float = 1.0) -> QgsLineSymbol:
    """As `arrow`, on a map: the head of a short one is half as long as it, but not less than a third of the usual."""
    symbol = arrow(color, factor)
    for key, usual, share in ((compat.ARROW_HEAD_LENGTH, 2.4 * factor, 0.5), (compat.ARROW_HEAD_THICKNESS, 1.4 * factor, 0.3)):
        fitting = f"{share} * 1000 * length($geometry) / @map_scale"
        symbol.symbolLayer(0).setDataDefinedProperty(key, QgsProperty.fromExpression(f"min({usual:.2f}, max({usual / 3:.2f}, {fitting}))"))
    return symbol


def _visible_from(layer: QgsVectorLayer, denominator: int) -> None:
    layer.setScaleBasedVisibility(True)
    layer.setMinimumScale(denominator)


def _label(layer: QgsVectorLayer, field: str, points: float, denominator: int, bold: bool = False, color: str = "#222222") -> None:
    font = label_font()
    font.setBold(bold)
    text = QgsTextFormat()
    text.setFont(font)
    text.setSize(points)
    text.setColor(QColor(color))
    halo = QgsTextBufferSettings()
    halo.setEnabled(True)
    halo.setSize(0.8)
    halo.setColor(QColor("#ffffff"))
    text.setBuffer(halo)
    settings = QgsPalLayerSettings()
    settings.fieldName = field
    settings.isExpression = not field.isidentifier()
    settings.setFormat(text)
    settings.scaleVisibility = True
    settings.minimumScale = denominator
    layer.setLabeling(QgsVectorLayerSimpleLabeling(settings))
    layer.setLabelsEnabled(True)
