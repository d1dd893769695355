from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
import yaml

from checklists.applicability import Asked
from checklists.definition import Item, Number, PassFail
from checklists.difference import difference
from checklists.editions import Edition, compile_edition
from checklists.loading import load
from checklists.shell import LIBRARY, read_folder
from checklists.standards import in_force, severity_on
from tests.checklists.mines import high_gas, low_gas

LOADED = load(read_folder(LIBRARY))
CHECKLIST = LOADED.checklist
EDITION = Edition(compile_edition(CHECKLIST))
ITEMS = EDITION.items
TODAY = date(2026, 11, 23)

DOMAINS = [
    "gas",
    "ventilation",
    "monitoring",
    "positioning",
    "outburst",
    "dust",
    "fire",
    "water",
    "hidden-hazards",
    "roof",
    "rockburst",
    "succession",
    "blasting",
    "electromechanical",
    "transport",
    "emergency",
    "staffing",
    "training",
    "licences",
    "dual-prevention",
    "crack-down",
    "supervision",
    "construction",
]

#: Alarm, cut and restore of table 19 of the code, article 536, by item.
SETTINGS = {
    "SEN-001": ("1", "1.5", "1"),
    "SEN-002": ("1", "1.5", "1"),
    "SEN-003": ("1", "1", "1"),
    "SEN-004": ("1", "1.5", "1"),
    "SEN-005": ("1", "1", "1"),
    "SEN-006": ("0.5", "0.5", "0.5"),
    "SEN-007": ("1", "1", "1"),
    "SEN-008": ("0.5", "0.5", "0.5"),
    "SEN-009": ("1.5", "1.5", "1.5"),
    "SEN-010": ("0.5", "0.5", "0.5"),
}

#: What the code says, by item: (bound, limit in the item's unit).
LIMITS = {
    "GAS-001": {"below": "0.75"},
    "GAS-002": {"below": "1"},
    "GAS-005": {"below": "1.5"},
    "GAS-006": {"below": "2"},
    "GAS-021": {"max": "1.5"},
    "GAS-026": {"max": "0.0024"},
    "GAS-027": {"max": "0.00066"},
    "GAS-028": {"min": "20"},
    "GAS-029": {"max": "0.5"},
    "VEN-001": {"min": "0.25", "max": "4"},
    "VEN-003": {"min": "0.15", "max": "4"},
    "VEN-038": {"min": "0.25", "max": "5"},
    "FIR-007": {"min": "97"},
    "FIR-014": {"max": "0.5"},
    "WAT-007": {"min": "30"},
    "WAT-023": {"max": "20"},
    "WAT-024": {"min": "70"},
    "WAT-025": {"min": "25"},
    "WAT-026": {"min": "50"},
    "BLA-005": {"max": "130"},
    "BLA-006": {"below": "1"},
    "ELE-008": {"max": "2"},
    "EMG-012": {"max": "1000"},
    "EMG-019": {"max": "500"},
    "TRA-017": {"max": "20"},
    "ROF-003": {"min": "1.8"},
    "ROF-014": {"min": "1.6"},
}

#: What must have been done within so many days.
AGES = {
    "VEN-006": 10,
    "VEN-024": 1,
    "VEN-025": 15,
    "SEN-015": 15,
    "SEN-016": 183,
    "DUS-001": 7,
    "FIR-004": 7,
    "ELE-003": 31,
    "ELE-007": 7,
    "ELE-009": 92,
    "TRA-013": 365,
    "TRA-022": 1096,
    "GAS-015": 730,
    "GAS-016": 365,
    "WAT-001": 1096,
    "EMG-002": 183,
}


@dataclass(frozen=True)
class Spoken:
    outcome: str = "pass"
    value: str | None = None
    unit: str | None = None
    settings: dict[str, str] | None = None
    reason: str | None = None


def judged(key: str, **answer: object) -> str:
    return EDITION.judge(key, Spoken(**answer), TODAY).outcome


def asked(mine: dict[str, object], cadence: str) -> list[Asked]:
    """The items that apply to the mine, whatever its place register says."""
    everything = EDITION.explain(mine, [], TODAY, cadence)
    return [one for one in everything if one.because not in ("false", "not_in_round")]


def words_of(item: Item) -> str:
    return f"{item.title}{item.guidance}"


def test_the_library_has_every_domain_that_the_notice_speaks_of():
    assert [section.domain for section in CHECKLIST.sections] == DOMAINS
    assert all(section.items for section in CHECKLIST.sections)


@pytest.mark.parametrize("profile", [low_gas, high_gas])
def test_a_mine_is_asked_about_as_much_as_a_team_can_do(profile):
    mine = profile(CHECKLIST)
    assert 270 <= len(asked(mine, "monthly")) <= 310
    assert 55 <= len(asked(mine, "round")) <= 65


@pytest.mark.parametrize("profile", [low_gas, high_gas])
def test_a_mine_whose_attributes_are_all_known_leaves_nothing_uncertain(profile):
    assert [one.item for one in asked(profile(CHECKLIST), "monthly") if one.because == "unknown"] == []


def test_every_specialty_of_the_five_has_its_share_of_the_round():
    shares = Counter(ITEMS[one.item].specialty for one in asked(low_gas(CHECKLIST), "round"))
    assert set(shares) == {"mining", "ventilation", "electromechanical", "geology", "safety"}
    assert min(shares.values()) >= 3


def test_an_empty_place_register_hides_only_what_a_sister_item_asks():
    mine = high_gas(CHECKLIST) | {"hoist": True}
    hidden = {one.item for one in asked(mine, "monthly") if not one.places}
    assert hidden == {"VEN-003", "TRA-022"}


def test_a_sealed_mine_is_asked_only_whether_it_stays_sealed():
    sealed = low_gas(CHECKLIST) | {"status": "长期停产停建"}
    assert {one.item for one in asked(sealed, "monthly")} == {"SUP-001", "SUP-002", "SUP-003"}


def test_a_standing_mine_is_asked_for_what_keeps_its_watchmen_alive():
    standing = {one.item for one in asked(low_gas(CHECKLIST) | {"status": "停产整顿"}, "monthly")}
    assert standing >= {"GAS-001", "VEN-010", "MON-001", "WAT-026", "ELE-002", "CRK-005", "SUP-002", "DUA-009"}
    assert "VEN-038" not in standing


def test_a_mine_managed_as_an_outburst_mine_is_asked_as_one():
    pending = {one.item for one in asked(low_gas(CHECKLIST) | {"managed_as_outburst": True}, "monthly")}
    assert pending >= {"OUT-002", "OUT-005", "GAS-011", "EMG-019"}
    assert pending.isdisjoint({"GAS-009", "EMG-012"})


@pytest.mark.parametrize("key", SETTINGS)
def test_a_methane_sensor_may_be_set_lower_than_the_table_but_not_higher(key):
    alarm, cut, restore = SETTINGS[key]
    fields = ITEMS[key].answer.fields
    assert (fields["alarm"].max, fields["cut"].max, fields["restore"].below) == (alarm, cut, restore)
    assert fields["alarm"].min is None
    assert fields["cut"].min is None
    low = {"alarm": "0.4", "cut": "0.4", "restore": "0.3"}
    assert judged(key, unit="%CH4", settings=low) == "pass"
    assert judged(key, unit="%CH4", settings=low | {"cut": str(float(cut) + 0.1)}) == "fail"


@pytest.mark.parametrize("key", ["GAS-026", "SEN-013"])
def test_carbon_monoxide_is_judged_alike_in_ppm_and_in_per_cent(key):
    def outcome(value, unit):
        item = ITEMS[key].answer
        assert isinstance(item, Number)
        if item.fields:
            return judged(key, unit=unit, settings={"alarm": value})
        return judged(key, unit=unit, value=value)

    assert [outcome("24", "ppm"), outcome("0.0024", "%CO")] == ["pass", "pass"]
    assert [outcome("25", "ppm"), outcome("0.0025", "%CO")] == ["fail", "fail"]


def test_hydrogen_sulphide_is_read_in_ppm_too():
    assert judged("GAS-027", value="6.6", unit="ppm") == "pass"
    assert judged("GAS-027", value="6.7", unit="ppm") == "fail"


@pytest.mark.parametrize("key", LIMITS)
def test_a_reading_has_the_limit_that_the_code_gives(key):
    limits = ITEMS[key].answer.limits
    bounds = ("min", "max", "below", "above")
    said = {bound: getattr(limits, bound) for bound in bounds if getattr(limits, bound) is not None}
    assert said == LIMITS[key]


@pytest.mark.parametrize("key", AGES)
def test_a_test_may_be_as_old_as_the_code_allows_and_no_day_older(key):
    def outcome(days):
        return judged(key, value=(TODAY - timedelta(days=days)).isoformat())

    assert outcome(AGES[key]) == "pass"
    assert outcome(AGES[key] + 1) == "fail"


def test_every_item_tells_how_to_look_and_no_two_items_have_one_title():
    assert [key for key, item in ITEMS.items() if len(item.guidance) < 15 or not item.guidance.endswith("。")] == []
    assert [title for title, times in Counter(item.title for item in ITEMS.values()).items() if times > 1] == []
    assert [key for key, item in ITEMS.items() if len(item.title) > 24] == []


def test_an_item_never_calls_a_hazard_major_by_itself():
    sure = [key for key, item in ITEMS.items() if "重大" in words_of(item).replace("疑似重大", "")]
    named = {"DUA-007", "DUA-008", "DUA-012", "DUA-001", "DUA-002", "DUA-003", "LIC-014", "CON-001"}
    assert set(sure) == named, "only the mine's own papers on major hazards, risks and changes may be named so"


def test_every_item_has_a_clause_or_the_notice_to_stand_on():
    assert [key for key, item in ITEMS.items() if not item.clauses and not item.notice] == []


@pytest.mark.parametrize(
    ("standard", "articles"), [("major-hazards-4", range(4, 19)), ("major-hazards-21", range(4, 21))]
)
def test_a_major_link_points_at_an_article_that_names_hazards(standard, articles):
    links = [link for item in ITEMS.values() for link in item.severity.may_be_major if link.standard == standard]
    assert len(links) > 100
    assert {int(link.article.split("(")[0]) for link in links} == set(articles) - OPEN_PIT.get(standard, set())


#: Article 15 of order 21 is about the slopes of open pits, which no patrol of underground mines checks.
OPEN_PIT = {"major-hazards-21": {15}}


def test_the_two_orders_on_major_hazards_never_hold_on_one_day():
    before, after = CHECKLIST.standards["major-hazards-4"], CHECKLIST.standards["major-hazards-21"]
    last, first = date(2026, 6, 30), date(2026, 7, 1)
    assert [in_force(before, last), in_force(before, first)] == [True, False]
    assert [in_force(after, last), in_force(after, first)] == [False, True]


def test_what_may_be_major_changed_with_the_order_of_2026():
    def severity(key, on):
        return severity_on(ITEMS[key], CHECKLIST.standards, on)[0]

    june, july = date(2026, 6, 30), date(2026, 7, 1)
    assert [severity("STA-001", june), severity("STA-001", july)] == ["may_be_major", "general"]
    assert [severity("ROF-004", june), severity("ROF-004", july)] == ["general", "may_be_major"]
    assert [severity("GAS-002", june), severity("GAS-002", july)] == ["may_be_major", "may_be_major"]


def test_working_without_licence_or_while_stopped_is_no_hidden_danger_but_a_violation():
    assert {key for key, item in ITEMS.items() if item.severity.serious_violation} == {"LIC-001", "CRK-005", "SUP-004"}


def test_photographs_are_required_of_the_fewer_part():
    required = [key for key, item in ITEMS.items() if item.photo == "required"]
    assert 0 < len(required) < len(ITEMS) / 3


def test_a_sensor_item_is_one_tap_when_it_passes():
    assert all(isinstance(ITEMS[key].answer, PassFail) for key in SETTINGS)


def test_the_nineteen_violations_wait_for_their_text_instead_of_inventing_it():
    listed = yaml.safe_load((LIBRARY / "violations-124.yaml").read_text(encoding="utf-8"))["violations"]
    assert [entry["number"] for entry in listed] == [f"124-{number:02}" for number in range(1, 20)]
    assert {entry["title"] for entry in listed} == {"待县局按原文录入"}


def frozen(number: int) -> Edition:
    return Edition((LIBRARY / "editions" / f"{number}.json").read_bytes())


def test_every_published_edition_is_kept_as_the_bytes_that_its_digest_was_taken_of():
    published = [edition for edition in LOADED.published if edition.digest]
    assert [frozen(edition.number).digest for edition in published] == [edition.digest for edition in published]
    assert [frozen(edition.number).checklist.since for edition in published] == [each.since for each in published]


def test_edition_one_knows_nothing_of_the_order_that_came_after_it():
    first = frozen(1)
    assert "major-hazards-21" not in first.compiled.decode()
    assert first.checklist.since == CHECKLIST.standards["safety-code-2025"].since
    assert CHECKLIST.since == CHECKLIST.standards["major-hazards-21"].since


def test_the_second_edition_measures_output_by_the_quarter_where_the_first_did_by_the_month():
    between = difference(frozen(1).checklist, CHECKLIST)
    assert set(between.added) == {"LIC-013"}
    assert set(between.removed) == {"LIC-017"}
    assert "LIC-017" not in ITEMS, "a key is never used again"
