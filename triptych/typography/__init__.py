"""Line breaking, shaping, hyphenation and fonts; knows nothing of brands or placements."""
