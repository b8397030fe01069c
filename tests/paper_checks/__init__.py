"""Checks of written papers, one file a kind. They know the files, not the program: nothing here imports scr_llm."""
