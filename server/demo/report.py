"""Tells the five phones' round in Chinese: what happened, the merged visit, who saw what, findings, what is left."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from checklists.definition import Item
from server.demo.columns import table
from server.demo.findings_of_fact import Said
from server.demo.five_phones import Story
from server.demo.recount import Counted
from server.messages import text

_OUTCOMES = {"pass": "demo_pass", "fail": "demo_fail", "unseen": "demo_unseen", "na": "demo_na"}
_STATES = {
    "met": "board.state.met",
    "under_way": "board.state.under_way",
    "due": "board.state.due",
    "missed": "board.state.missed",
    "excused": "board.state.excused",
}
_SEVERITIES = {"general": "demo_general", "suspected_major": "demo_suspected_major"}
_FIGURES = {
    "answered": "demo_figure_answered",
    "failed": "demo_figure_failed",
    "unseen": "demo_figure_unseen",
    "conflicts_before": "demo_figure_conflicts_before",
    "failed_before": "demo_figure_failed_before",
    "conflicts_after": "demo_figure_conflicts_after",
    "findings": "demo_figure_findings",
    "round_required": "demo_figure_round_required",
    "round_answered": "demo_figure_round_answered",
    "round_met": "demo_figure_round_met",
    "applicable": "demo_figure_applicable",
    "judged": "demo_figure_judged",
    "month_unseen": "demo_figure_month_unseen",
    "left": "demo_figure_left",
}
Names = Mapping[str, str]


@dataclass(frozen=True)
class Report:
    """Everything that is told, and the words for ids."""

    story: Story
    said: Said
    counted: Counted
    items: Mapping[str, Item]
    names: Names

    def lines(self) -> Iterator[str]:
        """The whole report."""
        sections: Sequence[tuple[str, Callable[[], Iterator[str]]]] = (
            ("demo_what_happened", self._happened),
            ("demo_by_place", self._by_place),
            ("demo_who_saw", self._who_saw),
            ("demo_conflicts", self._conflicts),
            ("demo_findings", self._findings),
            ("demo_duties", self._duties),
            ("demo_left", self._left),
            ("demo_recount", self._recount),
        )
        for number, (title, section) in enumerate(sections, 1):
            yield ""
            yield f"{number}. {text(title)}"
            yield from section()

    def _happened(self) -> Iterator[str]:
        for told in self.story.log:
            yield "  · " + text(told.code, told.facts)

    def _by_place(self) -> Iterator[str]:
        places: dict[str, Counter[str]] = {}
        for pair, outcome in self.said.merged.items():
            places.setdefault(pair.partition("/")[2], Counter())[outcome] += 1
        rows: list[list[object]] = [[text("demo_place"), text("demo_answered"), *map(text, _OUTCOMES.values())]]
        for place, counts in sorted(places.items(), key=lambda entry: self._place(entry[0])):
            rows.append([self._place(place), counts.total(), *(counts[outcome] for outcome in _OUTCOMES)])
        rows.append([text("demo_total"), len(self.said.merged), *(self._of(outcome) for outcome in _OUTCOMES)])
        yield from table(rows)

    def _of(self, outcome: str) -> int:
        return sum(said == outcome for said in self.said.merged.values())

    def _who_saw(self) -> Iterator[str]:
        said = Counter(head["person_id"] for answer in self.said.record["answers"] for head in answer["said"])
        rows: list[list[object]] = [
            [text("demo_person"), text("demo_clock"), text("demo_standing"), text("demo_chains")]
        ]
        for hand in self.story.hands:
            skew = f"{hand.skew.total_seconds() / 3600:+.1f} h"
            rows.append([hand.name, skew, said[hand.person], len(hand.phone.state.chains)])
        yield from table(rows)
        together = sum(len({head["person_id"] for head in a["said"]}) > 1 for a in self.said.record["answers"])
        signed = "，".join(signature["name"] for signature in self.said.record["signatures"])
        yield "  " + text("demo_together", {"count": together})
        yield "  " + text("demo_signed", {"names": signed})

    def _conflicts(self) -> Iterator[str]:
        for pair, said, kept in self.story.settled:
            yield f"  {self._pair(pair)}"
            for person, outcome in said:
                yield f"    {self.names[person]}：{text(_OUTCOMES[outcome])}"
            yield "    " + text("demo_kept", {"name": self.story.leader.name, "outcome": text(_OUTCOMES[kept])})

    def _findings(self) -> Iterator[str]:
        rows = [
            [
                text(_SEVERITIES[f["severity"]]),
                self._place(f["place_id"] or "-"),
                f["text"],
                self.names[f["recorded_by"]],
            ]
            for f in sorted(self.said.findings, key=lambda f: (f["severity"], f["text"]))
        ]
        yield from table(rows)

    def _duties(self) -> Iterator[str]:
        for duty, title in ((self.said.duty, "demo_week_duty"), (self.said.month_duty, "demo_month_duty")):
            yield "  " + text(title, {"period": duty["period"], "state": text(_STATES[duty["state"]])})
        month = self.said.coverage
        facts = {"judged": month["judged"], "applicable": month["applicable"], "percent": f"{100 * month['ratio']:.1f}"}
        yield "  " + text("demo_covered", facts | {"expected": month["expected"]})

    def _left(self) -> Iterator[str]:
        by_domain = Counter(pair["domain"] for pair in self.said.left)
        titles = self.story.domains
        rows = [[titles[domain], count] for domain, count in by_domain.most_common()]
        half = (len(rows) + 1) // 2
        beside: list[list[object]] = [*rows[half:], ["", ""]]
        pairs = [[*row, "  ", *other] for row, other in zip(rows[:half], beside, strict=False)]
        if pairs:
            yield from table(pairs)
        yield "  " + text("demo_left_in_all", {"count": len(self.said.left)})

    def _recount(self) -> Iterator[str]:
        rows: list[list[object]] = [["", text("demo_product"), text("demo_recounted"), ""]]
        for name, code in _FIGURES.items():
            product, own = self.said.figures[name], self.counted.figures[name]
            rows.append([text(code), product, own, "=" if product == own else "≠"])
        yield from table(rows)
        for difference in differences(self.said, self.counted):
            yield "  ≠ " + difference

    def _place(self, place: str) -> str:
        return text("demo_mine_itself") if place == "-" else self.names[place]

    def _pair(self, pair: str) -> str:
        key, _, place = pair.partition("/")
        return f"{key} {self.items[key].title} · {self._place(place)}"


def differences(said: Said, counted: Counted) -> list[str]:
    """Everything on which the product and the recount do not agree; empty when all is well."""
    found = [
        f"{name}: {value} ≠ {counted.figures[name]}"
        for name, value in said.figures.items()
        if value != counted.figures[name]
    ]
    for product, own in ((said.merged, counted.merged), (said.before, counted.before)):
        found += [
            f"{pair}: {product.get(pair)} ≠ {own.get(pair)}"
            for pair in sorted({*product, *own})
            if product.get(pair) != own.get(pair)
        ]
    left = {f"{pair['item']}/{pair['place']}" for pair in said.left}
    return found + [f"left: {pair}" for pair in sorted(left ^ counted.left)]
