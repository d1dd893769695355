"""What happens in a run, as plain values: made from the seed before it begins, so that any of them can be left out."""

import random

Event = tuple[str, int, int, int]

_WORK = {"enter": 70, "answer": 190, "finding": 50, "end": 14, "photo": 26, "remark": 30, "finish": 34}
_TALK = {"send": 180, "deliver": 260, "sync": 80}
_TROUBLE = {
    "restart": 8, "cut_power": 16, "clock": 10, "keep_copy": 20, "come_back": 16, "clone": 4, "lose": 6, "prune": 30,
    "export": 14, "hand_in": 18, "back_up": 20, "restore": 10, "hand_over": 8, "member": 10, "assign": 8,
    "revoke": 6, "day": 8, "seal": 10, "reopen": 6, "void": 2, "step": 8, "release": 12, "bytes": 20,
}  # fmt: skip
_MOODS = (0, 0.3, 1, 1, 3)
_BIG = 2**31


def events_of(seed: int, length: int) -> list[Event]:
    """The events of a seed. Each seed has its own mix of trouble, so that rare kinds meet in some of them."""
    rng = random.Random(f"{seed}/events")
    weights = {**_WORK, **_TALK} | {kind: weight * rng.choice(_MOODS) for kind, weight in _TROUBLE.items()}
    kinds = rng.choices(list(weights), list(weights.values()), k=length)
    return [(kind, rng.randrange(_BIG), rng.randrange(_BIG), rng.randrange(_BIG)) for kind in kinds]
