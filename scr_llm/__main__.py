"""`python -m scr_llm` is `scr-llm`."""

from scr_llm.cli import main

main()
