"""Reads filters and forms strictly by a schema, and turns what is wrong with them into a sentence a field."""

from collections.abc import Mapping
from typing import Any

from flask import request
from marshmallow import EXCLUDE, Schema, ValidationError, fields
from werkzeug.datastructures import MultiDict

from patrol.errors import DomainError
from server.messages import text

#: Names that every form may carry beside its own fields.
CSRF_FIELD = "csrf_token"
PROOF_FIELD = "proof"
#: Tells this form on this page from every other, so that sending it twice does its thing once.
ONCE_FIELD = "once"
#: What is neither trimmed nor ever shown again.
_SECRET = frozenset({"password", "current"})
_OWN = frozenset({CSRF_FIELD, PROOF_FIELD, ONCE_FIELD})


class FormRefused(Exception):
    """Fields of a form are not as its schema says. `messages`: code by field."""

    def __init__(self, messages: Mapping[str, Any]) -> None:
        super().__init__(", ".join(messages))
        self.messages = messages


class FiltersRefused(FormRefused):
    """The address of a page carries filters that cannot be meant."""


def read_query(schema: type[Schema] | None) -> Mapping[str, Any]:
    """The page's filters; names that nobody knows are passed over. Raises FiltersRefused."""
    if schema is None:
        return {}
    try:
        return _loaded(schema(unknown=EXCLUDE), request.args)
    except ValidationError as error:
        raise FiltersRefused(_by_field(error)) from error


def read_form(schema: type[Schema] | None) -> Mapping[str, Any]:
    """The form's fields; an empty one counts as not given. Raises FormRefused."""
    if schema is None:
        return {}
    try:
        return _loaded(schema(), request.form)
    except ValidationError as error:
        raise FormRefused(_by_field(error)) from error


def typed() -> Mapping[str, str]:
    """What was typed, field by field, to be shown again; passwords and codes are typed anew."""
    return {name: value for name, value in request.form.items() if name not in _OWN | _SECRET}


def errors_of(error: FormRefused | DomainError, at: Mapping[str, str]) -> Mapping[str, str]:
    """A sentence a field; "" is about the whole form."""
    if isinstance(error, FormRefused):
        return {name: text(f"field.{_first(said)}") for name, said in error.messages.items()}
    return {at.get(error.code, ""): text(error.code, error.details)}


def _loaded(schema: Schema, given: MultiDict[str, str]) -> Mapping[str, Any]:
    values = {name: _value(schema, name, given) for name in given if name not in _OWN}
    loaded: Mapping[str, Any] = schema.load({name: value for name, value in values.items() if value not in ("", [])})
    return loaded


def _value(schema: Schema, name: str, given: MultiDict[str, str]) -> Any:
    if isinstance(schema.fields.get(name), fields.List):
        return [value for value in given.getlist(name) if value]
    # Browsers send line breaks of a text area as CR LF.
    value = given[name].replace("\r\n", "\n")
    return value if name in _SECRET else value.strip()


def _by_field(error: ValidationError) -> Mapping[str, Any]:
    messages = error.messages
    return messages if isinstance(messages, dict) else {"": messages}


def _first(said: Any) -> str:
    while not isinstance(said, str):
        said = next(iter(said.values())) if isinstance(said, Mapping) else said[0]
    return said
