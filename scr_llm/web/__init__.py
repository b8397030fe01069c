"""The review page: a person decides every counted cell, with the evidence in front of them. Nothing is loaded from the internet."""
