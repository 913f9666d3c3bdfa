"""Line breaking, shaping, hyphenation and fonts, independent of brands and placements."""
