"""The codebook as it grows: candidates for new themes, and themes merged or split."""
