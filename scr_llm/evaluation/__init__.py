"""How good a coding is: against gold, between raters, and between ways of asking a model."""
