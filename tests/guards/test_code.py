"""What no other tool checks about the code: who commits, who reads the environment, sizes, names."""

import ast

import pytest

from tests.guards.tree import ROOT, modules, parsed, place

#: Who commits: the transaction; and the restore, which works on a database that no server uses yet.
COMMITTERS = ["server/db.py", "server/durability/restore.py"]
#: Who hands the environment on to a program of another's, without reading it.
HANDS_ON = ["server/durability/programs.py"]
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 40
#: Drawers without a name: say what the thing is, or leave it where it is used.
NO_NAMES = {"utils", "util", "helpers", "common", "misc", "base", "manager"}


def attributes(node: ast.AST, name: str) -> list[ast.Attribute]:
    return [found for found in ast.walk(node) if isinstance(found, ast.Attribute) and found.attr == name]


def commits(tree: ast.AST) -> list[ast.Call]:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "commit"]


def test_only_the_transaction_commits():
    found = [place(path, call) for path in modules() for call in commits(parsed(path))]

    assert sorted(at.split(":")[0] for at in found) == sorted(COMMITTERS)


def test_a_planted_commit_is_seen():
    assert commits(ast.parse("session.commit()"))


def test_only_the_settings_read_the_environment():
    readers = {
        place(path)
        for path in modules()
        for name in ("environ", "getenv", "putenv")
        if any(isinstance(found.value, ast.Name) and found.value.id == "os" for found in attributes(parsed(path), name))
    }

    assert readers == {"server/config.py", *HANDS_ON}


#: Modules that a pure room may not import: clocks, dice and doors to the outside.
IMPURE = {"time", "random", "secrets", "uuid", "socket", "subprocess", "os", "urllib.request", "logging"}


@pytest.mark.parametrize("package", ["patrol", "checklists", "sync", "media", "schemas"])
def test_pure_rooms_have_no_clock_no_dice_and_no_door(package):
    # `__main__` is the edge of a room: it reads the clock and hands it in.
    rooms = [path for path in modules(package) if path.name != "__main__.py"]

    assert [place(path, node) for path in rooms for node in ast.walk(parsed(path)) if is_impure(node)] == []


@pytest.mark.parametrize("line", ["import time", "from os import urandom", "datetime.now()", "date.today()"])
def test_a_planted_impurity_is_seen(line):
    assert any(is_impure(node) for node in ast.walk(ast.parse(line)))


def is_impure(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        return any(alias.name in IMPURE for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        return node.module in IMPURE
    if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"}:
        return ast.unparse(node.value) in {"datetime", "date", "datetime.datetime", "datetime.date"}
    return False


def test_no_file_is_longer_than_one_can_hold_in_mind():
    long = {
        place(path): n for path in modules() if (n := path.read_text(encoding="utf-8").count("\n")) > MAX_FILE_LINES
    }

    assert long == {}


def test_no_function_is_longer_than_a_screen():
    long = {}
    for path in modules():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > MAX_FUNCTION_LINES:
                    long[f"{place(path, node)} {node.name}"] = lines

    assert long == {}


def test_no_module_is_a_drawer():
    assert [place(path) for path in modules() if path.stem in NO_NAMES] == []


def test_a_package_file_says_what_the_room_is_for_and_gathers_nothing():
    gathering = [
        place(path)
        for path in modules()
        if path.name == "__init__.py" and path != ROOT / "server" / "__init__.py"
        for node in parsed(path).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    ]

    assert gathering == []
