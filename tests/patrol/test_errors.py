from datetime import date

import pytest

from patrol.contracts import ContractOverlap
from patrol.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound


@pytest.mark.parametrize(
    ("family", "code"),
    [
        (Invalid, "invalid"),
        (NotAllowed, "not_allowed"),
        (NotFound, "not_found"),
        (Conflict, "conflict"),
    ],
)
def test_a_family_without_a_code_has_its_own(family, code):
    assert family().code == code


def test_a_given_code_and_the_facts_are_what_an_error_carries():
    error = Conflict("visit_sealed", visit="v1")
    assert (error.code, error.details) == ("visit_sealed", {"visit": "v1"})
    assert str(error) == "visit_sealed(visit=v1)"


def test_a_leaf_has_its_code_and_its_family():
    error = ContractOverlap(mine="m1")
    assert error.code == "contract_overlap"
    assert isinstance(error, Conflict)
    assert isinstance(error, DomainError)


def test_dates_in_the_facts_become_text_that_json_can_say():
    assert Invalid("late", day=date(2026, 1, 2)).details == {"day": "2026-01-02"}
