"""A project's coders: how its model is asked and with whose consent, what is sent, and its trained coder."""
