"""Who may do what to whose things: the one table role × verb × scope, and the two ways to ask it.

`require` guards one subject; `reach` says which rows a list may show, for SQL. What is outside an
actor's reach is `NotFound`, never `NotAllowed`, so that an answer does not tell that a foreign
thing exists. Duties are kept apart: a patrol records, a supervisor decides, an administrator sets
up, an auditor reads everything and writes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from patrol.errors import NotAllowed, NotFound
from patrol.verbs import Verb

__all__ = ["TABLE", "Actor", "Reach", "Role", "Scope", "Scopes", "Subject", "Verb"]
__all__ += ["can", "reach", "require", "scopes"]


class Role(StrEnum):
    """One role a person, in the order of the table's columns."""

    MEMBER = "member"
    LEADER = "leader"
    SUPERVISOR = "supervisor"
    MINE_USER = "mine_user"
    ADMIN = "admin"
    AUDITOR = "auditor"


class Scope(StrEnum):
    """Whose things a grant reaches; always inside the actor's own county."""

    SELF = "self"
    OWN_TEAM = "own_team"
    CONTRACTED = "contracted"
    """A mine that the actor's team is contracted to, on the day that the caller built the actor
    for."""
    PATROL = "patrol"
    """Both: the thing is the actor's team's, at a mine contracted to that team."""
    OWN_MINE = "own_mine"
    COUNTY = "county"


Scopes: TypeAlias = frozenset[Scope]

_____: Scopes = frozenset()
_SELF: Scopes = frozenset({Scope.SELF})
_TEAM: Scopes = frozenset({Scope.OWN_TEAM})
_CONT: Scopes = frozenset({Scope.CONTRACTED})
_EITH: Scopes = frozenset({Scope.OWN_TEAM, Scope.CONTRACTED})
_BOTH: Scopes = frozenset({Scope.PATROL})
_MINE: Scopes = frozenset({Scope.OWN_MINE})
_ALL_: Scopes = frozenset({Scope.COUNTY})

# The mine is not shown coverage, duties or an unsigned visit: they tell where the patrol will not
# look this week. The audit trail is the auditor's alone: who is watched does not read the watch.
# fmt: off
TABLE: Mapping[Verb, tuple[Scopes, ...]] = {
    #                               member  leader superv. mine u. admin  auditor
    Verb.COUNTY_READ:               (_ALL_, _ALL_, _ALL_, _ALL_, _ALL_, _ALL_),
    Verb.MINE_READ:                 (_CONT, _CONT, _ALL_, _MINE, _ALL_, _ALL_),
    Verb.MINE_WRITE:                (_____, _____, _____, _____, _ALL_, _____),
    Verb.PLACE_READ:                (_CONT, _CONT, _ALL_, _MINE, _ALL_, _ALL_),
    Verb.PLACE_PROPOSE:             (_CONT, _CONT, _____, _____, _____, _____),
    Verb.PLACE_ACCEPT:              (_____, _____, _ALL_, _____, _ALL_, _____),
    Verb.PLACE_WRITE:               (_____, _____, _____, _____, _ALL_, _____),
    Verb.TEAM_READ:                 (_TEAM, _TEAM, _ALL_, _____, _ALL_, _ALL_),
    Verb.TEAM_WRITE:                (_____, _____, _____, _____, _ALL_, _____),
    Verb.CONTRACT_READ:             (_EITH, _EITH, _ALL_, _MINE, _ALL_, _ALL_),
    Verb.CONTRACT_WRITE:            (_____, _____, _____, _____, _ALL_, _____),
    Verb.DUTY_READ:                 (_EITH, _EITH, _ALL_, _____, _ALL_, _ALL_),
    Verb.DUTY_EXCUSE:               (_____, _____, _ALL_, _____, _____, _____),
    Verb.COVERAGE_READ:             (_CONT, _CONT, _ALL_, _____, _ALL_, _ALL_),
    Verb.RECORD_READ:               (_EITH, _EITH, _ALL_, _MINE, _ALL_, _ALL_),
    Verb.VISIT_READ:                (_EITH, _EITH, _ALL_, _____, _ALL_, _ALL_),
    Verb.VISIT_RECORD:              (_BOTH, _BOTH, _____, _____, _____, _____),
    Verb.VISIT_SETTLE:              (_____, _TEAM, _____, _____, _____, _____),
    Verb.VISIT_SUBMIT:              (_____, _TEAM, _____, _____, _____, _____),
    Verb.VISIT_REVIEW:              (_____, _____, _ALL_, _____, _____, _____),
    Verb.VISIT_SEAL:                (_____, _____, _ALL_, _____, _____, _____),
    Verb.VISIT_RELEASE:             (_____, _____, _ALL_, _____, _____, _____),
    Verb.VISIT_VOID:                (_____, _____, _ALL_, _____, _____, _____),
    Verb.FINDING_READ:              (_EITH, _EITH, _ALL_, _MINE, _ALL_, _ALL_),
    Verb.FINDING_RECORD:            (_BOTH, _BOTH, _____, _____, _____, _____),
    Verb.FINDING_RETRACT:           (_TEAM, _TEAM, _____, _____, _____, _____),
    Verb.FINDING_NOTIFY:            (_EITH, _EITH, _ALL_, _____, _____, _____),
    Verb.FINDING_FIX_ON_SPOT:       (_EITH, _EITH, _____, _____, _____, _____),
    Verb.FINDING_SUSPECT:           (_EITH, _EITH, _ALL_, _____, _____, _____),
    Verb.FINDING_PLAN:              (_____, _____, _____, _MINE, _____, _____),
    Verb.FINDING_ASK_RECHECK:       (_____, _____, _____, _MINE, _____, _____),
    Verb.FINDING_ASK_EXTENSION:     (_____, _____, _____, _MINE, _____, _____),
    Verb.FINDING_DECIDE_EXTENSION:  (_____, _____, _ALL_, _____, _____, _____),
    Verb.FINDING_RECHECK:           (_CONT, _CONT, _ALL_, _____, _____, _____),
    Verb.FINDING_GRADE:             (_____, _____, _ALL_, _____, _____, _____),
    Verb.FINDING_LIST:              (_____, _____, _ALL_, _____, _____, _____),
    Verb.FINDING_ACCEPT:            (_____, _____, _ALL_, _____, _____, _____),
    Verb.FINDING_SIGN_OFF:          (_____, _____, _ALL_, _____, _____, _____),
    Verb.FINDING_TRANSFER:          (_____, _____, _ALL_, _____, _____, _____),
    Verb.FINDING_LINK:              (_____, _EITH, _ALL_, _____, _____, _____),
    Verb.FINDING_VOID:              (_____, _____, _ALL_, _____, _____, _____),
    Verb.CHECKLIST_READ:            (_ALL_, _ALL_, _ALL_, _ALL_, _ALL_, _ALL_),
    Verb.CHECKLIST_PUBLISH:         (_____, _____, _____, _____, _ALL_, _____),
    Verb.DEVICE_READ:               (_SELF, _TEAM, _ALL_, _____, _ALL_, _ALL_),
    Verb.DEVICE_ENROL:              (_____, _TEAM, _____, _____, _ALL_, _____),
    Verb.DEVICE_REVOKE:             (_____, _TEAM, _____, _____, _ALL_, _____),
    Verb.DEVICE_SYNC:               (_SELF, _SELF, _____, _____, _____, _____),
    Verb.DEVICE_RESCUE:             (_____, _TEAM, _____, _____, _ALL_, _____),
    Verb.OPERATION_READ:            (_____, _____, _ALL_, _____, _ALL_, _ALL_),
    Verb.OPERATION_RELEASE:         (_____, _____, _ALL_, _____, _____, _____),
    Verb.REPORT_READ:               (_____, _____, _ALL_, _____, _ALL_, _ALL_),
    Verb.REPORT_SEND:               (_____, _____, _ALL_, _____, _____, _____),
    Verb.USER_READ:                 (_SELF, _TEAM, _ALL_, _SELF, _ALL_, _ALL_),
    Verb.USER_WRITE:                (_____, _____, _____, _____, _ALL_, _____),
    Verb.ACCOUNT_READ:              (_SELF, _SELF, _SELF, _SELF, _SELF, _SELF),
    Verb.ACCOUNT_WRITE:             (_SELF, _SELF, _SELF, _SELF, _SELF, _SELF),
    Verb.AUDIT_READ:                (_____, _____, _____, _____, _____, _ALL_),
}
# fmt: on


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. `contracted`: mines of the own team's contracts on the day in question, as the
    caller built it."""

    person: str
    role: Role
    county: str
    team: str | None = None
    contracted: frozenset[str] = frozenset()
    mines: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose the thing is. Only the county is always known; a thing of the county itself has
    nothing else."""

    county: str
    team: str | None = None
    mine: str | None = None
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """The rows that an actor may read: of `county`, and there all, or those of a team, a mine or
    a person named here.

    As SQL: `county = :county AND (:whole OR team IN :teams OR mine IN :mines OR person IN
    :persons)`; a table that has no such column leaves that term out.
    """

    county: str
    whole: bool = False
    teams: frozenset[str] = frozenset()
    mines: frozenset[str] = frozenset()
    persons: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Whether no row can be in reach, so that no query is needed."""
        return not (self.whole or self.teams or self.mines or self.persons)

    def covers(self, subject: Subject) -> bool:
        """The same question as the SQL, of one thing."""
        return subject.county == self.county and (
            self.whole or subject.team in self.teams or subject.mine in self.mines or subject.person in self.persons
        )


def scopes(role: Role, verb: Verb) -> Scopes:
    """The cell of the table; empty when the role never does this."""
    return TABLE[verb][tuple(Role).index(role)]


def reach(actor: Actor, verb: Verb) -> Reach:
    """What `verb` reaches for this actor, any scope of the cell being enough.

    `Scope.PATROL` asks for two things at once and is no reach; no verb that reads has it.
    """
    cell = scopes(actor.role, verb)
    team = frozenset({actor.team} if actor.team else ())
    none: frozenset[str] = frozenset()
    return Reach(
        county=actor.county,
        whole=Scope.COUNTY in cell,
        teams=team if Scope.OWN_TEAM in cell else none,
        mines=(actor.contracted if Scope.CONTRACTED in cell else none)
        | (actor.mines if Scope.OWN_MINE in cell else none),
        persons=frozenset({actor.person}) if Scope.SELF in cell else none,
    )


def can(actor: Actor, verb: Verb, subject: Subject) -> bool:
    """Whether the table lets this actor do this to that thing."""
    if Scope.PATROL in scopes(actor.role, verb):
        return (
            subject.county == actor.county
            and subject.team is not None
            and subject.team == actor.team
            and subject.mine in actor.contracted
        )
    return reach(actor, verb).covers(subject)


def require(actor: Actor, verb: Verb, subject: Subject) -> None:
    """The first line of a service.

    Raises NotFound when the actor may not even read such a thing there, NotAllowed when it is in
    sight but not for this actor to do.
    """
    if can(actor, verb, subject):
        return
    if _in_sight(actor, verb, subject):
        raise NotAllowed("not_allowed", verb=verb.value, role=actor.role.value)
    raise NotFound("not_found", noun=verb.noun)


def _in_sight(actor: Actor, verb: Verb, subject: Subject) -> bool:
    of_the_county = subject == Subject(actor.county)
    return of_the_county or can(actor, Verb(f"{verb.noun}.read"), subject)
