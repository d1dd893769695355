"""Every planted defect by name: a wrong part in the place of a real one, to see whether the simulator notices.

`planted` is the only way in; what it changes it puts back.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from simulation import defects_county, defects_phone, defects_registers, feeding
from simulation.planting import Patches

_MAKERS = (*defects_registers.DEFECTS, *defects_phone.DEFECTS, *defects_county.DEFECTS)
DEFECTS: dict[str, Callable[[], Patches]] = {make.__name__: make for make in _MAKERS}


@contextmanager
def planted(name: str) -> Iterator[None]:
    """Play with one defect."""
    with ExitStack() as stack:
        for one in DEFECTS[name]():
            stack.enter_context(one)
        yield
    feeding.sheet_of.cache_clear()
    feeding.digests_of.cache_clear()
