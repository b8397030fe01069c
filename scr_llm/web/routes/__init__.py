"""The routes of the workbench by what a person does: one file each, whose `ROUTES` are one line in `registry.py`.

A handler takes the page and a request and gives an answer; it runs in a thread of its own. `LIVE` handlers run in the
server's loop and wait for nothing there: they take a file piece by piece, or follow a run.
"""
