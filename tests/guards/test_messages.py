"""Every code that can reach a person has its sentence, and no sentence lies unused."""

import ast
import re
import string

from server.messages import CATALOGUE, catalogue, text
from tests.guards.tree import ROOT, modules, parsed, place

FAMILIES = {"Invalid", "NotAllowed", "NotFound", "Conflict"}
#: Where codes are said that no exception carries.
_CODE = re.compile(r"""["'`]([a-z][a-z0-9]*(?:[._][a-z0-9]+)*)["'`]""")
#: `f"board.state.{…}"`, `"board.state." ~ …`, `` `visit.outcome.${…}` ``: the beginning of codes put together.
_BEGINNING = re.compile(r"""["'`]([a-z][a-z0-9_.]*[._])(?:\$?\{|["'`])""")
_SPEAKERS = {"server": ("py", "html", "txt"), "patrol": ("py",), "schemas": ("py",), "checklists": ("py",)}
_SPEAKERS |= {"media": ("py",), "sync": ("py",), "field/src": ("ts", "vue"), "field/console": ("ts",)}


def error_classes() -> dict[str, str | None]:
    """Every class of domain error → its own code; found by inheritance, by name."""
    bases: dict[str, tuple[set[str], str | None]] = {}
    for path in modules():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.ClassDef):
                names = {base.id for base in node.bases if isinstance(base, ast.Name)}
                bases[node.name] = (names, _own_code(node))
    known = set(FAMILIES)
    while found := {name for name, (names, _) in bases.items() if names & known} - known:
        known |= found
    return {name: bases[name][1] for name in known}


def _own_code(node: ast.ClassDef) -> str | None:
    for line in node.body:
        if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "code":
            return str(line.value.value) if isinstance(line.value, ast.Constant) else None
    return None


def raised_codes() -> dict[str, str]:
    """Every code that a domain error is raised with → one place where it is."""
    classes = error_classes()
    codes = {code: name for name, code in classes.items() if code}
    for path in modules():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in classes and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    codes[str(first.value)] = place(path, node)
    return codes


def test_every_code_of_an_error_has_a_sentence():
    without = {code: at for code, at in raised_codes().items() if code not in catalogue()}

    assert without == {}


def spoken() -> tuple[set[str], tuple[str, ...]]:
    """Codes that a source says whole, and beginnings of codes that it puts together."""
    sources = [
        path.read_text(encoding="utf-8")
        for folder, kinds in _SPEAKERS.items()
        for kind in kinds
        for path in (ROOT / folder).rglob(f"*.{kind}")
    ]
    whole = {code for source in sources for code in _CODE.findall(source)}
    return whole, tuple({begun for source in sources for begun in _BEGINNING.findall(source)})


def test_every_sentence_belongs_to_a_code_that_the_code_says():
    whole, begun = spoken()

    unsaid = {code for code in catalogue() if code.removeprefix("field.") not in whole and code not in whole}
    assert {code for code in unsaid if not code.startswith(begun)} == set()


def test_no_code_stands_twice_in_the_catalogue():
    lines = [line for path in CATALOGUE.glob("*.yaml") for line in path.read_text(encoding="utf-8").splitlines()]
    keys = [line.split(":")[0] for line in lines if line and not line.startswith(("#", " "))]

    assert len(keys) == len(set(keys))


def test_every_sentence_is_chinese_and_can_be_filled_in():
    for code, sentence in catalogue().items():
        # Facts alone, signs and units need no word.
        words = re.findall(r"[A-Za-z]{3,}", re.sub(r"\{[^}]*\}", "", sentence))
        assert words == [] or re.search(r"[\u4e00-\u9fff]", sentence), code
        assert [name for _, name, _, _ in string.Formatter().parse(sentence) if name == ""] == [], code


def test_a_fact_that_is_missing_leaves_a_dash_and_an_unknown_code_is_still_told():
    assert text("internal") == "服务器内部出错，已记录。请把编号 — 告诉管理员。"
    assert "never_heard_of" in text("never_heard_of")
