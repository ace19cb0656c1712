"""What the fictitious township or county consists of, before it is written to files: plain records that faults may add to or replace."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Optional, Sequence, Union

from village_planner.demo.layout import Area, Ground, Rect, Ring, planar_area_m2, rect_in
from village_planner.demo.mesh import Mesh, Step
from village_planner.demo.names import COUNTY_NAME, TownshipName
from village_planner.demo.roles import GATHER, PLAIN, Roles


@dataclass(frozen=True)
class Hamlet:
    """A hamlet (自然村): households and persons by registration. code: by roster order.

    block: its built land; where that is no rectangle, the rectangle around it, and `outline` the built land;
    is_by_hand: drawn without regard to the parcels.
    """

    code: str
    name: str
    households: int
    persons: int
    homesteads: int
    vacant_homesteads: int
    block: Rect
    outline: Optional[Ring] = None
    is_by_hand: bool = False

    @property
    def ring(self) -> Ring:
        """Outline of its built land."""
        return self.outline or self.block.ring

    @property
    def area_m2(self) -> float:
        """Its built land in the plane, m²."""
        return planar_area_m2(self.outline) if self.outline else self.block.width * self.block.height


@dataclass(frozen=True)
class Village:
    """A village (行政村) with its hamlets, the main one first. kind: 村庄性质 as the roster says it, '' leaves it open."""

    code: str
    name: str
    township: TownshipName
    kind: str
    area: Area
    hamlets: tuple[Hamlet, ...]


@dataclass(frozen=True)
class Plot:
    """A planted survey parcel. class_code: DLBM; built_code: CZCSXM or ''; deduction: KCXS, 0 without.

    rect: the parcel, or the rectangle around one of another `outline`.
    """

    village_code: str
    rect: Rect
    class_code: str
    built_code: str = ""
    deduction: float = 0.0
    outline: Optional[Ring] = None

    @property
    def ring(self) -> Ring:
        """Outline of the parcel."""
        return self.outline or self.rect.ring

    def holds(self, ring: Ring) -> bool:
        """Whether the parcel is a rectangle with all points of a ring in it or on its edge."""
        return self.outline is None and self.rect.holds(ring)


@dataclass(frozen=True)
class Cover:
    """What grows in a slot: one class of cultivated land with its ridge coefficient (KCXS) and slope grade."""

    class_code: str
    deduction: float
    slope: str


@dataclass(frozen=True)
class Patch:
    """A row of the patch layer. kind: 现状, 腾退, 新建 or 集中安置点; ring: None keeps the row without geometry.

    setting: 安置类型 of a site, '' where the layer says nothing (rural). more: rings of further parts.
    """

    code: str
    village_code: str
    hamlet_name: str
    kind: str
    ring: Optional[Ring]
    site_name: str = ""
    capacity: Optional[int] = None
    ready_phase: Optional[int] = None
    setting: str = ""
    more: tuple[Ring, ...] = ()


@dataclass(frozen=True)
class Line:
    """A feature of a control layer. source_id: BSM or code; rings: outline first, then holes, or one open line; code: its class.

    township_code: of the three lines where they belong to one township.
    """

    source_id: str
    name: str
    rings: tuple[Ring, ...]
    code: str = ""
    deduction: float = 0.0
    slope: str = ""
    township_code: str = ""


@dataclass(frozen=True)
class Consent:
    """A vote or survey as a decisions row states it; date: ISO."""

    kind: str
    date: str
    eligible: int
    attended: int
    in_favour: int
    document: str = ""


@dataclass(frozen=True)
class Decision:
    """A row of the decisions table: a village's category, or one move of a hamlet. Empty text and None are blank cells."""

    township: str
    village: str
    hamlet: str = ""
    category: str = ""
    action: str = ""
    grounds: str = ""
    basis: str = ""
    consent: Optional[Consent] = None
    destination_kind: str = ""
    destination: str = ""
    phase: Optional[int] = None
    households: Optional[int] = None
    persons: Optional[int] = None
    homesteads: Optional[int] = None
    mode: str = ""
    cleared_m2: Optional[float] = None
    built_m2: Optional[float] = None
    reclaimed_m2: Optional[float] = None
    reclaim_to: str = ""


@dataclass(frozen=True)
class Protected:
    """A row of the protection list."""

    village_code: str
    village: str
    hamlet: str
    title: str
    level: str


@dataclass(frozen=True)
class Facility:
    """A row of the table of public facilities. kind: 设施类型; state: 现状 or 规划; year: built or planned."""

    code: str
    township: str
    village_code: str
    village: str
    hamlet: str
    name: str
    kind: str
    state: str
    year: int


@dataclass(frozen=True)
class Quota:
    """Limits of one township or the county from above. values: by item of a quota, in the unit in which the table states it."""

    area_code: str
    area_name: str
    values: dict[str, float]


@dataclass(frozen=True)
class Fixed:
    """A village whose category or action (布局引导) is fixed from above; '' where it is not."""

    village_code: str
    township: str
    village: str
    category: str
    action: str


@dataclass(frozen=True)
class RosterRow:
    """A row of the second roster (民政名录). former: 曾用名."""

    code: str
    name: str
    former: str = ""


@dataclass(frozen=True)
class Fineness:
    """How fine the land of a scene on a mesh is. cut: chances that a cell is cut into four, three or two parcels, else one."""

    red_line_vertices: int = 200_000
    boundary_vertices: int = 5_000
    cut: tuple[float, float, float] = (0.55, 0.32, 0.13)


@dataclass
class Scene:
    """The whole township or county; lists are added to while it is built and faults are planted.

    farm: cells of the state forest farm; controls: further control layers by kind;
    stated_persons: what the facts say of a village's persons where that is not the sum of its hamlets;
    village_rings: boundaries of villages that are not those of their cells; townships: their cells; covers: what grows in a slot, by village code and slot;
    repeated_hamlets: (village code, hamlet name) whose roster row stands twice.
    mesh: of the stress county, whose parcels, built land and lines follow its edges; settled: its quads that are built.
    """

    seed: int
    farm: Union[Area, Ground]
    townships: dict[TownshipName, Union[Area, Ground]] = field(default_factory=dict)
    casts: list[Cast] = field(default_factory=list)
    villages: list[Village] = field(default_factory=list)
    village_rings: dict[str, Ring] = field(default_factory=dict)
    covers: dict[tuple[str, int], Cover] = field(default_factory=dict)
    plots: list[Plot] = field(default_factory=list)
    patches: list[Patch] = field(default_factory=list)
    farmland: list[Line] = field(default_factory=list)
    redline: list[Line] = field(default_factory=list)
    boundary: list[Line] = field(default_factory=list)
    hazards: list[Line] = field(default_factory=list)
    roads: list[Line] = field(default_factory=list)
    controls: dict[str, list[Line]] = field(default_factory=dict)
    facilities: list[Facility] = field(default_factory=list)
    quotas: list[Quota] = field(default_factory=list)
    fixed: list[Fixed] = field(default_factory=list)
    stated_persons: dict[str, int] = field(default_factory=dict)
    protected: list[Protected] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    second_roster: list[RosterRow] = field(default_factory=list)
    repeated_hamlets: list[tuple[str, str]] = field(default_factory=list)
    mesh: Optional[Mesh] = None
    fineness: Fineness = Fineness()
    settled: set[Step] = field(default_factory=set)
    _serials: Counter[str] = field(default_factory=Counter)

    def slot_rect(self, village: Village, slot: int, width: float, height: float) -> Rect:
        """A rectangle in the middle of a village's slot."""
        return rect_in(village.area.slot(slot), width, height, self.seed)

    def ring(self, area: Union[Area, Ground]) -> Ring:
        """Closed outline of an area of lattice cells, clockwise."""
        return self.mesh.ring(area.outline()) if self.mesh else area.ring(self.seed)

    @property
    def title(self) -> str:
        """County and first township, or the county alone when it is the scene of a whole county."""
        return COUNTY_NAME + (next(iter(self.townships)).name if len(self.townships) <= 2 else "")

    def next_code(self, prefix: str, digits: int = 2) -> str:
        """The next code of a patch: JM0001, AZ01."""
        self._serials[prefix] += 1
        return f"{prefix}{self._serials[prefix]:0{digits}d}"

    def next_id(self, layer: str) -> str:
        """The next BSM (county + layer + serial, 18 digits) of a control line layer: farmland, redline or boundary."""
        lines: list[Line] = getattr(self, layer)
        return _LAYER_CODES[layer] + f"{len(lines) + 1:08d}"


def split_id(source_id: str) -> tuple[str, int]:
    """The part of a BSM that names county and layer, and its serial number."""
    return source_id[:-8], int(source_id[-8:])


_LAYER_CODES = {"farmland": "3799212005", "redline": "3799213003", "boundary": "3799213002"}


@dataclass
class Cast:
    """A township on the stage: its villages are those of the scene from `first` on; sites: codes in the order of its roles."""

    scene: Scene
    township: TownshipName
    first: int
    roles: Roles
    sites: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        """Number of villages."""
        return len(self.roles.hamlet_counts)

    def __getitem__(self, number: int) -> Village:
        """The village with this number in the township, as it stands in the scene now."""
        if not 0 <= number < len(self):
            raise IndexError(number)
        return self.scene.villages[self.first + number]

    def change(self, number: int, **values: object) -> Village:
        """Replace values of a village; return the new record."""
        village = replace(self[number], **values)  # type: ignore[arg-type]
        self.scene.villages[self.first + number] = village
        return village

    def villages(self) -> Sequence[Village]:
        """All of them, by number."""
        return self.scene.villages[self.first : self.first + len(self)]

    def in_town(self, number: int) -> bool:
        """Whether a village lies wholly inside the development boundary."""
        return number == self.roles.town or number in self.roles.inside

    def is_free(self, number: int) -> bool:
        """Whether a village's built land may have any shape: on a mesh, where no fault is planted that counts on rectangles."""
        return self.scene.mesh is not None and number >= PLAIN and not self.roles.bears_faults and not self.in_town(number)

    def category(self, number: int) -> str:
        """The category of a village outside the boundary."""
        return self.roles.categories.get(number, GATHER)
