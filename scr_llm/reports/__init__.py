"""What a project gives out: the briefing and its drafts, the export, and where a number comes from."""
