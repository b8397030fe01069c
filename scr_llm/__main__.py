"""`python -m scr_llm` is `scr-llm`."""

from scr_llm.cli import main

if __name__ == "__main__":  # reading processes import this module too
    main()
