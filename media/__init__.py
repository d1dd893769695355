"""A photo, from bytes to evidence: pure functions over bytes, and the only package with Pillow.

It opens no file, asks no clock, starts no process and touches no database or queue.
"""
