"""People's decisions: the session in which they are made, the review sheet that can replace the page, and the sign-off."""
