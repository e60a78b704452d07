"""The house stands: the lock is whole, and set-up does its work or says in one sentence what is missing."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.shared import PROJECT

LOCK = (PROJECT / "requirements.lock").read_text("utf-8")
PROJECT_FILE = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))
NEEDED = [*PROJECT_FILE["project"]["dependencies"], *PROJECT_FILE["dependency-groups"]["dev"]]
PINS = dict(re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", LOCK, re.MULTILINE))
SCRIPTS = sorted([*PROJECT.glob("scripts/*.sh"), PROJECT / ".ci" / "run"])


@pytest.mark.parametrize("needed", NEEDED)
def test_the_lock_pins_what_the_project_asks_for(needed: str) -> None:
    requirement = Requirement(needed)
    assert PINS[canonicalize_name(requirement.name)] in requirement.specifier


def test_every_locked_package_has_hashes_and_no_address() -> None:
    packages = re.split(r"^(?=[a-z0-9-]+==)", LOCK, flags=re.MULTILINE)[1:]
    assert len(packages) == len(PINS) > 100
    assert [package.split()[0] for package in packages if "--hash=sha256:" not in package] == []
    assert not re.search(r"https?:|file:|^-", LOCK, re.MULTILINE)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_shell_scripts_parse_and_may_be_run(script: Path) -> None:
    subprocess.run(["bash", "-n", script], check=True)
    assert script.stat().st_mode & 0o111


class Machine:
    """A copy of the set-up on a machine with a few programs, most of them pretended."""

    def __init__(self, root: Path) -> None:
        self.home, self.programs, self.log = root / "vigie", root / "bin", root / "log"
        (self.home / "scripts").mkdir(parents=True)
        self.programs.mkdir()
        for name in ("scripts/setup.sh", "requirements.lock", "pyproject.toml"):
            shutil.copy(PROJECT / name, self.home / name)
        for name in ("bash", "cat", "cut", "dirname", "env", "grep", "head", "mkdir", "sed", "sha256sum"):
            (self.programs / name).symlink_to(str(shutil.which(name)))
        self.pretend("id", "echo 1000")

    def pretend(self, name: str, script: str) -> None:
        """A program that writes down how it was called, then does `script`."""
        path = self.programs / name
        path.write_text(f'#!{shutil.which("bash")}\necho "{name} $*" >>"{self.log}"\n{script}\n')
        path.chmod(0o755)

    def pretend_python(self, *, venv: bool) -> None:
        """A Python 3.12; `-m venv` makes a folder with that same Python, where it has the module."""
        has_venv = 0 if venv else 1
        self.pretend(
            "python3.12",
            f"""case "$*" in
            *ensurepip*) exit {has_venv} ;;
            *version_info\\[*) echo 3.12 ;;
            "-m venv"*) mkdir -p .venv/bin && cat "$0" >.venv/bin/python && chmod +x .venv/bin/python ;;
            esac""",
        )
        (self.programs / "chmod").symlink_to(str(shutil.which("chmod")))

    def setup(self, *arguments: str) -> tuple[int, list[str]]:
        """Exit status and what was said."""
        done = subprocess.run(
            [shutil.which("bash") or "", "scripts/setup.sh", *arguments],
            env={"PATH": str(self.programs)},
            cwd=self.home,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout == ""
        return done.returncode, done.stderr.splitlines()

    def calls(self) -> list[str]:
        """The pretended programs that were called, with their arguments."""
        return self.log.read_text().splitlines() if self.log.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_without_python_one_sentence(machine: Machine) -> None:
    code, said = machine.setup()
    assert code == 1
    assert len(said) == 1
    assert "no Python 3.11 or later" in said[0]


def test_without_venv_and_without_rights_one_sentence(machine: Machine) -> None:
    machine.pretend_python(venv=False)
    machine.pretend("apt-get", "exit 100")
    machine.pretend("sudo", "exit 1")
    code, said = machine.setup()
    assert code == 1
    assert len(said) == 1
    assert said[0].endswith("sudo apt-get install python3.12-venv")


def test_without_venv_but_with_sudo_it_is_installed(machine: Machine) -> None:
    machine.pretend_python(venv=False)
    machine.pretend("apt-get", "")
    machine.pretend("sudo", 'shift; "$@"')
    assert machine.setup()[0] == 0
    asked = [call for call in machine.calls() if call.startswith("apt-get")]
    assert [call.split()[-1] for call in asked] == ["update", "python3.12-venv"]


def test_a_second_run_installs_nothing(machine: Machine) -> None:
    machine.pretend_python(venv=True)
    assert machine.setup()[0] == 0
    first = machine.calls()
    assert any("pip" in call and "--require-hashes" in call for call in first)
    assert machine.setup() == (0, [])
    assert not any("pip" in call for call in machine.calls()[len(first) :])


def test_a_new_lock_is_installed(machine: Machine) -> None:
    machine.pretend_python(venv=True)
    machine.setup()
    lock = machine.home / "requirements.lock"
    lock.write_text(lock.read_text() + "# renewed\n")
    first = len(machine.calls())
    assert machine.setup()[0] == 0
    assert any("--require-hashes" in call for call in machine.calls()[first:])


def test_tests_without_postgres_and_without_rights_one_sentence(machine: Machine) -> None:
    machine.pretend_python(venv=True)
    machine.setup()
    python = machine.home / ".venv" / "bin" / "python"
    python.write_text(f'#!{shutil.which("bash")}\n[ "$2" != tests.support.postgres ]\n')
    code, said = machine.setup("test")
    assert code == 1
    assert len(said) == 1
    assert "PostgreSQL with PostGIS" in said[0]


def test_a_machine_without_a_headless_shell_to_install_is_ready_with_its_chromium(machine: Machine) -> None:
    machine.pretend_python(venv=True)
    machine.pretend("apt-get", "exit 100")
    machine.pretend("apt-cache", "echo 'Version: 1-deb'")
    machine.pretend("sudo", 'shift; "$@"')
    code, said = machine.setup("test")
    assert code == 0
    assert "no chromium-headless-shell to install" in said[-1]


def test_a_machine_with_chromium_that_knows_no_headless_shell_asks_nobody(machine: Machine) -> None:
    machine.pretend_python(venv=True)
    machine.pretend("apt-get", "")
    machine.pretend("apt-cache", "exit 100")
    machine.pretend("sudo", 'shift; "$@"')
    assert machine.setup("test")[0] == 0
    assert [call for call in machine.calls() if call.startswith("apt-get")] == []


def test_a_machine_with_apt_gets_the_headless_shell(machine: Machine) -> None:
    machine.pretend_python(venv=True)
    machine.pretend("apt-get", "")
    machine.pretend("apt-cache", "echo 'Version: 1-deb'")
    machine.pretend("sudo", 'shift; "$@"')
    assert machine.setup("test")[0] == 0
    asked = [call for call in machine.calls() if call.startswith("apt-get")]
    assert [call.split()[-1] for call in asked] == ["update", "chromium-headless-shell"]


def test_wrong_usage(machine: Machine) -> None:
    assert machine.setup("everything") == (2, ["setup: usage: scripts/setup.sh [test]"])


def imported_names(folder: Path) -> set[str]:
    """Top-level names that the Python files of a folder (or a file) import."""
    files = folder.rglob("*.py") if folder.is_dir() else [folder]
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text("utf-8")))]
    modules = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    modules += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level]
    return {module.partition(".")[0] for module in modules}


def test_what_the_rooms_import_is_asked_for_and_not_there_by_chance() -> None:
    rooms = ["domain", "geo", "store", "mart", "etl", "dashboard"]
    modules = ["app", "cli", "console", "kpi_command"]
    ours = {*rooms, *modules}
    files = [*rooms, *(f"{name}.py" for name in modules)]
    names = set().union(*(imported_names(PROJECT / name) for name in files))
    asked = {canonicalize_name(Requirement(line).name) for line in PROJECT_FILE["project"]["dependencies"]}
    providers = packages_distributions()
    foreign = names - ours - set(sys.stdlib_module_names)
    assert sorted(n for n in foreign if asked.isdisjoint(map(canonicalize_name, providers[n]))) == []
