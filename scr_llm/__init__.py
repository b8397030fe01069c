"""scr_llm: learn across Serious Case Reviews, with every quote exact and every number computed.

PDFs go into a project's inbox/. They are read page by page, coded by rules or by a language model, every quote is located in its
source or refused, people decide, and a draft briefing is written. `pipeline.py` shows the steps in order.
"""

__version__ = "0.1.0"
