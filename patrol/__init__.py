"""The rules of patrolling. Pure: no input or output, no clock of its own, no framework."""
