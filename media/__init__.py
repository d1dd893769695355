"""A photo, from bytes to evidence. Pure functions over bytes; the only room that knows Pillow."""
