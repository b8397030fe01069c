"""A project's coders: how its model is asked, who allowed that, what would be sent, what was, and the project's own trained coder."""
