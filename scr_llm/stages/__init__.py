"""The stages: each a function from records to records; no storage, no settings, no imports of each other."""
