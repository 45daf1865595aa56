"""The display is judged before Qt is: each way to fail is a sentence with its remedy."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from swmr_viewer.commands import display_check, system_libraries
from swmr_viewer.commands.display_check import DisplayError, check_display

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have a display")


@pytest.fixture(autouse=True)
def no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)


def test_none_at_all() -> None:
    assert not display_check.has_display()
    with pytest.raises(DisplayError, match=r"neither DISPLAY nor WAYLAND_DISPLAY is set.*swmr-viewer follow"):
        check_display()


def test_off_screen_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert display_check.has_display()
    check_display()


def test_display_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":4711")
    monkeypatch.setattr(display_check, "check_platform_loads", lambda platform: None)
    with pytest.raises(DisplayError, match=r"The display :4711 cannot be opened\..*ssh -X"):
        check_display()


def test_compositor_that_does_not_answer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-9")
    monkeypatch.setattr(display_check, "check_platform_loads", lambda platform: None)
    with pytest.raises(DisplayError, match=r"The display wayland-9 cannot be opened"):
        check_display()


def test_platform_that_qt_does_not_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "nonsense")
    with pytest.raises(DisplayError, match=r"Qt cannot open a window on nonsense: .*Unset QT_QPA_PLATFORM"):
        check_display()


def test_missing_library_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    load = ctypes.CDLL

    def lack(name: str) -> ctypes.CDLL:
        if "libqxcb" in name or name == "libxcb-cursor.so.0":
            raise OSError("libxcb-cursor.so.0: cannot open shared object file: No such file or directory")
        return load(None)

    monkeypatch.setattr(ctypes, "CDLL", lack)
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/apt-get")
    monkeypatch.setattr(display_check, "_plugin", lambda platform: Path(f"libq{platform}.so"))
    monkeypatch.setenv("DISPLAY", ":0")
    with pytest.raises(DisplayError, match=r"not installed: libxcb-cursor.so.0\. Run: (sudo )?apt-get install -y libxcb-cursor0$"):
        check_display()


def test_every_library_of_qts_plugin_is_in_the_table() -> None:
    """What the wheel's X11 plugin needs beyond what any Linux has, so that no missing library is left without a package."""
    plugin = display_check._plugin("xcb")
    if plugin is None or shutil.which("readelf") is None:
        pytest.skip("PySide6 is laid out otherwise here, or there is no readelf")
    libraries = plugin.parents[2] / "lib"
    objects = [plugin, libraries / "libQt6XcbQpa.so.6", libraries / "libQt6Gui.so.6", libraries / "libQt6Widgets.so.6"]
    listed = subprocess.run(["readelf", "-d", *map(str, objects)], capture_output=True, text=True, check=True).stdout
    needed = {line.split("[")[1].rstrip("]") for line in listed.splitlines() if "(NEEDED)" in line}
    everywhere = ("libQt6", "libc.", "libm.", "libstdc++", "libgcc_s", "libpthread", "libdl", "libz.", "librt", "ld-linux")
    beyond = {name for name in needed if not name.startswith(everywhere)}
    assert "libxcb-cursor.so.0" in beyond
    assert beyond <= set(system_libraries.PACKAGES)


def test_without_apt_the_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert "libxcb-cursor0" in system_libraries.install_line(["libxcb-cursor0"])


def test_library_that_does_not_exist() -> None:
    assert system_libraries.missing_libraries(["libno-such-thing.so.9"]) == ("libno-such-thing.so.9",)
    assert system_libraries.packages_of(["libglib-2.0.so.0", "libgthread-2.0.so.0"]) == ("libglib2.0-0",)
