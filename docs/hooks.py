"""What `make docs` does beside mkdocs: pages from the top folder, and lists as GitHub reads them."""

import re
from pathlib import Path

from markdown import Extension, Markdown
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parent.parent
FROM_THE_TOP = {"CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changes.md", "README.md": "index.md"}
"""Files of the top folder and the pages that they are in the site. README.md is not copied: index.md is its page."""


class ListsAsOnGitHub(Extension):
    """What belongs to a numbered item is indented by three spaces there, and by four for Python-Markdown."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Set the width of an indentation, and build the parts again that have read it."""
        md.tab_length = 3
        md.build_parser()


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Read lists as GitHub does. It comes first, because what later extensions add is in the parts that it builds."""
    config.markdown_extensions.insert(0, ListsAsOnGitHub())
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages of the top folder."""
    for name, page in FROM_THE_TOP.items():
        if not files.get_file_from_path(page):
            files.append(File.generated(config, page, abs_src_path=str(ROOT / name)))
    return files


def with_room_for_lists(markdown: str) -> str:
    """A blank line before each list that begins within a paragraph: GitHub needs none, and Python-Markdown does."""
    lines: list[str] = []
    fenced, indent = False, -1  # the indentation of the item that the line above belongs to, -1 for none
    for line in markdown.splitlines():
        fenced ^= line.lstrip().startswith("```")
        item = re.match(r"( *)(?:-|\d+\.) ", line)
        if not line.strip():
            indent = -1
        elif item and not fenced:
            if lines and lines[-1].strip() and len(item[1]) != indent:
                lines.append("")
            indent = len(item[1])
        lines.append(line)
    return "\n".join(lines)


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Lists as on GitHub; links that leave the folder lead to pages of the site, or become the name of the file."""
    at_the_top = page.file.src_uri in FROM_THE_TOP.values() and page.file.src_uri != "index.md"
    folder = ROOT if at_the_top else ROOT / "docs"

    def link(found: re.Match[str]) -> str:
        label, target, part = found[1], found[2], found[3] or ""
        file = (folder / target).resolve()
        if "://" in target or not file.exists():  # what is not there stays, so that mkdocs names it
            return found[0]
        if file.is_relative_to(ROOT / "docs"):
            return f"[{label}]({file.relative_to(ROOT / 'docs').as_posix()}{part})"
        name = file.relative_to(ROOT).as_posix()
        if name in FROM_THE_TOP:
            return f"[{label}]({FROM_THE_TOP[name]}{part})"
        return f"`{name}`" if label.strip("`") == name else f"{label} (`{name}`)"

    return re.sub(r"(?<!!)\[([^]]*)\]\(([^)#\s]+)(#[^)]*)?\)", link, with_room_for_lists(markdown))


def on_page_content(html: str, **_: object) -> str:
    """A bar in the code of a table is written with a backslash, which GitHub leaves out and Python-Markdown keeps."""
    return re.sub(r"<code>[^<]*</code>", lambda code: code[0].replace("\\|", "|"), html)
