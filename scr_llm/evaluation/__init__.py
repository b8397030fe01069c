"""How good a coding is: against gold, between people, and of one way of asking a model against another."""
