"""What every refusal looks like: RFC 9457 problem details with a stable code."""

from schemas.fields import Count, Facts, Listed, Nested, Shape, Text


class FieldProblem(Shape):
    """One mistake in the request: where (JSON pointer, or the name of a query parameter) and which."""

    pointer = Text(required=True)
    code = Text(required=True)
    detail = Text(required=True)


class Problem(Shape):
    """application/problem+json; `code` is what a client switches on, `detail` what a person reads."""

    type = Text(required=True)
    title = Text(required=True)
    status = Count(100, 599, required=True)
    code = Text(required=True)
    detail = Text()
    details = Facts()
    errors = Listed(Nested(FieldProblem))
    correlation_id = Text()
