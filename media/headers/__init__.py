"""Header walks, one container a module: sizes and structure, never a pixel.

They run in the web process on hostile bytes, so they allocate nothing in proportion to what a header
claims, and they visit at most `parts.MAX_PARTS` parts.
"""
