"""The project folder that a workspace works in."""

from scr_llm.project import Project


class Folder:
    """What every part of a workspace needs: the project."""

    def __init__(self, project: Project) -> None:
        self.project = project
        """Where the folder is, and its settings."""
