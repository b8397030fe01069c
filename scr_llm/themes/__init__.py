"""The codebook as it grows: candidates for new themes, themes merged and split."""
