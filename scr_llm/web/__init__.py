"""The review page, on which a person decides every counted cell with the evidence in view.

Nothing is loaded from the internet.
"""
