"""What the page of findings reads from its address, and the one form of a step."""

from patrol.deadlines import RUNGS
from schemas.fields import Day, Identifier, Listed, OneOf, Prose, QueryCount, QueryFlag, Shape, Slug, Text
from schemas.finding import FindingQuery

SORTS = ("due", "recent")
#: As many rows as one page of the console shows at most.
LARGEST = 300


class FindingFilters(FindingQuery):
    """The filters of the list; `rung` is one of the ladder's."""

    team = Identifier()
    township = Text(80)
    q = Text(80)
    rung = OneOf(*RUNGS)
    repeated = QueryFlag()
    grave = QueryFlag()
    since = Day(data_key="from")
    until = Day()
    sort = OneOf(*SORTS, load_default="due")
    limit = QueryCount(1, LARGEST, load_default=50)


class StepForm(Shape):
    """Every field that any step asks for; which of them one step asks for is `patrol.finding_steps`'s to say.

    `clause`: standard and article of a confirmation in one value. `seen`: the steps that the page showed.
    """

    step = Slug(required=True)
    seen = Text(2000)
    handed_to = Text(80)
    answer = Text(20)
    reason = Prose(400)
    responsible = Text(80)
    measures = Prose(2000)
    funds = Text(200)
    deadline = Day()
    contingency = Prose(2000)
    fixed_by = Text(80)
    note = Prose(2000)
    until = Day()
    clause = Text(200)
    supervised_by = Text(80)
    document = Text(200)
    finding = Identifier()
    relation = Text(20)


class BulkForm(StepForm):
    """A step for several findings at once."""

    findings = Listed(Identifier(), longest=LARGEST, required=True)
    back = Text(2000)
