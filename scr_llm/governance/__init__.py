"""What an information-governance officer asks for: the packs, and the end of a project."""
