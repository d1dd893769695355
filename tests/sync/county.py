"""A county in memory: what the server keeps, as plain values that can be copied and put back.

It gathers `Known`, applies `Plan` and pulls, as the server does with a database. Used by the sync
tests; rules are in sync/, not here.
"""

import copy
from dataclasses import dataclass, field, replace

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from sync import bundle, chain, enrolment, feed, known, receipts, sheets, visits, wire
from sync.append import overlap
from sync.plan import needs, plan_exchange
from sync.prepare import check_signatures, prepare

SERVER_KEY = ec.derive_private_key(4242, ec.SECP256R1())
SERVER_PUBLIC = chain.public_key(SERVER_KEY)
SERVER_NAME = chain.fingerprint_of(SERVER_PUBLIC)


@dataclass
class Store:
    """Everything a backup would hold."""

    chains: dict = field(default_factory=dict)
    segments: list = field(default_factory=list)
    visits: dict = field(default_factory=dict)
    visit_rows: dict = field(default_factory=dict)
    findings: dict = field(default_factory=dict)
    places: dict = field(default_factory=dict)
    withheld: dict = field(default_factory=dict)
    refused: list = field(default_factory=list)
    heads: dict = field(default_factory=dict)
    photos: set = field(default_factory=set)
    safe: dict = field(default_factory=dict)


class County:
    def __init__(self):
        self.store = Store()
        self.epoch = "e1"
        self.now = 1_767_200_000_000
        self.receipts = 0
        self.revoked = set()
        self.scope = {}
        self.out_of_scope = set()
        self.judge = lambda edition, day, item, answer: None
        self.last_plan = None
        self.page_rows = wire.ROWS_MAX

    def may(self, author, kind, visit, mine):
        return author.office or author.person not in self.out_of_scope

    def context(self, device):
        self.receipts += 1
        self.now += 1000
        return known.Context(self.now, f"r{self.receipts}", device, self.judge, self.may)

    def gather(self, request):
        store = self.store
        wanted = needs(request)
        named = {u: store.withheld[u] for u in wanted.releases if u in store.withheld}
        carried = {c for c in wanted.chains if c in store.chains and not store.chains[c].vouched}
        named |= {u: w for u, w in store.withheld.items() if w.chain in carried}
        if named:
            wanted = needs(request, named.values())
        homes = {v: store.visits[v].identity for v in wanted.visits if v in store.visits}
        streams = wanted.streams(
            {v: (i.team, i.mine) for v, i in homes.items()},
            {f: store.findings[f].mine for f in wanted.findings if f in store.findings},
        )
        parked = {
            u: w
            for u, w in store.withheld.items()
            if w.verdict == "parked" and (w.visit in wanted.parked_visits or w.finding in wanted.parked_findings)
        }
        findings = {*wanted.findings, *(w.finding for w in parked.values())}
        return known.Known(
            epoch=self.epoch,
            heads={s: store.heads.get(s, 0) for s in streams},
            chains={c: self._chain(c, request) for c in wanted.chains if c in store.chains},
            visits={v: store.visits[v] for v in wanted.visits if v in store.visits},
            findings={f: store.findings[f] for f in findings if f in store.findings},
            withheld={**named, **parked},
            here=frozenset(store.photos),
        )

    def _chain(self, name, request):
        found = self.store.chains[name]
        revoked = found.author.device in self.revoked or found.author.person in self.revoked
        found = replace(found, safe=self.store.safe.get(name, 0), revoked=revoked)
        for batch in request.batches:
            if batch.chain == name and (span := overlap(found.head, batch)):
                segments = [s for s in self.store.segments if s.chain == name and s.last >= span[0]]
                found = replace(found, segments=tuple(segments))
        return found

    def apply(self, plan):
        store = self.store
        for c in plan.chains:
            store.chains[c.chain] = known.ChainKnown(
                c.chain, c.author, c.alg, c.key, c.head, 0, c.vouched, closed=c.closed
            )
        store.segments += plan.segments
        for v in plan.visits:
            store.visits[v.visit] = known.VisitKnown(v.visit, v.identity, v.sheet, v.status)
        for f in plan.findings:
            store.findings[f.finding] = known.FindingKnown(f.finding, f.mine, f.visit, sheets.encode(f.content))
        store.places |= {p.place: p for p in plan.places}
        store.visit_rows |= plan.visit_rows
        for uid in plan.released:
            store.withheld.pop(uid, None)
        store.withheld |= {w.uid: w for w in plan.withheld}
        store.refused += plan.refused
        store.heads |= plan.heads

    def exchange_bytes(self, body, *, device=None):
        """One exchange from bytes to bytes."""
        return msgspec.json.encode(self.exchange(prepare(body), device=device))

    def exchange(self, request, *, device=None):
        wanted = request.exchange
        plan = self.push(request, device or wanted.device)
        answer = wire.Answer(
            wire.PROTOCOL, wanted.nonce, wanted.device, self.epoch, self.now, chains=list(plan.answers)
        )
        if wanted.device not in self.revoked:
            answer = self.pulled(answer, wanted, plan.own)
        return receipts.seal(answer, f"r{self.receipts}", SERVER_NAME, SERVER_KEY)

    def push(self, request, device):
        keys = {c: (k.alg, k.key) for c, k in self.store.chains.items()}
        request = check_signatures(request, keys)
        plan = plan_exchange(self.gather(request), request, self.context(device))
        self.apply(plan)
        self.last_plan = plan
        return plan

    def hand_in(self, body, carrier):
        return [self.push(request, carrier) for request in bundle.prepare_bundle(body, carrier)]

    def streams_of(self, device):
        names = self.scope.get(device)
        if names is None:
            mines = {v.identity.mine for v in self.store.visits.values()}
            names = [f"visit:{v}" for v in self.store.visits] + [f"mine:{m}" for m in mines]
        return {n: feed.StreamHead(self.store.heads.get(n, 0)) for n in names}

    def pulled(self, answer, wanted, own):
        scope = self.streams_of(wanted.device)
        digests = {
            s: feed.visit_digest(sheets.decode(self.store.visits[s[6:]].sheet))
            for s in wanted.digests
            if s in scope and s[6:] in self.store.visits
        }
        pull = feed.pull(wanted.cursor, self.epoch, scope, digests, wanted.digests)
        pages, more, room = [], False, min(wanted.limit, self.page_rows)
        for stream, after in pull.after.items():
            rows = self.rows(stream, after, own)
            page, rest = feed.page(stream, after, scope[stream].seq, rows, max(room, 1))
            pages.append(page)
            more, room = more or rest, room - len(page.rows)
            if rest:
                break
        return msgspec.structs.replace(
            answer, pages=pages, more=more, marks=dict(pull.marks), added=list(pull.added),
            dropped=list(pull.dropped), resets=list(pull.resets), photos_wanted=self.wanted_photos(),
        )  # fmt: skip

    def rows(self, stream, after, own):
        kind, _, name = stream.partition(":")
        if kind == "visit":
            return feed.visit_rows(sheets.decode(self.store.visits[name].sheet), after, own)
        found = [
            feed.finding_row(f.finding, sheets.decode(f.sheet), own)
            for f in self.store.findings.values()
            if f.mine == name
        ]
        found += [
            wire.Row(p.seq, f"place/{p.place}", msgspec.Raw(msgspec.json.encode(p.body)))
            for p in self.store.places.values()
            if p.mine == name
        ]
        return sorted((r for r in found if r.seq > after), key=lambda r: r.seq)

    def wanted_photos(self):
        found = {p.sha256 for v in self.store.visits.values() for p in visits.photos(sheets.decode(v.sheet))}
        return sorted(found - self.store.photos)

    def back_up(self):
        self.store.safe = {c: k.head.seq for c, k in self.store.chains.items()}
        return copy.deepcopy(self.store)

    def restore(self, backup):
        self.store = copy.deepcopy(backup)
        self.epoch = f"e{int(self.epoch[1:]) + 1}"

    def enrol(self, request, code="c" * 22):
        """Answer an enrolment request without asking anything."""
        answer = enrolment.Enrolled(
            enrolment.device_id(request.key), "team", "county", "n" * 22, self.epoch, "ES256",
            SERVER_PUBLIC, enrolment.Tokens("a", 900, "r", 86400), "",
        )  # fmt: skip
        statement = enrolment.enrolled_statement(request.key, answer)
        return msgspec.structs.replace(answer, signature=chain.sign(SERVER_KEY, statement))

    def office(self, seed=7):
        return Office(self, seed)

    def sheet(self, visit):
        return sheets.decode(self.store.visits[visit].sheet)


class Office:
    """A console session's server-held chain: operations through the same plan."""

    def __init__(self, county, seed):
        self.county = county
        self.private = ec.derive_private_key(seed, ec.SECP256R1())
        self.name = chain.b64(seed.to_bytes(16, "big"))
        author = known.Author("office", "console", office=True)
        county.store.chains[self.name] = known.ChainKnown(self.name, author, "ES256", chain.public_key(self.private))
        self.last = wire.START
        self.count = 0

    def write(self, kind, body, **envelope):
        from sync import bodies, operations

        batch = []
        if self.last.seq == 0:
            opening = bodies.ChainOpening(
                self.name, "office", "console", "ES256", chain.public_key(self.private), "console"
            )
            batch.append(self._operation(operations.ChainOpen, opening, {}))
        batch.append(self._operation(kind, body, envelope))
        signature = chain.sign(self.private, batch[-1].encode())
        exchange = wire.Exchange(
            1, "n" * 22, "console", wire.Clock(0, 0, ""), [wire.ChainBatch(self.name, batch, signature)]
        )
        import gzip

        self.county.push(prepare(gzip.compress(msgspec.json.encode(exchange))), "console")
        return self.county.last_plan

    def _operation(self, kind, body, envelope):
        self.count += 1
        uid = chain.b64(self.count.to_bytes(8, "big") + chain.unb64(self.name)[8:])
        operation = kind(
            v=1, uid=uid, seq=self.last.seq + 1, prev=self.last.hash,
            t=(self.county.now, 0, "office"), body=body, **envelope,
        )  # fmt: skip
        data = msgspec.json.encode(operation)
        self.last = wire.Mark(operation.seq, chain.hash_of(data))
        return data.decode()
