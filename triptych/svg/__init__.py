"""SVG logos: parsed within limits, reduced to what the renderer knows, and drawn.

`drawing.draw` starts a child process (`process`) that does all of it, so that a file
that exhausts memory or time, or crashes the renderer, ends in a sentence.
"""
