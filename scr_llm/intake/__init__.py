"""What comes in: what lies in the inbox, what of it is a review to be coded, and what a person includes or leaves out."""
