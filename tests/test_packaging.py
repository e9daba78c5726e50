"""The wheel: what is in it, that the sdist builds the same, and that it prints by itself.

The tests build with the environment's own build backend and need no network.
"""

import configparser
import hashlib
import io
import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from pressrun import __version__

# One worker builds for all of them.
pytestmark = pytest.mark.xdist_group("embedded")

REPOSITORY = Path(__file__).parents[1]
PACKAGES = {"pressrun", "flows", "tasks", "renderers", "settings"}
MOST_BYTES = 18_000_000
"""Of the wheel, about 16.7 MB in November 2026; its three fonts are 16 MB of it, compressed."""


def build(folder: Path, target: Path) -> None:
    """Build sdist and wheel of the tree in *folder* into *target*."""
    ended = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(target)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr


def only(folder: Path, pattern: str) -> Path:
    [path] = folder.glob(pattern)
    return path


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a fresh sdist and wheel."""
    target = tmp_path_factory.mktemp("dist")
    build(REPOSITORY, target)
    return target


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    return only(dist, "pressrun-*-py3-none-any.whl")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A user's, in which nothing points to the repository."""
    state = tmp_path_factory.mktemp("state")
    ours = ("PREFECT_", "PRESSRUN_", "PYTHON", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {
        "XDG_STATE_HOME": str(state),
        "PREFECT_HOME": str(state / "prefect"),
        "PRESSRUN_PREFECT": "temporary",
    }


@pytest.fixture(scope="module")
def programs(
    wheel: Path, environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The bin folder of a new virtual environment with the wheel in it.

    Downloading 140 dependencies would be no test of ours: they are those of the environment that
    the tests run in, which a path file adds to the search path. Path files in *that* folder are not
    read, so that an editable Pressrun there stays unseen.
    """
    home = tmp_path_factory.mktemp("clean") / "venv"
    python = home / "bin/python"
    offline = ["--no-index", "--no-deps", "--no-cache"]
    for command in (
        [sys.executable, "-m", "venv", "--without-pip", str(home)],
        [
            sys.executable,
            "-m",
            "uv",
            "pip",
            "install",
            *offline,
            "--python",
            str(python),
            str(wheel),
        ],
    ):
        ended = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, ended.stderr
    others = dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib"))
    packages = only(home, "lib/python*/site-packages")
    (packages / "dependencies.pth").write_text("\n".join(others) + "\n")
    return python.parent


def run(program: Path, *words: str, folder: Path, env: dict[str, str]) -> str:
    """What it prints; it ends well."""
    ended = subprocess.run(
        [str(program), *words],
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def files_in(wheel: Path) -> dict[str, str]:
    """Name -> sha256 of every file in *wheel*."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}


def test_the_wheels_top_level_names_are_ours_and_nobody_elses(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in files_in(wheel)}
    assert {top for top in tops if not top.endswith(".dist-info")} == PACKAGES
    assert len(tops) == len(PACKAGES) + 1
    providers = packages_distributions()
    for name in PACKAGES:
        assert set(providers.get(name, ())) <= {"pressrun"}, name
        assert name not in sys.stdlib_module_names


def test_every_file_of_the_packages_is_in_the_wheel_and_no_other(wheel: Path) -> None:
    expected = {
        path.relative_to(REPOSITORY).as_posix()
        for package in PACKAGES
        for path in (REPOSITORY / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    found = {name for name in files_in(wheel) if name.split("/")[0] in PACKAGES}
    assert found == expected
    assert found >= {
        "pressrun/archive/web/front.html",
        "pressrun/archive/web/search.js",
        "pressrun/newsroom/articles/2026-03-12-basketball.md",
        "pressrun/newsroom/templates/sina.html",
        "pressrun/py.typed",
        "renderers/fonts/NotoSansSC-Bold.ttf",
        "renderers/fonts/NotoSerifSC-Bold.ttf",
        "renderers/fonts/OFL.txt",
        "renderers/templates/card.html",
        "renderers/templates/edition.html",
        "renderers/templates/letter.html",
        "renderers/templates/plain/page.css",
        "tasks/summaries/prompts/selected.zh.txt",
    }


def test_the_wheel_is_small_enough_to_be_sent_around(wheel: Path) -> None:
    assert wheel.stat().st_size < MOST_BYTES


def test_the_wheels_entry_points_are_the_command_and_our_own_plug_ins(wheel: Path) -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith("entry_points.txt")]
        text = io.TextIOWrapper(archive.open(name), "utf-8")
        parser = configparser.ConfigParser(delimiters=("=",))
        parser.read_file(text)
    groups = {group: dict(parser[group]) for group in parser.sections()}
    assert groups == {"console_scripts": project["scripts"], **project["entry-points"]}


def test_the_sdist_builds_the_same_wheel(dist: Path, wheel: Path, tmp_path: Path) -> None:
    with tarfile.open(only(dist, "pressrun-*.tar.gz")) as archive:
        archive.extractall(tmp_path, filter="data")
    source = only(tmp_path, "pressrun-*")
    build(source, tmp_path / "again")
    again = only(tmp_path / "again", "*.whl")
    assert again.name == wheel.name
    assert files_in(again) == files_in(wheel)
    for name in (
        *("Makefile", "prefect.yaml", "requirements/run.txt", "scripts/setup.sh", "tests"),
        *("deploy/compose.yaml", "docs/edition.schema.json", "docs/pictures/edition.png"),
    ):
        assert (source / name).exists(), "what a contributor needs"


def test_the_installed_command_is_the_wheels_own(
    programs: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    script = f"for name in {PACKAGES}: print(__import__(name).__file__)"
    where = run(programs / "python", "-c", script, folder=tmp_path, env=environment).splitlines()
    assert len(where) == len(PACKAGES)
    assert all(Path(path).is_relative_to(programs.parent) for path in where), where
    said = run(programs / "pressrun", "--version", folder=tmp_path, env=environment)
    assert said.strip() == f"pressrun {__version__}"


@pytest.mark.model
@pytest.mark.server
@pytest.mark.timeout(400)
def test_the_wheel_prints_the_demo_from_an_empty_folder(
    programs: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    out = run(
        programs / "pressrun",
        *("demo", "--limit", "2", "--json"),
        folder=tmp_path,
        env=environment,
    )
    said = json.loads(out)
    assert (said["state"], said["stories"], said["failures"]) == ("printed", 2, [])
    assert set(said["files"]) >= {"index.html", "edition.pdf", "edition.png", "card.png"}
    for path in said["files"].values():
        assert Path(path).stat().st_size > 10_000
    assert [path.name for path in tmp_path.iterdir()] == ["demo"], "nothing else is left there"
