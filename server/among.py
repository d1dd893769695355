"""Membership in a list that is one bound value, so that a statement's text is the same however long the list is."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, Boolean, ColumnElement, Dialect, Integer, String, TypeDecorator, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine


class _Listed(TypeDecorator[list[Any]]):
    """A list as one value: an array on PostgreSQL, JSON on SQLite."""

    impl = String
    cache_ok = True
    #: What the list is of.
    of: type[TypeEngine[Any]] = String

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The database's own."""
        return dialect.type_descriptor(String() if dialect.name == "sqlite" else ARRAY(self.of()))

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> Any:
        """As the driver takes it."""
        if value is None:
            return None
        return json.dumps(list(value)) if dialect.name == "sqlite" else list(value)


class Texts(_Listed):
    """A list of texts."""

    cache_ok = True


class Numbers(_Listed):
    """A list of whole numbers."""

    cache_ok = True
    of = Integer


class _Among(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True


def among(column: Any, name: str, of: type[_Listed] = Texts) -> ColumnElement[bool]:
    """Whether `column` is one of those that are bound as `name`."""
    return _Among(column, bindparam(name, type_=of()))


@compiles(_Among, "postgresql")
def _array(element: _Among, compiler: SQLCompiler, **kw: Any) -> str:
    column, texts = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"{column} = ANY ({texts})"


@compiles(_Among, "sqlite")
def _json(element: _Among, compiler: SQLCompiler, **kw: Any) -> str:
    column, texts = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({texts}))"  # noqa: S608 - compiled clauses, no values
