"""Maps of quantities: anything that is one number per scan point, where the points are."""

from swmr_viewer.gui.quantity_map.map_tab import QuantityMapTab
from swmr_viewer.gui.quantity_map.quantity_map import QuantityMap
from swmr_viewer.gui.quantity_map.value_map import ValueMap

__all__ = ["QuantityMap", "QuantityMapTab", "ValueMap"]
