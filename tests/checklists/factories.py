"""A small folder of checklist files without mistakes, to be changed by the tests."""

import msgspec

from checklists.definition import Checklist
from checklists.editions import Edition, compile_edition
from checklists.loading import load
from tests.checklists.cases import Entered

FILES = {
    "checklist.yaml": """\
key: small
title: 小检查表
default_applies: status in (生产, 建设)
domains: [gas, water]
editions:
  - {number: 1, from: 2026-07-01}
""",
    "attributes.yaml": """\
attributes:
  - {name: status, title: 状态, type: enum, values: [生产, 建设, 停产]}
  - {name: gas_grade, title: 瓦斯等级, type: enum, values: [低瓦斯, 高瓦斯, 突出]}
  - {name: blasting, title: 爆破, type: bool}
  - {name: capacity, title: 核定能力, type: number}
""",
    "places.yaml": """\
places:
  - {kind: heading, title: 掘进工作面, class: face}
  - {kind: dispatch_room, title: 调度室, class: surface}
""",
    "units.yaml": """\
units:
  - {unit: "%CH4", title: 甲烷, quantity: fraction, substance: CH4, factor: 1, least: 0, most: 100}
  - {unit: "%CO", title: 一氧化碳, quantity: fraction, substance: CO, factor: 1, least: 0, most: 100}
  - {unit: ppm, title: 百万分比, quantity: fraction, factor: 0.0001}
  - {unit: s, title: 秒, quantity: time, factor: 1}
  - {unit: min, title: 分, quantity: time, factor: 60}
  - {unit: 人, title: 人, quantity: persons, factor: 1}
""",
    "standards.yaml": """\
standards:
  - {slug: code, title: 煤矿安全规程, document: 第17号, from: 2026-02-01}
  - {slug: old-hazards, title: 判定标准, document: 第4号, from: 2021-01-01, until: 2026-06-30}
  - {slug: new-hazards, title: 判定标准, document: 第21号, from: 2026-07-01, supersedes: [old-hazards]}
""",
    "ledger.yaml": """\
ledger:
  - {id: II.5, list: section, title: 灾害防治, patrol: true}
  - {id: L1-2, list: L1, title: 学习宣传, patrol: false, why_not: 机关自身工作}
""",
    "items/gas.yaml": """\
domain: gas
title: 瓦斯
items:
  - key: GAS-001
    title: 掘进面甲烷
    answer: {type: number, unit: "%CH4", below: 1.0}
    accepts: ["%CH4", ppm]
    at: [heading]
    repeat: place
    cadence: round
    photo: optional
    specialty: ventilation
    severity: {may_be_major: [{standard: new-hazards, article: "5(1)"}]}
    clauses: [{standard: code, article: "192"}]
    notice: [II.5]
    basis: verified
""",
    "items/water.yaml": """\
domain: water
title: 水害
items:
  - key: WAT-001
    title: 探放水
    answer: {type: pass_fail}
    applies: not blasting
    repeat: mine
    cadence: monthly
    photo: none
    specialty: geology
    clauses: []
    notice: []
    basis: seed_document
""",
}


def make_files(*changes: tuple[str, str, str]) -> dict[str, str]:
    """The folder with (file, what stands there once, what shall stand there)."""
    files = dict(FILES)
    for file, old, new in changes:
        assert files[file].count(old) == 1, f"{old!r} must stand in {file} once"
        files[file] = files[file].replace(old, new)
    return files


def make_checklist(*changes: tuple[str, str, str]) -> Checklist:
    return load(make_files(*changes)).checklist


def make_edition(*changes: tuple[str, str, str]) -> Edition:
    return Edition(compile_edition(make_checklist(*changes)))


def make_answer(outcome: str = "pass", **but: object) -> Entered:
    return msgspec.structs.replace(Entered(outcome), **but)
