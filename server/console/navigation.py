"""Where the console's pages are, and which of them a role is shown."""

from dataclasses import dataclass

from patrol.permissions import Actor, Role, Verb, scopes


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the navigation."""

    code: str
    path: str
    icon: str
    verb: Verb


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that belong together; `code` names them, "" needs no name."""

    code: str
    entries: tuple[Entry, ...]


_GROUPS = (
    Group(
        "",
        (
            Entry("console.nav.board", "/", "layout-dashboard", Verb.COVERAGE_READ),
            Entry("console.nav.map", "/map", "map", Verb.COVERAGE_READ),
            Entry("console.nav.mines", "/mines", "mountain", Verb.MINE_READ),
            Entry("console.nav.visits", "/visits", "clipboard-list", Verb.VISIT_READ),
            Entry("console.nav.findings", "/findings", "alert-triangle", Verb.FINDING_READ),
        ),
    ),
    Group(
        "console.nav.setting_up",
        (
            Entry("console.nav.users", "/users", "users", Verb.USER_READ),
            Entry("console.nav.teams", "/teams", "hard-hat", Verb.TEAM_READ),
            Entry("console.nav.contracts", "/contracts", "link", Verb.CONTRACT_READ),
            Entry("console.nav.phones", "/phones", "smartphone", Verb.DEVICE_READ),
            Entry("console.nav.checklists", "/checklists", "list-checks", Verb.CHECKLIST_READ),
            Entry("console.nav.excuses", "/excuses", "calendar", Verb.DUTY_READ),
            Entry("console.nav.audit", "/audit", "history", Verb.AUDIT_READ),
        ),
    ),
)
#: The mine's people see their findings; the setting up of the county is no business of theirs.
_MINE_USERS = frozenset({"/mines", "/findings"})


def groups_for(actor: Actor) -> tuple[Group, ...]:
    """The navigation of this role: pages that it may read."""
    shown = (Group(group.code, tuple(entry for entry in group.entries if _may_see(actor, entry))) for group in _GROUPS)
    return tuple(group for group in shown if group.entries)


def home_of(actor: Actor) -> str:
    """Where this role's work begins."""
    return "/findings" if actor.role is Role.MINE_USER else "/"


def is_current(path: str, wanted: str) -> bool:
    """Whether the page at `wanted` is, or lies below, the navigation's line `path`."""
    return wanted == path or (path != "/" and wanted.startswith(f"{path}/"))


def _may_see(actor: Actor, entry: Entry) -> bool:
    if actor.role is Role.MINE_USER and entry.path not in _MINE_USERS:
        return False
    return bool(scopes(actor.role, entry.verb))
