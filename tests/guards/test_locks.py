"""The lock files are whole: every package pinned and hashed, no registry named."""

import re

import pytest

from tests.guards.tree import ROOT

LOCKS = ("requirements.txt", "requirements-build.txt", "requirements-dev.txt")


def requirements(text: str) -> list[str]:
    """One string a package, its hashes included."""
    joined = text.replace("\\\n", " ")
    return [line for line in joined.splitlines() if line and not line.lstrip().startswith("#")]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_and_hashed(lock):
    loose = [
        line.split()[0]
        for line in requirements((ROOT / lock).read_text(encoding="utf-8"))
        if not re.match(r"^[A-Za-z0-9._-]+(\[[a-z0-9,-]+\])?==\S+ .*--hash=sha256:[0-9a-f]{64}", line)
    ]

    assert loose == []


@pytest.mark.parametrize("lock", [*LOCKS, *(lock.replace(".txt", ".in") for lock in LOCKS)])
def test_no_lock_names_a_registry(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")

    assert re.findall(r"https?://|--(?:extra-)?index-url|--find-links|file:", text) == []


@pytest.mark.parametrize("name", ["requirements", "requirements-build", "requirements-dev"])
def test_every_wish_is_in_the_lock(name):
    wishes = [
        re.split(r"[\[~=<> ]", line)[0].lower()
        for line in (ROOT / f"{name}.in").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith(("#", "-"))
    ]
    locked = {re.split(r"[\[=]", line)[0] for line in requirements((ROOT / f"{name}.txt").read_text(encoding="utf-8"))}

    assert set(wishes) - locked == set()
