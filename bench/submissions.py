"""Signed exchanges of one visit each, made beforehand: 120 answers and 10 findings on a phone's own chain.

What a phone sends is the product's own business; here are only bytes, so that sending them costs next to nothing.
"""

import base64
import json
import random
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bench.world import ATTRIBUTES, LONG_AGO, NOON, PLACES, TODAY, Phone, World
from checklists.definition import Count, Date, Limits, Number
from checklists.editions import Edition
from patrol.mines import Place
from sync import chain
from sync.bodies import VisitIdentity
from sync.visits import visit_id

ANSWERS, FINDINGS = 120, 10
OPERATIONS = 1 + ANSWERS + FINDINGS
#: What a visit leaves on each stream: it joins, answers and lists its findings; the team hears of it once.
VISIT_ROWS, MINE_ROWS, TEAM_ROWS = 1 + ANSWERS + FINDINGS, FINDINGS, 1
SENTENCES = (
    "回风巷测风站风速记录缺失，牌板与台账不一致，须立即补测并更正。",
    "转载点喷雾不能自动开启，煤尘飞扬，须当班修复。",
    "单体支柱三根漏液，支护强度不足，须更换后方可作业。",
    "甲烷传感器悬挂位置不当，距顶板超过三百毫米，须立即调整。",
    "水沟淤堵，巷道积水约十米，须组织清淤并检查排水管路。",
)


@dataclass
class Pen:
    """Writes one chain, as a phone does."""

    phone: Phone
    randomness: random.Random
    chain: str = ""
    seq: int = 0
    prev: str = ""
    wall: int = int(NOON.timestamp() * 1000)
    anchors: dict[str, int] = field(default_factory=dict)
    #: Says what else a visit holds: operations that it writes itself.
    more: "Callable[[Pen, str], list[str]] | None" = None

    def write(self, kind: str, body: dict[str, Any], **facts: object) -> str:
        """The exact text of the chain's next operation."""
        self.seq += 1
        self.wall += self.randomness.randrange(3_000, 9_000)
        stamp = [self.wall, self.wall - 1_700_000_000_000, "c7"]
        operation = {"v": 1, "uid": self.uid(), "seq": self.seq, "prev": self.prev, "kind": kind}
        text = json.dumps({**operation, **facts, "t": stamp, "body": body}, ensure_ascii=False, separators=(",", ":"))
        self.prev = chain.hash_of(text.encode())
        return text

    def uid(self) -> str:
        return base64.urlsafe_b64encode(self.randomness.randbytes(16)).rstrip(b"=").decode()


@dataclass(frozen=True)
class Submission:
    """A request ready to be sent, and the head that it must be acknowledged with."""

    body: bytes
    token: str
    seq: int
    hash: str


def submissions(
    world: World, visits: int, seed: int, first: int = 0, more: "Callable[[Pen, str], list[str]] | None" = None
) -> Iterator[Submission]:
    """`visits` requests, the teams in turn; each team's first one opens its chain.

    `first`: how many visits each team made before. Cursors are those that the phone would hold then.
    """
    pens = {phone.team: _opened(phone, seed) for phone in world.phones}
    for pen, _ in pens.values():
        pen.more = more
    for number in range(visits):
        phone = world.phones[number % world.teams]
        pen, turn = pens[phone.team]
        yield _submission(world, pen, first + turn, opening=turn == 0)
        pens[phone.team] = (pen, turn + 1)


def _opened(phone: Phone, seed: int) -> tuple[Pen, int]:
    pen = Pen(phone, random.Random(f"{seed}/{phone.team}"))
    pen.chain = pen.uid()
    return pen, 0


def _submission(world: World, pen: Pen, turn: int, *, opening: bool) -> Submission:
    phone, mine = pen.phone, world.mine_of(pen.phone.team, turn)
    identity = {
        "team": f"team-{phone.team}", "mine": f"mine-{mine}", "kind": "round", "date": TODAY.isoformat(),
        "ordinal": 1 + turn // len(range(phone.team, world.mines, world.teams)), "edition": world.edition.digest,
    }  # fmt: skip
    visit = visit_id(VisitIdentity(**identity))
    texts = []
    if opening:
        facts = {"chain": pen.chain, "person": phone.person, "device": phone.device, "alg": "ES256"}
        texts.append(pen.write("chain.open", {**facts, "key": chain.public_key(phone.key), "app": "1.0.0"}))
    texts.append(pen.write("visit.open", identity, visit=visit))
    pairs = pairs_of(world.edition, mine)[:ANSWERS]
    texts += [
        pen.write("answer.set", _answer(world.edition, pair, pen.randomness), visit=visit, reg=f"answer/{pair}")
        for pair in pairs
    ]
    texts += [pen.write("finding.set", _finding(pair, pen), visit=visit) for pair in pairs[:FINDINGS]]
    said = pen.more(pen, visit) if pen.more else []
    texts += said
    pen.anchors[f"visit:{visit}"] = VISIT_ROWS + len(said)
    return Submission(_request(world, pen, texts, turn), phone.token, pen.seq, pen.prev)


def pairs_of(edition: Edition, mine: int) -> tuple[str, ...]:
    """The pairs that apply to a mine of the world, the weekly round's first."""
    if mine not in _pairs:
        places = [Place(f"p-{mine}-{at}", f"mine-{mine}", kind, str(at), LONG_AGO) for at, kind in enumerate(PLACES)]
        rounds = edition.pairs(ATTRIBUTES, places, TODAY, "round")
        rest = [pair for pair in edition.pairs(ATTRIBUTES, places, TODAY, "monthly") if pair not in set(rounds)]
        _pairs[mine] = (*rounds, *rest)
    return _pairs[mine]


_pairs: dict[int, tuple[str, ...]] = {}


def _answer(edition: Edition, pair: str, randomness: random.Random) -> dict[str, Any]:
    """A pass, with a reading where the item asks for one; one in thirty fails."""
    asked = edition.items[pair.partition("/")[0]].answer
    body: dict[str, Any] = {"outcome": "fail" if randomness.random() < 1 / 30 else "pass"}
    match asked:
        case Number(fields=fields) if fields:
            body |= {"settings": {name: _within(limits) for name, limits in fields.items()}, "unit": asked.unit}
        case Number():
            body |= {"value": _within(asked.limits), "unit": asked.unit}
        case Count():
            body |= {"value": _within(asked.limits), "unit": asked.unit}
        case Date():
            body |= {"value": "2026-11-20" if asked.max_age_days is not None else "2027-11-20"}
        case _:
            pass
    return body


def _within(limits: Limits | None) -> str:
    """A value that keeps the limits."""
    if limits is None:
        return "1"
    if limits.min or limits.above:
        return limits.min or str(float(limits.above or 0) + 1)
    most = limits.max or limits.below
    return f"{float(most) * 0.5:g}" if most is not None else "1"


def _finding(pair: str, pen: Pen) -> dict[str, Any]:
    item, _, place = pair.partition("/")
    facts = {
        "item": item, "place": place, "severity": "general", "text": pen.randomness.choice(SENTENCES),
        "deadline": "2026-11-30",
    }  # fmt: skip
    return {"finding": pen.uid(), "set": facts, "seen": {}}


def _request(world: World, pen: Pen, texts: list[str], turn: int) -> bytes:
    phone = pen.phone
    own = len(range(phone.team, world.mines, world.teams))
    visited = {
        world.mine_of(phone.team, n): MINE_ROWS * sum(1 for t in range(turn) if t % own == n) for n in range(own)
    }
    streams = {f"team:team-{phone.team}": TEAM_ROWS * turn, f"device:{phone.device}": 0}
    streams |= {f"mine:mine-{mine}": seq for mine, seq in visited.items()}
    streams |= dict(list(pen.anchors.items())[:-1])
    request = {
        "protocol": 1, "nonce": pen.uid(), "device": phone.device,
        "clock": {"wall": pen.wall, "mono": pen.wall - 1_700_000_000_000, "session": "c7"},
        "chains": [
            {"chain": pen.chain, "operations": texts, "signature": chain.sign(phone.key, texts[-1].encode())}
        ],
        "cursor": {"epoch": world.epoch, "streams": streams},
    }  # fmt: skip
    return zlib.compress(json.dumps(request, ensure_ascii=False, separators=(",", ":")).encode(), 6, wbits=31)
