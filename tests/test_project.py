"""The project folder and its settings."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest
from databases import ON_POSTGRESQL

from scr_llm.errors import UsageError
from scr_llm.files import data_dir
from scr_llm.project import init_project, load_project
from scr_llm.settings import Settings


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SCR_LLM_BASE_URL", "SCR_LLM_MODEL"):
        monkeypatch.delenv(name, raising=False)


def test_init_makes_a_folder_that_loads_with_the_defaults(tmp_path: Path) -> None:
    project = init_project(tmp_path / "p", name="Mine")
    assert load_project(tmp_path / "p") == project
    assert project.settings == Settings(name="Mine", store=project.settings.store)
    assert project.inbox.is_dir()
    assert project.outputs.is_dir()
    assert project.store_path.name == "scr_llm.sqlite"
    assert project.codebook_path.read_bytes() == (data_dir() / "prompts" / "codebook.yaml").read_bytes()
    assert not list(project.root.glob(".*"))


def test_init_refuses_a_project_and_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "project.toml").write_text("mine")
    with pytest.raises(UsageError, match="already"):
        init_project(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["project.toml"]
    assert (tmp_path / "project.toml").read_text() == "mine"


def test_a_folder_without_settings_is_no_project(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"not a project folder.*scr-llm init"):
        load_project(tmp_path)


@pytest.mark.parametrize(
    ("toml", "key"),
    [
        ('name = "x"\ncolour = "red"', "colour"),
        ('name = "x"\n[briefing]\nquotes_per_theme = "many"', r"briefing\.quotes_per_theme"),
        ('name = "x"\nllm = "gpt"', "llm"),
        ("organisation = 'y'", "name"),
        ("name = x", "cannot be read"),
        ('name = "x"\n[read]\nworkers = 0', r"line 3: read\.workers"),
        ('name = "x"\n[read]\nworkers = 100000', r"line 3: read\.workers"),
        ('name = "x"\n[briefing]\n\nleave_out = ["Jo", ""]', r"line 4: briefing\.leave_out\.1: it is empty"),
        ('name = "x"\n[llm]\nbase_url = "localhost:11434"', r"line 3: llm\.base_url: it is not an address"),
        ('name = "x"\n[llm]\nbase_url = "http://host:999999/v1"', r"line 3: llm\.base_url"),
        ('name = "x"\n[llm]\ntimeout_s = inf', r"line 3: llm\.timeout_s"),
        ('name = "x"\n[llm]\n[llm.prices."m.1"]\ninput = -1\noutput = 2', r"line 4: llm\.prices\.m\.1\.input"),
        ('name = "x"\nretain_until = "31/01/2020"', "line 2: retain_until: it is not a day"),
        ('name = "x"\nbatch = " "', "line 2: batch: it is empty"),
    ],
)
def test_a_wrong_setting_is_named_with_its_file(tmp_path: Path, toml: str, key: str) -> None:
    (tmp_path / "project.toml").write_text(toml)
    with pytest.raises(UsageError, match=rf"project\.toml.*{key}") as caught:
        load_project(tmp_path)
    assert caught.value.next_step


def test_a_file_from_notepad_and_a_bare_date_are_taken(tmp_path: Path) -> None:
    (tmp_path / "project.toml").write_bytes('\ufeffname = "Café"\r\nretain_until = 2030-01-31\r\n'.encode())
    settings = load_project(tmp_path).settings
    assert settings.name == "Café" and settings.retain_until == "2030-01-31"


@pytest.mark.slow
def test_what_is_made_is_for_its_owner_alone(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "scr_llm", "init", "p"], cwd=tmp_path, check=True, capture_output=True)
    subprocess.run([sys.executable, "-m", "scr_llm", "status"], cwd=tmp_path / "p", check=True, capture_output=True)
    modes = {
        p.relative_to(tmp_path).as_posix(): stat.S_IMODE(p.stat().st_mode)
        for p in (tmp_path / "p", *(tmp_path / "p").rglob("*"))
    }
    assert ON_POSTGRESQL or modes["p/scr_llm.sqlite"] == 0o600
    assert modes["p"] == modes["p/inbox"] == 0o700
    assert all(mode & 0o077 == 0 for mode in modes.values()), modes


def test_the_environment_takes_the_place_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "project.toml").write_text('name = "x"\n[llm]\nmodel = "a"\nbase_url = "http://a/v1"')
    monkeypatch.setenv("SCR_LLM_MODEL", "b")
    assert load_project(tmp_path).settings.llm.model == "b"
    assert load_project(tmp_path).settings.llm.base_url == "http://a/v1"
