"""The review page, on which a person decides every counted cell with the evidence in view.

Nothing is loaded from the internet.

A new page is a record in `shown`, a function in `view` that computes it, a template in `templates/` (a stretch that a
person sees as one thing is a file in `templates/parts/`), a route in `app`, and a link in `frame.links` if people go
to it by themselves.
"""
