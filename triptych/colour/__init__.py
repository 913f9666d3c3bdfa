"""sRGB, OKLab and WCAG contrast."""
