"""Mines of the profiles that a county has, every attribute said: an unknown one would hide nothing."""

from checklists.definition import Checklist

EQUIPMENT = {"fully_mechanized", "belt", "belt_in_intake"}

LOW_GAS = {
    "status": "生产",
    "safety_class": "B",
    "capacity": "90",
    "gas_grade": "低瓦斯",
    "hydro_type": "中等",
    "geology_type": "中等",
    "ignition": "不易自燃",
}
HIGH_GAS = LOW_GAS | {"capacity": "150", "gas_grade": "高瓦斯", "hydro_type": "复杂", "ignition": "自燃"}


def low_gas(checklist: Checklist) -> dict[str, object]:
    """Low gas, no blasting; consolidated from small pits, so old workings hold water."""
    return LOW_GAS | _flags(checklist, EQUIPMENT | {"consolidated", "goaf_water", "trackless"})


def high_gas(checklist: Checklist) -> dict[str, object]:
    """High gas with drainage and blasting, above confined water, reached by inclines."""
    more = {"drainage_required", "blasting", "underground_magazine", "dust_explosive", "confined_water"}
    ways = {"consolidated", "goaf_water", "nitrogen", "chair_lift", "incline_haulage"}
    return HIGH_GAS | _flags(checklist, EQUIPMENT | more | ways)


def _flags(checklist: Checklist, true: set[str]) -> dict[str, object]:
    flags = {name for name, attribute in checklist.attributes.items() if attribute.type == "bool"}
    unknown = true - flags
    assert not unknown, f"no such attribute: {unknown}"
    return {name: name in true for name in flags}
