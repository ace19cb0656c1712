"""VCT 3.0 (GB/T 17798-2007), the exchange format of land data: written with shared boundary lines or without, and read."""

from village_planner.delivery.vct.document import VctContent, VctField, VctHead, VctLayer, head_for
from village_planner.delivery.vct.reading import read_vct
from village_planner.delivery.vct.writing import DECIMALS, plain_text, write_vct

__all__ = ["DECIMALS", "VctContent", "VctField", "VctHead", "VctLayer", "head_for", "plain_text", "read_vct", "write_vct"]
