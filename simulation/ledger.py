"""What a run has seen with its own eyes: which operations phones made, acknowledged, lost; and what breaks a promise.

Kept apart from phones and county, so that it does not believe either of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from simulation.handset import Handset
from sync import operations as ops
from sync.known import Segment
from sync.segments import operations_of


class Broken(Exception):
    """An invariant does not hold: `rule` is its number in SPEC part IV, or a rule's id."""

    def __init__(self, rule: str, said: str) -> None:
        super().__init__(f"{rule}: {said}")
        self.rule = rule


def require(holds: object, rule: str, said: object = "") -> None:
    """Raise Broken unless it holds; `said` may be a function, called only then."""
    if not holds:
        raise Broken(rule, str(said() if callable(said) else said))


@dataclass
class Ledger:
    """`parents`: of every operation ever made; `acked`: uid -> epoch of its latest
    acknowledgement; `lost`: uids whose copy on a phone was destroyed or rolled back; `made`: hashes of bytes.
    """

    parents: dict[str, frozenset[str]] = field(default_factory=dict)
    created: set[str] = field(default_factory=set)
    acked: dict[str, str] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    made: set[str] = field(default_factory=set)
    _uids: dict[int, tuple[Segment, tuple[str, ...]]] = field(default_factory=dict)

    def register(self, handset: Handset) -> None:
        """Note what is new on a phone."""
        for chain in handset.state.chains:
            for held in reversed(chain.log):
                if held.hash in self.made:
                    break
                self._note(held.uid, held.hash, held.data)

    def _note(self, uid: str, digest: str, data: bytes) -> None:
        self.made.add(digest)
        operation = ops.decode(data)
        if isinstance(operation, ops.Opaque | ops.ChainOpen):
            return
        self.created.add(uid)
        self.parents[uid] = frozenset(operation.parents)

    def acknowledge(self, uids: Iterable[str], epoch: str) -> None:
        """A phone took these for stored."""
        self.acked |= dict.fromkeys(uids, epoch)

    def lose(self, handset: Handset, kept: set[str]) -> None:
        """A phone's content is gone but for `kept`."""
        self.lost |= handset.held() - kept

    def uids_of(self, segment: Segment) -> tuple[str, ...]:
        """The uids in a stored segment, read from its bytes once."""
        found = self._uids.get(id(segment))
        if found is None:
            uids = tuple(ops.decode(data).uid for data in operations_of(segment))
            self._uids[id(segment)] = found = (segment, uids)
        return found[1]

    def stored(self, segments: Iterable[Segment]) -> set[str]:
        """The uids that a log holds."""
        return {uid for segment in segments for uid in self.uids_of(segment)}

    def descends(self, uid: str, heads: Iterable[str]) -> bool:
        """Whether `uid` is one of `heads` or an ancestor of one."""
        waiting, seen = list(heads), set()
        while waiting:
            name = waiting.pop()
            if name == uid:
                return True
            if name not in seen:
                seen.add(name)
                waiting.extend(self.parents.get(name, ()))
        return False
