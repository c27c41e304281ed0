"""From detections to sources on the ground: start at `plume`, the story of one inversion."""
