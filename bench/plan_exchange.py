"""CPU of deciding one exchange of 130 operations, without any database: `python -m bench.plan_exchange`.

120 operations of answers and visit, 10 findings, one visit each; the best of several rounds, because
other work on the machine only ever adds.
"""

import random
import time

from sync import bodies
from sync.phone import edits
from sync.plan import plan_exchange
from sync.prepare import check_signatures, prepare
from sync.sheets import encode
from tests.sync.county import County
from tests.sync.phones import enter, finding_fields, new_phone

ROUNDS = 12


def visit_of(seed: int, county: County) -> bytes:
    """The request of one phone that did a whole visit."""
    phone, rng, me = new_phone(seed, county), random.Random(seed), f"p{seed}"
    visit = enter(phone, me, date=f"20{seed + 10}-02-03")
    places = [phone.desk.uid() for _ in range(12)]
    for n in range(118):
        more = {} if rng.random() < 0.6 else {"value": round(rng.random(), 2), "unit": "%CH4"}
        body = bodies.Answer("pass" if rng.random() < 0.88 else "fail", **more)
        edits.answer(phone.desk, me, visit, f"answer/GAS-{n:03d}/{rng.choice(places)}", body)
        phone.desk.clock.wall += rng.randrange(3000, 60_000)
    for n in range(10):
        text = f"风筒漏风，需要立即更换 {n}"
        fields = finding_fields(item=f"GAS-{n:03d}", place=places[0], severity="general", text=text)
        edits.edit_finding(phone.desk, me, phone.desk.uid(), fields, visit)
    return phone.request_bytes()


def main() -> None:
    """Print microseconds of CPU by step, and bytes by what is stored."""
    bodies_sent = [visit_of(seed, County()) for seed in range(1, 9)]
    best = {"prepare": 1e9, "verify": 1e9, "plan": 1e9}
    for _ in range(ROUNDS):
        county = County()
        for body in bodies_sent:
            marks = [time.process_time()]
            request = prepare(body)
            marks.append(time.process_time())
            request = check_signatures(request, {})
            marks.append(time.process_time())
            known, context = county.gather(request), county.context(request.exchange.device)
            start = time.process_time()
            plan = plan_exchange(known, request, context)
            took = [marks[1] - marks[0], marks[2] - marks[1], time.process_time() - start]
            best = {name: min(best[name], now) for name, now in zip(best, took, strict=True)}
            county.apply(plan)
    for name, seconds in best.items():
        print(f"{name:10} {seconds * 1e6:6.0f} us")
    print(f"{'in all':10} {sum(best.values()) * 1e6:6.0f} us for {len(plan.own)} operations")
    findings = sum(len(encode(finding.content)) for finding in plan.findings)
    print(f"request {len(body)} B, segment {len(plan.segments[0].data)} B,", end=" ")
    print(f"visit sheet {len(plan.visits[0].sheet)} B, ten finding sheets {findings} B")


if __name__ == "__main__":
    main()
