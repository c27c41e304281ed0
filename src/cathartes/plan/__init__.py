"""Where to look, and what was looked at: requests answered over all flights."""
