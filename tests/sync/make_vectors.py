"""Writes sync/vectors/*.json from seeds: what every phone, in whatever language, must come to.

`python -m tests.sync.make_vectors` rewrites the files; the tests fail while they differ. A story is
a list of steps. `random` and `clock` are what the phone was given, in order; `operations` what it
then wrote (their JSON must be equal, the bytes and so the hashes of another phone may differ where
its JSON is laid out otherwise). `answer` is what came back, `shown` what stands on the screen.
"""

import json
from pathlib import Path

import msgspec

from sync import bodies, chain, enrolment, feed, receipts, sheets, visits, wire
from sync.phone import edits, view
from tests.sync.county import SERVER_KEY, SERVER_NAME, SERVER_PUBLIC, County
from tests.sync.phones import Ticking, enter, finding_fields, identity, new_phone, photo_body

FOLDER = Path(__file__).parents[2] / "sync" / "vectors"
REG = "answer/GAS-001/-"


class Story:
    """Runs phones against a county and writes down everything that went in and came out."""

    def __init__(self, count):
        self.county = County()
        self.steps = []
        self.phones = [new_phone(n, self.county) for n in range(1, count + 1)]
        self.start = [_phone(phone) for phone in self.phones]

    def act(self, number, name, function):
        """Phone `number` (from 1) does something; `name` says what, in words."""
        phone = self.phones[number - 1]
        known, given = _lasts(phone), _Given(phone)
        result = function(phone, f"p{number}")
        self.steps.append({"phone": number, "do": name, **given.taken(), "operations": _written(phone, known)})
        return result

    def sync(self, number, page_rows=wire.ROWS_MAX):
        """One exchange of phone `number`."""
        phone = self.phones[number - 1]
        known, given = _lasts(phone), _Given(phone)
        request = phone.request()
        body = msgspec.json.encode(request)
        self.county.page_rows = page_rows
        answer = self.county.exchange_bytes(_gzip(body))
        statement = receipts.statement(*_receipt(answer)).decode()
        assert phone.receive(answer)
        self.steps.append(
            {
                "phone": number, "do": "exchange", **given.taken(), "request": json.loads(body),
                "answer": answer.decode(), "statement": statement, "operations": _written(phone, known),
                "after": _after(phone),
            }
        )  # fmt: skip

    def told(self):
        """The story as data, with the county's registers at the end."""
        stored = self.county.store.visits
        registers = {v: _registers(self.county.sheet(v)) for v in stored}
        found = {f: _registers(sheets.decode(k.sheet)) for f, k in self.county.store.findings.items()}
        return {"phones": self.start, "steps": self.steps, "visits": registers, "findings": found}


class _Given:
    """Notes the randomness and the clock readings that a phone takes from here on."""

    def __init__(self, phone):
        self.phone, self.random, self.clock = phone, [], []
        self.draw, self.read = phone.desk.randomness, phone.desk.clock.read
        phone.desk.randomness, phone.desk.clock.read = self._draw, self._read

    def _draw(self, count):
        self.random.append(self.draw(count))
        return self.random[-1]

    def _read(self):
        self.clock.append(self.read())
        return self.clock[-1]

    def taken(self):
        self.phone.desk.randomness, self.phone.desk.clock.read = self.draw, self.read
        return {"random": [d.hex() for d in self.random], "clock": self.clock}


def _gzip(body):
    import gzip

    return gzip.compress(body, mtime=0)


def _receipt(answer):
    decoded = wire.answer_decoder.decode(answer)
    return decoded, decoded.receipt.id


def _lasts(phone):
    return {c.chain: c.last for c in phone.state.chains}


def _written(phone, known):
    return [_held(c, h) for c in phone.state.chains for h in c.log if h.seq > known.get(c.chain, 0)]


def _held(of, held):
    return {"chain": of.chain, "bytes": held.data.decode(), "hash": held.hash, "signature": held.signature}


def _phone(phone):
    chains = [{"chain": c.chain, "person": c.person, "log": [_held(c, h) for h in c.log]} for c in phone.state.chains]
    return {"device": phone.state.device, "server_keys": phone.state.server_keys, "chains": chains}


def _after(phone):
    state = phone.state
    chains = [{"chain": c.chain, "last": c.last, "acked": c.acked, "safe": c.safe} for c in state.chains]
    shown = {}
    for stream in sorted({*state.rows, *_own_streams(phone)}):
        for key in view.keys_shown(phone.desk, stream):
            for field, register in view.fields_shown(phone.desk, stream, key).items():
                shown[f"{stream} {key} {field}".rstrip()] = _shown(register)
    return {"epoch": state.epoch, "cursor": dict(state.cursor), "chains": chains, "shown": shown}


def _own_streams(phone):
    return {p.stream for c, h in view.pending(phone.desk) for p in phone.desk.writes_of(c, h)}


def _shown(register):
    heads = [{"uid": h.uid, "person": h.person, "value": json.loads(h.value)} for h in register.heads]
    return {"heads": heads, "disputed": register.disputed, "counted": register.counted}


def _registers(sheet):
    return {
        key: {"seq": r.seq, "heads": [[h.uid, h.stamp.person, json.loads(h.value or b"null")] for h in r.heads()]}
        for key, r in sorted(sheet.registers.items())
    }


def _set(visit, reg, outcome, **more):
    return lambda phone, who: phone.answer(who, visit, reg, outcome, **more)


def merging():
    """Three phones open one visit apart, disagree, and settle."""
    story = Story(3)
    for n in (1, 2, 3):
        visit = story.act(n, "visit.open", enter)
    story.act(1, "pass", _set(visit, REG, "pass"))
    story.act(2, "fail", _set(visit, REG, "fail", value=0.81, unit="%CH4", note="回风流"))
    story.act(3, "pass too", _set(visit, REG, "pass", note="看过"))
    for n in (1, 2, 3, 1, 2):
        story.sync(n)
    settled = bodies.Answer("fail", value=0.81, unit="%CH4", note="复测")
    story.act(3, "settle", lambda phone, who: phone.edit(edits.settle, who, visit, REG, settled))
    story.act(1, "done", lambda phone, who: phone.edit(edits.done, who, visit))
    for n in (3, 1, 2, 3):
        story.sync(n)
    return story.told()


def finding():
    """A finding: fields apart, one field twice, a photo, a retraction against an edit."""
    story = Story(2)
    visit = [story.act(n, "visit.open", enter) for n in (1, 2)][-1]
    uid = story.phones[0].desk.uid()
    given = finding_fields(item="GAS-001", text="风筒漏风", severity="general")
    story.act(1, "raise", lambda phone, who: phone.edit(edits.edit_finding, who, uid, given, visit))
    photo = photo_body(1, f"finding/{uid}", role="before")
    story.act(1, "photo", lambda phone, who: phone.edit(edits.photo, who, photo, visit))
    for n in (1, 2):
        story.sync(n)
    for n, text in ((1, "漏风"), (2, "漏风严重")):
        given = finding_fields(text=text, severity=("general", "suspected_major")[n - 1])
        story.act(n, "edit", lambda phone, who, g=given: phone.edit(edits.edit_finding, who, uid, g, visit))
    story.act(1, "retract", lambda phone, who: phone.edit(edits.retract_finding, who, uid, "看错", visit))
    for n in (1, 2, 1):
        story.sync(n)
    return story.told()


def restored_phone():
    """A phone comes back from an old copy, forks, re-homes."""
    story = Story(1)
    (phone,) = story.phones
    visit = story.act(1, "visit.open", enter)
    story.act(1, "first", _set(visit, REG, "pass"))
    copy = phone._storage.data
    story.act(1, "second", _set(visit, "answer/GAS-002/-", "fail"))
    story.sync(1)
    phone._storage.data = copy
    phone.desk.state = phone._storage.load()
    phone.desk.placed.clear()
    story.steps.append({"phone": 1, "do": "restore", "after": _after(phone)})
    story.act(1, "third", _set(visit, "answer/GAS-003/-", "fail"))
    for _ in range(3):
        story.sync(1)
    return story.told()


def restored_county():
    """The county comes back from a backup: a new epoch, everything is offered again, page by page."""
    story = Story(1)
    backup = story.county.back_up()
    visit = story.act(1, "visit.open", enter)
    for n in range(4):
        story.act(1, "answer", _set(visit, f"answer/GAS-00{n}/-", "pass"))
    story.sync(1)
    story.county.restore(backup)
    for _ in range(6):
        story.sync(1, page_rows=2)
    return story.told()


def county_disagrees():
    """The county judges a value otherwise than the phone: both are kept, the graver counts."""
    story = Story(1)
    story.county.judge = lambda edition, day, item, answer: "fail" if (answer.value or 0) > 0.75 else "pass"
    visit = story.act(1, "visit.open", enter)
    story.act(1, "too high", _set(visit, REG, "pass", value=0.9, unit="%CH4"))
    story.sync(1)
    return story.told()


def small_things():
    """Hashes, signatures, ids, digits and digests, each with its answer."""
    private = chain.ec.derive_private_key(77, chain.ec.SECP256R1())
    key, text = chain.public_key(private), '{"v":1,"note":"瓦斯 0.75 %"}'
    signature = chain.sign(private, text.encode())
    names = [identity(), identity(ordinal=2), identity(kind="full", mine="矿一")]
    rows = [("answer/GAS-001/-", 3, ["b", "a"]), ("join/p1@d", 1, ["c"])]
    return {
        "hashes": [{"bytes": t, "hash": chain.hash_of(t.encode())} for t in ("", "abc", text)],
        "signatures": [
            {"alg": "ES256", "key": key, "bytes": text, "signature": signature, "valid": True},
            {"alg": "ES256", "key": key, "bytes": text + " ", "signature": signature, "valid": False},
            {"alg": "ES256", "key": SERVER_PUBLIC, "bytes": text, "signature": signature, "valid": False},
        ],
        "visits": [{"identity": json.loads(msgspec.json.encode(n)), "id": visits.visit_id(n)} for n in names],
        "check_codes": [{"nonce": n, "key": key, "digits": enrolment.check_code(n, key)} for n in ("a", "b")],
        "devices": [{"key": key, "id": enrolment.device_id(key)}],
        "fingerprints": [{"key": SERVER_PUBLIC, "fingerprint": SERVER_NAME}],
        "digests": [{"rows": rows, "digest": feed.digest(rows)}, {"rows": [], "digest": feed.digest([])}],
        "server": {"key": SERVER_PUBLIC, "signature": chain.sign(SERVER_KEY, b"qianshao")},
        "clock": list(Ticking().read()),
    }


STORIES = (merging, finding, restored_phone, restored_county, county_disagrees, small_things)


def texts():
    """File name -> content, for every story."""
    return {
        f"{story.__name__}.json": json.dumps({"about": story.__doc__} | story(), ensure_ascii=False, indent=1) + "\n"
        for story in STORIES
    }


if __name__ == "__main__":
    for name, text in texts().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
