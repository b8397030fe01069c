"""The project folder and its settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from scr_llm.errors import UsageError
from scr_llm.project import Settings, data_dir, init_project, load_project


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SCR_LLM_BASE_URL", "SCR_LLM_MODEL"):
        monkeypatch.delenv(name, raising=False)


def test_init_makes_a_folder_that_loads_with_the_defaults(tmp_path: Path) -> None:
    project = init_project(tmp_path / "p", name="Mine")
    assert load_project(tmp_path / "p") == project
    assert project.settings == Settings(name="Mine")
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
    ],
)
def test_a_wrong_setting_is_named_with_its_file(tmp_path: Path, toml: str, key: str) -> None:
    (tmp_path / "project.toml").write_text(toml)
    with pytest.raises(UsageError, match=rf"project\.toml.*{key}") as caught:
        load_project(tmp_path)
    assert caught.value.next_step


def test_the_environment_takes_the_place_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "project.toml").write_text('name = "x"\n[llm]\nmodel = "a"\nbase_url = "http://a/v1"')
    monkeypatch.setenv("SCR_LLM_MODEL", "b")
    assert load_project(tmp_path).settings.llm.model == "b"
    assert load_project(tmp_path).settings.llm.base_url == "http://a/v1"
