"""The wheel: built, installed into an environment of its own, and started from there."""

from __future__ import annotations

import os
import site
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from swmr_viewer import __version__
from swmr_viewer.resources import ResourceMissingError, resource_path

ROOT = Path(__file__).resolve().parent.parent
LIMIT_S = 240


def run(*command: str | Path, **environment: str) -> str:
    """Run a command away from the checkout, and return what it printed."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        list(map(str, command)), env={**inherited, **environment}, cwd=Path(sys.prefix), capture_output=True, text=True, timeout=LIMIT_S
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of commands of a new environment that holds this wheel.

    The dependencies are lent by the environment of the tests, without its editable install of this project: a path
    that is added at the end of ``sys.path`` runs no ``.pth`` file of that folder.
    """
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    commands = folder / ("Scripts" if os.name == "nt" else "bin")
    python = commands / Path(sys.executable).name
    if not python.exists():
        python = commands / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", "--quiet", wheel)
    purelib = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder), "platbase": str(folder)}))
    (purelib / "lent.pth").write_text("\n".join(site.getsitepackages()))
    return commands


def python_of(commands: Path) -> Path:
    return next(path for path in (commands / "python.exe", commands / "python") if path.exists())


def test_wheel_holds_the_package_and_its_resources(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    sources = {path.relative_to(ROOT).as_posix() for path in (ROOT / "swmr_viewer").rglob("*.py")}
    resources = {f"swmr_viewer/_resources/{path.relative_to(ROOT / 'resources').as_posix()}" for path in (ROOT / "resources").rglob("*.*")}
    assert len(sources) > 20
    assert len(resources) > 10
    assert sources <= names
    assert resources <= names
    assert "swmr_viewer/py.typed" in names
    assert any(name.endswith("share/applications/swmr-viewer.desktop") for name in names)
    assert not [name for name in names if name.startswith("tests/")]


def test_installed_command_says_its_version(installed: Path) -> None:
    assert run(installed / "swmr-viewer", "--version") == f"swmr-viewer {__version__}\n"


def test_installed_package_is_the_wheels_and_finds_its_resources(installed: Path) -> None:
    ask = "from swmr_viewer import resources; print(resources.__file__); print(resources.resource_path('icons/live.svg'))"
    package, icon = map(Path, run(python_of(installed), "-c", ask).splitlines())
    assert package.is_relative_to(installed.parent)
    assert icon == package.parent / "_resources" / "icons" / "live.svg"
    assert icon.read_bytes() == resource_path("icons/live.svg").read_bytes()


@pytest.mark.live
def test_installed_demo_runs_to_its_end(installed: Path, tmp_path: Path) -> None:
    """The window from the wheel, off screen, on a scan that a process of the wheel writes; it leaves its screenshot."""
    hidden = dict.fromkeys(("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"), "")
    out = run(installed / "swmr-viewer", "demo", "--seconds", "2", TMPDIR=str(tmp_path), TEMP=str(tmp_path), **hidden)
    assert "There is no display" in out
    screenshot = Path(out.split("Screenshot of the window: ")[1].strip())
    assert screenshot.read_bytes().startswith(b"\x89PNG")
    assert screenshot.stat().st_size > 10_000
    assert not list(tmp_path.glob("swmr-viewer-demo-*"))


def test_resource_that_is_not_there() -> None:
    with pytest.raises(ResourceMissingError, match=r"icons/no\.svg is missing.*Install swmr-viewer again"):
        resource_path("icons/no.svg")


def test_the_lowest_versions_that_are_allowed_are_those_that_were_tested() -> None:
    """Where this fails, a dependency changed: run ``make lowest``, which tests with the lowest versions and notes them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    needed = [Requirement(one) for one in (*project["dependencies"], *extras["files"], *extras["fit"])]
    noted = dict(line.split("==") for line in (ROOT / ".ci/lowest.txt").read_text().split())
    assert len(needed) > 4
    for requirement in needed:
        tested = Version(noted[canonicalize_name(requirement.name)])
        (lowest,) = (Version(one.version) for one in requirement.specifier if one.operator == ">=")
        assert tested in requirement.specifier
        assert tested.release[: len(lowest.release)] == lowest.release, f"make lowest tested {requirement.name} {tested}"
