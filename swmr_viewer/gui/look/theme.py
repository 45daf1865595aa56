"""The look: colour tokens for light and dark, and the one style sheet and palette made from them."""

from __future__ import annotations

from dataclasses import asdict

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from swmr_viewer.core.frozen import frozen
from swmr_viewer.resources import resource_path

SMALL_PT = 8.0
"""Ticks, and what stands among them."""


@frozen
class Tokens:
    """The colours of one scheme, by what they mean (``#rrggbb``)."""

    window: str
    panel: str
    field: str
    border: str
    text: str
    muted: str
    """Secondary text: still 4.5:1 on ``panel`` and ``window``."""
    accent: str
    """What the user can move, and the frame that is shown."""
    on_accent: str
    good: str
    """Complete, live."""
    on_good: str
    warn: str
    """Partly, quiet, behind."""
    bad: str
    """Failed, stop."""
    missing: str
    """Scan points without keys."""
    masked: str
    """Pixels that hold no measurement."""
    canvas: str
    """Behind the picture."""
    is_dark: bool


DARK = Tokens(
    window="#15171c", panel="#1c1f26", field="#14161a", border="#313641", text="#e8eaee", muted="#a0a8b4",
    accent="#4c9bf5", on_accent="#08121f", good="#37c871", on_good="#06210f", warn="#f0b44c", bad="#ff7a73",
    missing="#343a46", masked="#5a616e", canvas="#14161a", is_dark=True,
)  # fmt: skip
LIGHT = Tokens(
    window="#f1f3f6", panel="#fbfcfd", field="#ffffff", border="#d3d8e0", text="#171b22", muted="#545d6b",
    accent="#1763d0", on_accent="#ffffff", good="#187a3f", on_good="#ffffff", warn="#8f5a00", bad="#b8231d",
    missing="#d6dbe3", masked="#b4bbc6", canvas="#f4f6f9", is_dark=False,
)  # fmt: skip


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours (1 to 21), as WCAG 2.1 defines it."""
    lighter, darker = sorted((_luminance(QColor(one)), _luminance(QColor(other))), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: QColor) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (color.redF(), color.greenF(), color.blueF())]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


class Theme(QObject):
    """Keeps the application's look in step with the desktop's light or dark setting."""

    changed = Signal()

    def __init__(self, app: QApplication, *, force: str | None = None) -> None:
        super().__init__(app)
        self._app = app
        self._forced = force
        self.tokens = self._wanted()
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow_desktop)
        app.setStyle("Fusion")
        app.setFont(base_font())
        self._apply()

    def force(self, scheme: str | None) -> None:
        """Show ``dark`` or ``light`` whatever the desktop says; None follows it again."""
        self._forced = scheme
        self._follow_desktop()

    def _follow_desktop(self) -> None:
        wanted = self._wanted()
        if wanted is not self.tokens:
            self.tokens = wanted
            self._apply()
            self.changed.emit()

    def _wanted(self) -> Tokens:
        if self._forced is not None:
            return DARK if self._forced == "dark" else LIGHT
        return DARK if QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark else LIGHT

    def _apply(self) -> None:
        self._app.setPalette(palette_of(self.tokens))
        self._app.setStyleSheet(style_sheet(self.tokens))


def theme_of_application() -> Theme:
    """Return the application's theme, made at the first call."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    found = app.findChild(Theme)
    return found if isinstance(found, Theme) else Theme(app)


def tokens() -> Tokens:
    """Return the colours in use now."""
    return theme_of_application().tokens


def base_font() -> QFont:
    """Return the desktop's font with figures of one width, so that running numbers do not dance."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    if hasattr(QFont, "setFeature"):
        font.setFeature(QFont.Tag("tnum"), 1)
    font.setPointSizeF(max(9.5, font.pointSizeF()) if font.pointSizeF() < 11 else font.pointSizeF())
    return font


def small_font() -> QFont:
    """Return the font of ticks."""
    font = base_font()
    font.setPointSizeF(SMALL_PT)
    return font


def palette_of(colors: Tokens) -> QPalette:
    """Return the palette for what the style sheet does not name (dialogs, menus, selections)."""
    palette = QPalette()
    for which, name in _roles(colors).items():
        palette.setColor(which, QColor(name))
    role = QPalette.ColorRole
    for text in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, text, QColor(mixed(colors.muted, colors.panel, 0.35)))
    return palette


def _roles(colors: Tokens) -> dict[QPalette.ColorRole, str]:
    role = QPalette.ColorRole
    return {
        role.Window: colors.window, role.WindowText: colors.text, role.Base: colors.field, role.AlternateBase: colors.panel,
        role.Text: colors.text, role.Button: colors.panel, role.ButtonText: colors.text, role.BrightText: colors.bad,
        role.ToolTipBase: colors.panel, role.ToolTipText: colors.text, role.Highlight: colors.accent,
        role.HighlightedText: colors.on_accent, role.Link: colors.accent, role.PlaceholderText: colors.muted,
        role.Light: colors.border, role.Mid: colors.border, role.Dark: colors.border, role.Midlight: colors.border,
    }  # fmt: skip


def mixed(one: str, other: str, share: float) -> str:
    """Return ``one`` with ``share`` (0 to 1) of ``other`` in it."""
    a, b = QColor(one), QColor(other)
    pairs = ((a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue()))
    parts = (round(x * (1 - share) + y * share) for x, y in pairs)
    return QColor(*parts).name()


def style_sheet(colors: Tokens) -> str:
    """Return the application's style sheet."""
    named = {name: str(value) for name, value in asdict(colors).items()}
    named["hover"] = mixed(colors.panel, colors.text, 0.08)
    named["pressed"] = mixed(colors.panel, colors.text, 0.16)
    named["faint"] = mixed(colors.muted, colors.panel, 0.45)
    for name in ("check", "down"):
        icon = resource_path(f"icons/{name}-on-{'dark' if colors.is_dark else 'light'}.svg")
        named[name] = f'url("{icon.as_posix()}")'
    sheet = _SHEET
    for name, value in named.items():
        sheet = sheet.replace(f"@{name};", f"{value};").replace(f"@{name} ", f"{value} ")
    return sheet


# Qt keeps no padding beside the number of a spin box: the arrows, which nobody sees, keep it clear of the border.
_SHEET = """
QMainWindow, QDialog { background: @window; }
QToolTip { background: @panel; color: @text; border: 1px solid @border; padding: 4px 6px; }
QFrame[panel="true"] { background: @panel; border: 1px solid @border; border-radius: 8px; }
QLabel { background: transparent; }
QLabel[role="title"] { font-size: 17pt; font-weight: 600; }
QLabel[role="strong"] { font-weight: 600; font-size: 11.5pt; }
QLabel[role="muted"] { color: @muted; }
QLabel[role="caption"] { color: @muted; font-weight: 600; font-size: 8.5pt; letter-spacing: 1px; }
QLabel[role="small"] { color: @muted; font-size: 8pt; }
QLabel[role="small-warn"] { color: @warn; font-size: 8pt; }
QLabel[role="warn"] { color: @warn; }
QLabel[role="bad"] { color: @bad; }
QLabel[role="badge"] { background: rgba(12, 14, 18, 220); color: #f0b44c; border-radius: 4px; padding: 2px 8px; }
QPushButton, QToolButton { background: @panel; color: @text; border: 1px solid @border; border-radius: 6px; padding: 5px 11px; }
QPushButton:hover, QToolButton:hover { background: @hover; }
QPushButton:pressed, QToolButton:pressed { background: @pressed; }
QPushButton:checked, QToolButton:checked { background: @pressed; border-color: @muted; }
QPushButton:focus, QToolButton:focus { border: 1px solid @accent; }
QPushButton:disabled, QToolButton:disabled { color: @faint; border-color: @border; }
QToolButton::menu-indicator { image: none; }
QFileDialog QToolButton { padding: 4px; }
QToolButton[segment] { padding: 5px 7px; border-radius: 0; margin-left: -1px; }
QToolButton[slim="true"] { padding: 5px 7px; }
QToolButton[bare="true"] { padding: 4px 2px; background: transparent; border-color: transparent; }
QToolButton[bare="true"]:hover { background: @hover; }
QToolButton[bare="true"]:focus { border-color: @accent; }
QToolButton[badge="true"] { padding: 0 7px; border-radius: 8px; color: @accent; }
QToolButton[file="true"] { padding: 5px 7px; font-weight: 600; }
QPushButton[kind="number"] { border: 1px solid transparent; padding: 0 3px; font-weight: 600; font-size: 11.5pt;
  background: transparent; text-align: left; }
QPushButton[kind="number"]:hover { border-color: @border; background: @hover; }
QPushButton[kind="number"]:focus { border-color: @accent; }
QToolButton[segment="first"] { border-top-left-radius: 6px; border-bottom-left-radius: 6px; margin-left: 0; }
QToolButton[segment="last"] { border-top-right-radius: 6px; border-bottom-right-radius: 6px; }
QToolButton[split="true"] { padding-right: 22px; }
QToolButton::menu-button { border: none; width: 18px; }
QToolButton[transport="true"] { padding: 4px; min-width: 18px; min-height: 20px; background: transparent; border-color: transparent; }
QToolButton[transport="true"]:hover { background: @hover; }
QToolButton[transport="true"]:checked { background: @pressed; border-color: @muted; }
QToolButton[transport="true"]:focus { border-color: @accent; }
QPushButton[kind="primary"] { background: @accent; color: @on_accent; border-color: @accent; font-weight: 600; }
QPushButton[kind="primary"]:focus { border-color: @text; }
QPushButton[kind="primary"]:disabled { background: @panel; color: @faint; border-color: @border; }
QPushButton[kind="stop"] { color: @bad; border-color: @bad; }
QPushButton[kind="stop"]:disabled { color: @faint; border-color: @border; }
QPushButton[kind="live"]:checked { background: @good; color: @on_good; border-color: @good; font-weight: 600; }
QPushButton[kind="link"] { border: none; padding: 2px 4px; color: @accent; background: transparent; }
QPushButton[kind="link"]:hover, QPushButton[kind="link"]:focus { text-decoration: underline; }
QPushButton[kind="link"][line="true"] { text-align: left; }
QPushButton[kind="link"]:disabled { color: @muted; }
QPushButton[kind="link"][first="true"]:disabled { color: @text; }
QPushButton[chip="true"] { border-radius: 10px; padding: 1px 6px; text-align: left; }
QPushButton[chip="true"][behind="true"] { color: @warn; border-color: @warn; }
QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QPlainTextEdit { background: @field; color: @text; border: 1px solid @border;
  border-radius: 5px; padding: 3px 6px; selection-background-color: @accent; selection-color: @on_accent; }
QLineEdit[level="true"] { padding: 0 1px; border-radius: 3px; font-size: 8pt; }
QLineEdit[level="true"]:hover { border-color: @muted; }
QLineEdit[bad="true"], QLineEdit[bad="true"]:focus { border-color: @bad; }
QToolButton[level="true"] { padding: 0 1px; border-radius: 3px; font-size: 8pt; color: @muted; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QPlainTextEdit:focus { border-color: @accent; }
QSpinBox::up-button, QDoubleSpinBox::up-button { subcontrol-position: center left; width: 6px; height: 1px; border: none;
  background: transparent; }
QSpinBox::down-button, QDoubleSpinBox::down-button { subcontrol-position: center right; width: 2px; height: 1px; border: none;
  background: transparent; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { image: @down; width: 12px; height: 12px; }
QSpinBox:disabled, QDoubleSpinBox:disabled { color: @faint; }
QCheckBox { spacing: 6px; background: transparent; }
QCheckBox:disabled { color: @faint; }
QCheckBox::indicator { width: 14px; height: 14px; border: 1px solid @muted; border-radius: 4px; background: @field; }
QCheckBox::indicator:hover { border-color: @text; }
QCheckBox::indicator:checked { background: @accent; border-color: @accent; image: @check; }
QCheckBox:focus { color: @accent; }
QRadioButton { spacing: 6px; background: transparent; }
QRadioButton::indicator { width: 12px; height: 12px; border: 1px solid @muted; border-radius: 7px; background: @field; }
QRadioButton::indicator:hover { border-color: @text; }
QRadioButton::indicator:checked { background: @accent; border: 1px solid @accent; }
QRadioButton:focus { color: @accent; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QProgressBar { background: @missing; border: none; border-radius: 3px; }
QProgressBar::chunk { background: @good; border-radius: 3px; }
QProgressBar[behind="true"]::chunk { background: @warn; }
QMenu { background: @panel; border: 1px solid @border; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 12px; border-radius: 4px; }
QMenu::item:selected { background: @hover; color: @text; }
QMenu::item:disabled { color: @faint; }
QMenu::separator { height: 1px; background: @border; margin: 4px 6px; }
QMenuBar { background: @window; color: @text; }
QMenuBar::item { padding: 4px 9px; background: transparent; border-radius: 4px; }
QMenuBar::item:selected { background: @hover; }
QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: @border; border-radius: 4px; min-height: 24px; min-width: 24px; margin: 1px; }
QScrollBar::handle:hover { background: @muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: transparent; }
QMainWindow::separator { background: transparent; width: 8px; height: 8px; }
QMainWindow::separator:hover { background: @border; }
QDockWidget { border: none; }
QToolButton[grip="true"] { border: none; background: transparent; color: @muted; padding: 0; }
QToolButton[grip="true"]:hover { color: @text; background: @hover; }
QTabBar::tab { background: @panel; color: @muted; border: 1px solid @border; border-radius: 5px; padding: 4px 10px; margin: 1px; }
QTabBar::tab:selected { color: @text; border-color: @muted; }
QTabBar::tab:disabled { color: @faint; border-style: dashed; }
QTabBar::tab:focus { border-color: @accent; }
QTabBar[flat="true"]::tab { background: transparent; border: none; border-bottom: 2px solid transparent; border-radius: 0;
  padding: 4px 5px; margin: 0 2px; }
QTabBar[flat="true"]::tab:selected { color: @text; border-bottom: 2px solid @accent; font-weight: 600; }
QTabBar[flat="true"]::tab:disabled { color: @faint; border-bottom: 2px dashed @border; }
QTabBar[flat="true"]::tab:focus { border-bottom: 2px solid @text; }
QTabBar QToolButton { padding: 0; }
QFrame[error="true"] { background: @panel; border: 1px solid @bad; border-radius: 8px; }
QFrame[error="true"][severity="note"] { border: 1px solid @warn; }
"""
