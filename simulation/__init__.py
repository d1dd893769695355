"""Plays the sync protocol with seeded faults on the real plan and the real reference phone, and judges what comes.

One thread, one seed, no clock and no randomness of its own: the same seed gives the same run, to the byte.
"""
