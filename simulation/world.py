"""One run's world: a county, its phones and the network between them; and people at work on the phones."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from simulation import work
from simulation.county import County
from simulation.handset import Handset, PowerCut
from simulation.ledger import Ledger
from simulation.network import Letter
from simulation.office import Office
from simulation.watch_county import CountyWatch
from simulation.watch_phone import PhoneWatch
from sync.phone.pen import CannotWrite


@dataclass
class World:
    """Everything there is in a run. `real`: with real signatures; `story` counts what happened, for the report."""

    seed: int
    real: bool
    county: County
    office: Office
    handsets: list[Handset]
    ledger: Ledger
    county_watch: CountyWatch
    phone_watch: PhoneWatch
    letters: list[Letter] = field(default_factory=list)
    story: Counter[str] = field(default_factory=Counter)

    @property
    def living(self) -> list[Handset]:
        """The phones that are not lost."""
        return [handset for handset in self.handsets if not handset.lost]

    def edit(self, handset: Handset, kind: str, b: int, c: int) -> None:
        """A person works on the phone; without a key for the chain they begin a new one."""
        person = handset.persons[b % len(handset.persons)]
        entered = [n for n, visit in enumerate(work.VISITS) if visit in handset.state.mines]
        visit = entered[b // 7 % len(entered)] if entered and b % 11 else b // 7 % len(work.VISITS)
        try:
            before = handset.held()
            work.EDITS[kind](handset, person, visit, c)
            if kind == "answer":
                self.phone_watch.names_what_it_showed(handset, before)
        except CannotWrite as error:
            if error.code != "no_key":
                raise
            handset.renew_chains()
        except PowerCut:
            handset.start()
            self.story["power cuts"] += 1
        self.looked(handset)

    def looked(self, handset: Handset) -> None:
        """Note what a phone has written, and that nothing left its screen."""
        self.ledger.register(handset)
        self.phone_watch.look(handset, fresh=set(), epoch=handset.state.epoch)


Happening = Callable[[World, Handset, int, int], None]
