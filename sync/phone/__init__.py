"""The reference phone: what a phone does, as a pure state machine with everything handed in."""
