"""Phones for the tests: seeded randomness, a clock that ticks, storage in memory."""

import random

from sync import bodies
from sync.enrolment import enrolment_fragment
from sync.phone import edits
from sync.phone.phone import Phone
from sync.phone.surroundings import MemoryStorage, SoftwareKeys
from tests.sync.county import SERVER_NAME, County


class Ticking:
    def __init__(self, wall=1_767_200_123_456):
        self.wall, self.mono = wall, 5000

    def read(self):
        self.wall += 1000
        self.mono += 1000
        return self.wall, self.mono, "c7"


def identity(**other):
    facts = {"team": "team1", "mine": "mine1", "kind": "round", "date": "2026-02-03", "ordinal": 1, "edition": "ed1"}
    return bodies.VisitIdentity(**(facts | other))


def new_phone(seed, county=None, *persons, storage=None, keys=None):
    """A phone, enrolled at `county`, with a chain for each person (default: p<seed>)."""
    rng = random.Random(seed)  # noqa: S311 - seeded on purpose
    phone = Phone(Ticking(), rng.randbytes, keys or SoftwareKeys(rng.randbytes), storage or MemoryStorage())
    if county is not None:
        request = phone.begin_enrolment(enrolment_fragment("c" * 22, SERVER_NAME))
        phone.finish_enrolment(county.enrol(request))
    for person in persons or (f"p{seed}",):
        phone.open_chain(person)
    return phone


def team(count):
    """(county, phones) with `count` phones of one person each, p1 … on one visit, apart."""
    county = County()
    phones = [new_phone(n, county) for n in range(1, count + 1)]
    return county, phones


def enter(phone, person, *, opening=True, **other):
    return phone.edit(edits.enter_visit, person, identity(**other), opening=opening)


def enter_all(phones):
    """p1 … each open the same visit on their own phone; its id."""
    return [enter(phone, f"p{n}") for n, phone in enumerate(phones, 1)][-1]


def sync(phone, county, rounds=6):
    """Exchange until nothing is left to send or to pull; returns the number of exchanges."""
    for n in range(1, rounds + 1):
        body = phone.request_bytes()
        answer = county.exchange_bytes(body)
        assert phone.receive(answer), answer
        quiet = all(c.acked == c.last for c in phone.state.chains)
        if quiet and b'"more":true' not in answer:
            return n
    raise AssertionError("not quiet")


def converge(phones, county, rounds=3):
    for _ in range(rounds):
        for phone in phones:
            sync(phone, county)


def finding_fields(**fields):
    return bodies.FindingFields(**fields)


def photo_body(number, of, **other):
    uid = f"photo{number}".ljust(21, "x") + "A"
    return bodies.Photo(uid, f"{number:064x}", 1000, "image/jpeg", 100, 80, of, "stream", **other)
