"""What is in the inbox, which of its files are reviews to be coded, and which a person has included or left out."""
