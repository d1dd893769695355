"""The rules of patrolling: who owes which check of which mine, what was covered, how a finding is
closed.

Pure: values in, values out. No I/O, no clock of its own (time is an argument), no framework, no
sentence for a person (codes only).
"""
