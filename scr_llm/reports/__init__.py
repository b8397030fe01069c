"""What a project produces: the briefing and its drafts, the export, and where a number comes from."""
