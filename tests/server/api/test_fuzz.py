"""What nobody meant to send: no answer is a server's error, and every answer is as described."""

import pytest

from tests.server.api.fuzz import callers_of, campaign

EXAMPLES = 3


@pytest.mark.filterwarnings("ignore")  # the library's own
def test_no_request_breaks_the_server_or_the_description(made):
    with made.app_context():
        callers = callers_of(made, ("admin", "supervisor", "leader", "auditor"))
    sent, wrong = campaign(made, callers, EXAMPLES)
    assert wrong == []
    assert sent.total() > 2 * EXAMPLES * 40
    assert sent[401] < sent.total() / 10, "the campaign was not signed in"
    assert sum(count for status, count in sent.items() if status < 300) > sent.total() / 10
