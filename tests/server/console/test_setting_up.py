"""Teams, contracts, excuses, phones and editions at the desk: what is shown, what changes, what is refused and how."""

import base64
import io
import json
from datetime import date, timedelta

import msgspec
import pytest
import zstandard
from sqlalchemy import select

from checklists.editions import compile_edition
from server.db import db, transaction
from server.models.audit import AuditEntry
from server.models.checklist import ChecklistEdition
from server.models.contract import Contract, Excuse
from server.models.device import Device
from server.models.segment import Chain, WithheldOperation
from server.models.team import Membership, Team
from server.models.user import User
from tests.server.api import world
from tests.server.console.pages import links, see, words

FIRST = date(2026, 12, 1)


@pytest.fixture
def admin(as_role):
    """An administrator's browser."""
    return as_role("admin")


def send(browser, address, data=None, *, status=303, **files):
    """Submit a form as its page does; the page that follows."""
    form = {"csrf_token": browser.headers["X-CSRF-Token"]} | (data or {}) | files
    kind = "multipart/form-data" if files else "application/x-www-form-urlencoded"
    answer = browser.client.post(address, data=form, content_type=kind, headers={"Accept": "text/html"})
    assert answer.status_code == status, answer.text
    return see(browser.client, answer.headers["Location"]) if status == 303 else answer.text


def count(app, model, *where):
    with app.app_context():
        return len(db.session.scalars(select(model).where(*where)).all())


def test_a_team_shows_what_it_lacks_and_who_may_join(made, admin):
    page = words(see(admin.client, "/teams/team-1"))

    assert "缺少专业" in page
    assert all(word in page for word in ("采掘", "通风", "机电运输", "地测防治水"))
    assert "canary-own" in words(see(admin.client, "/teams"))
    assert "canary-foreign" not in see(admin.client, "/teams")


def test_a_team_is_founded_and_a_person_joins_and_leaves_it(made, admin):
    with made.app_context(), transaction():
        db.session.add(User(id="new", county_id="county-a", name="赵新", login="new", created_at=world.NOW))
    page = send(admin, "/teams", {"name": "第三组"})
    with made.app_context():
        team = db.session.scalars(select(Team.id).where(Team.name == "第三组")).one()
    member = {"user_id": "new", "role": "member", "specialty": "mining", "from_date": "2026-11-23"}
    joined = send(admin, f"/teams/{team}/members", member)
    with made.app_context():
        membership = db.session.scalars(select(Membership.id).where(Membership.user_id == "new")).one()
    left = send(admin, f"/memberships/{membership}/end", {"until_date": "2026-11-30"})

    assert "小组已成立" in page
    assert "赵新" in words(joined)
    assert "2026-11-30" in words(left)
    assert count(made, AuditEntry, AuditEntry.subject_kind == "membership") == 2


def test_a_refused_form_comes_back_with_what_was_typed_and_what_is_wrong(made, admin):
    page = send(
        admin,
        "/contracts",
        {"mine_id": "mine-1", "team_id": "team-2", "from_date": "2026-11-23"},
        status=409,
    )

    assert 'value="2026-11-23"' in page
    assert 'aria-invalid="true"' in page or "octagon-alert" in page
    assert count(made, Contract) == 3


def test_the_hand_over_says_what_it_changes_and_then_changes_both(made, admin):
    wizard = "/contracts/contract-own/hand-over"
    page = words(see(admin.client, f"{wizard}?team_id=team-2&from_date=2026-12-03"))
    after = send(admin, wizard, {"team_id": "team-2", "from_date": "2026-12-03"})

    assert "canary-own，到 2026-12-02" in page
    assert "canary-sibling，从 2026-12-03 起" in page
    assert "2026-W49" in page
    assert "前 3 天由 canary-own 检查" in page
    assert "2 条，由 canary-sibling 复查" in page
    assert "canary-sibling" in words(after)
    with made.app_context():
        assert db.session.get_one(Contract, "contract-own").until_date == date(2026, 12, 2)
        begun = db.session.scalars(select(Contract).where(Contract.from_date == date(2026, 12, 3))).one()
        assert (begun.team_id, begun.mine_id) == ("team-2", "mine-1")


@pytest.mark.parametrize(
    ("chosen", "field", "status"),
    [
        ("team_id=team-2&from_date=2020-01-01", "when", 409),
        ("team_id=team-1&from_date=2026-12-03", "whom", 422),
    ],
)
def test_a_hand_over_that_cannot_be_is_refused_beside_its_field(made, admin, chosen, field, status):
    page = see(admin.client, f"/contracts/contract-own/hand-over?{chosen}", status=status)

    assert f'id="{field}-error"' in page
    assert "第三步" not in page
    assert count(made, Contract) == 3


def test_an_excuse_is_granted_with_its_reason_and_withdrawn(made, as_role):
    supervisor = as_role("supervisor")
    given = {"mine_id": "mine-1", "duty_kind": "both", "from_date": "2026-11-01", "until_date": "2026-11-30"}
    page = words(send(supervisor, "/excuses", given | {"reason": "停产封闭"}))
    with made.app_context():
        excuse = db.session.scalars(select(Excuse.id).where(Excuse.reason == "停产封闭")).one()
    after = words(send(supervisor, f"/excuses/{excuse}/withdraw"))

    assert "停产封闭" in page
    assert "免检中" in page
    assert "已撤回" in after


def test_a_phone_that_keeps_silent_or_is_off_its_time_says_so(made, admin):
    with made.app_context(), transaction():
        phone = db.session.get_one(Device, "device-own")
        phone.told_at, phone.unsent_operations, phone.unsent_photos = world.NOW - timedelta(days=5), 3, 41
        phone.clock_error_ms = 47 * 60_000
    page = words(see(admin.client, "/phones"))

    assert "3 条记录、41 张照片" in page
    assert "快 47 分钟" in page
    assert "多日未联系" in page
    assert "canary-foreign" not in page


def test_a_phone_is_enrolled_by_a_picture_and_its_digits(made, admin):
    page = send(admin, "/phones/enrol", {"team": "team-1"}, status=200)
    with made.app_context(), transaction():
        phone = db.session.get_one(Device, "device-own")
        phone.confirmed_at, phone.check_code = None, "123456"
    waiting = see(admin.client, "/phones/waiting?team=team-1")
    wrong = words(send(admin, "/phones/device-own/confirm", {"digits": "000000"}))
    right = words(send(admin, "/phones/device-own/confirm", {"digits": "123456"}))

    assert "/enrol#" in page
    assert "<svg" in page
    assert "/phones/device-own/confirm" in waiting
    assert "待核对数字" in wrong
    assert "使用中" in right


def test_a_phone_is_revoked_with_a_reason_only(made, admin):
    send(admin, "/phones/device-own/revoke", {"reason": ""}, status=422)
    page = words(send(admin, "/phones/device-own/revoke", {"reason": "丢失"}))

    assert "已停用" in page


def withheld(app):
    operation = {
        "v": 1, "uid": "u" * 21 + "A", "seq": 2, "prev": "p" * 43, "kind": "note.add", "t": [0, 0, "s"],
        "visit": "a" * 26, "body": {"note": "n" * 21 + "A", "of": "visit", "text": "顶板有裂缝"},
    }  # fmt: skip
    with app.app_context(), transaction():
        db.session.add(
            Chain(
                id="c" * 21 + "A", device_id="device-own", user_id="member-own", algorithm="ES256", public_key="key",
                opened_at=world.NOW,
            )
        )  # fmt: skip
        db.session.flush()
        db.session.add(
            WithheldOperation(
                uid=operation["uid"], chain_id="c" * 21 + "A", seq=2, visit_id="visit-own", verdict="no_scope",
                data=json.dumps(operation).encode(), received_at=world.NOW,
            )
        )  # fmt: skip
    return operation["uid"]


def test_what_was_set_aside_shows_its_words_and_may_be_kept_with_a_reason(made, as_role):
    uid, supervisor = withheld(made), as_role("supervisor")
    page = words(see(supervisor.client, "/phones/withheld"))
    after = words(send(supervisor, f"/phones/withheld/{uid}/keep", {"reason": "与本矿无关"}))

    assert "顶板有裂缝" in page
    assert "超出包保范围" in page
    assert "已决定继续隔离：与本矿无关" in after
    assert count(made, WithheldOperation) == 1
    assert count(made, AuditEntry, AuditEntry.verb == "operation.keep") == 1


def test_a_file_that_is_no_bundle_is_refused_with_a_sentence(made, admin):
    page = send(admin, "/phones/bundle", bundle=(io.BytesIO(b"PK not ours"), "phone.gz"), status=422)

    assert "不是手机导出的上交文件" in page


def second_edition():
    """The world's edition with one item more and one that another specialty looks at."""
    section = world.CHECKLIST.sections[0]
    first, other = section.items
    added = msgspec.structs.replace(first, key="GAS-003", title="新增一项")
    changed = msgspec.structs.replace(other, specialty="safety")
    sections = (msgspec.structs.replace(section, items=(first, changed, added)),)
    return compile_edition(msgspec.structs.replace(world.CHECKLIST, number=2, since=FIRST, sections=sections))


def test_an_edition_is_published_after_what_it_changes_was_shown(made, admin):
    preview = send(admin, "/checklists/preview", edition=(io.BytesIO(second_edition()), "edition.json"), status=200)
    carried = preview.split('name="edition" value="')[1].split('"')[0]
    assert count(made, ChecklistEdition) == 2
    page = send(admin, "/checklists", {"edition": carried})

    assert "新增一项" in preview
    assert "GAS-002" in preview
    assert "canary-own" in preview
    assert "新增一项" in words(page)
    assert count(made, ChecklistEdition) == 3


def without_items():
    """An edition that asks for nothing."""
    return compile_edition(msgspec.structs.replace(world.CHECKLIST, number=2, since=FIRST, sections=()))


@pytest.mark.parametrize(
    ("content", "status", "sentence"),
    [
        (b'{"format": 9}', 422, "不是可用的检查表版本"),
        (without_items(), 422, "一项也没有"),
        (compile_edition(world.CHECKLIST), 409, "已发布过第"),
    ],
    ids=["no edition", "no items", "published already"],
)
def test_a_file_that_cannot_be_published_is_refused_before_it_is_shown(made, admin, content, status, sentence):
    page = send(admin, "/checklists/preview", edition=(io.BytesIO(content), "x.json"), status=status)

    assert sentence in page
    assert 'id="field-edition-error"' in page
    assert count(made, ChecklistEdition) == 2


def test_what_is_refused_at_the_preview_is_not_published_past_it_either(made, admin):
    for content in (without_items(), compile_edition(world.CHECKLIST)):
        carried = base64.b64encode(zstandard.compress(content)).decode()
        send(admin, "/checklists", {"edition": carried}, status=409 if content != without_items() else 422)
    assert count(made, ChecklistEdition) == 2


@pytest.mark.parametrize("role", ["member", "leader", "supervisor", "auditor"])
def test_every_way_on_a_page_leads_somewhere(made, as_role, role):
    browser = as_role(role)
    for address in ("/teams", "/teams/team-1", "/contracts", "/contracts/contract-own", "/phones", "/checklists"):
        for way in links(see(browser.client, address)):
            assert browser.client.get(way, headers={"Accept": "text/html"}).status_code == 200, (address, way)


@pytest.mark.parametrize(
    "address",
    ["/teams/team-3", "/contracts/contract-foreign", "/phones/device-foreign", "/contracts/contract-foreign/hand-over"],
)
def test_another_county_is_not_there(made, admin, address):
    see(admin.client, address, status=404)
