"""What an information governance officer asks for: information packs, and the erasure of a project."""
