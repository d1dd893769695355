"""The demo's readings stand on the side of their limits that they are meant for, under every shipped edition."""

import random
from datetime import date

import pytest

from checklists.editions import Edition
from server.demo import answers
from server.demo.material import editions

DAY = date(2026, 11, 3)


@pytest.mark.parametrize("number", range(len(editions())))
@pytest.mark.parametrize(("make", "outcome"), [(answers.passing, "pass"), (answers.failing, "fail")])
def test_every_item_is_answered_as_meant_and_without_complaint(number, make, outcome):
    edition, dice = Edition(editions()[number]), random.Random(1)  # noqa: S311 - dice of a test
    for key, item in edition.items.items():
        for _ in range(20):
            answer = make(item, DAY, dice)
            judged = edition.judge(key, answer, DAY)

            assert (judged.outcome, judged.complaints) == (outcome, ()), (key, answer)


@pytest.mark.parametrize(("make", "outcome"), [(answers.unseen, "unseen"), (answers.not_applicable, "na")])
def test_what_is_not_judged_has_its_reason(make, outcome):
    answer = make(random.Random(1))  # noqa: S311 - dice of a test

    assert answer.outcome == outcome
    assert answer.reason
