"""How quantities are chosen, wherever they are: by kind in menus and lists, or typed as an expression."""

from swmr_viewer.gui.quantities.expression_line import ExpressionEditor, ExpressionEntry, ExpressionLine
from swmr_viewer.gui.quantities.menu import EXPRESSION, add_quantities, fill_quantities, list_quantities, offer_marked

__all__ = [
    "EXPRESSION",
    "ExpressionEditor",
    "ExpressionEntry",
    "ExpressionLine",
    "add_quantities",
    "fill_quantities",
    "list_quantities",
    "offer_marked",
]
