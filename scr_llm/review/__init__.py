"""People's decisions: the session in which cells are seen and decided, the spreadsheet that stands for one, and the sign-off."""
