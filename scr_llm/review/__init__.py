"""People's decisions: the session in which they are made, the review sheet used instead of the page, and sign-off."""
