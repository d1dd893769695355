"""One decorator for every page and every action of the console: who may, what it takes, how a refused form comes back.

A page reads and changes nothing; an action changes something and then sends the browser to a page. Neither ever
writes past the services that the API uses.
"""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask import Blueprint, Response, make_response, request
from marshmallow import Schema

from patrol.errors import Conflict, DomainError, Invalid
from patrol.permissions import Verb
from server import clock, entrances
from server.auth import FORM_TYPES, permission, public
from server.calls import admit, asks_proof
from server.console import forms, once
from server.console.answers import done
from server.console.call import Call
from server.console.forms import FormRefused
from server.db import transaction
from server.http.headers import accepts
from server.services.attempts import TooManyAttempts
from server.services.second_factor import WrongCode
from server.services.sessions import ProofRequired, SecondFactorRequired
from server.services.sign_in import WrongCredentials

View = Callable[..., Any]
#: The name under which a registered view carries its promise.
PROMISE = "promise"
#: What a person can put right on the form itself; everything else is a page of its own.
_RIGHTABLE = (Invalid, Conflict, WrongCredentials, WrongCode, SecondFactorRequired, ProofRequired, TooManyAttempts)
#: Sentences that belong beside the field of the second factor, wherever it is asked for again.
_AT_PROOF = {ProofRequired.code: forms.PROOF_FIELD, WrongCode.code: forms.PROOF_FIELD}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a page promises: its permission or why it is open, and the filters that it reads from the address."""

    verb: Verb | None = None
    open_because: str = ""
    query: type[Schema] | None = None
    #: What a sign-in may still await on this page.
    unfinished: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What an action promises: its permission or why it is open, its form, and who shows a refused form again.

    `again` is a page that takes the same path arguments as the action; `at` says beside which field the sentence of
    an error's code belongs. `own_transactions`: the action opens its transactions itself, because it must do slow
    work between them.
    """

    verb: Verb | None = None
    open_because: str = ""
    form: type[Schema] | None = None
    again: View | None = None
    at: Mapping[str, str] = field(default_factory=dict)
    own_transactions: bool = False
    #: The second factor must have been given within the last minutes, or be given on the form (`parts.proof`): also
    #: where `second_factor.ASKED_AGAIN_FOR` does not name the permission.
    fresh_proof: bool = False
    #: Why it is not asked for although the permission is named there.
    proof_spared: str = ""
    #: It answers with a page of its own, whose secret is shown once; where a second sending leads, the action says to
    #: `once.remember`.
    shown_once: bool = False
    unfinished: frozenset[str] = frozenset()

    @property
    def asks_proof(self) -> bool:
        """Whether the second factor must be fresh."""
        return asks_proof(self.verb, always=self.fresh_proof, spared_because=self.proof_spared)


def page(blueprint: Blueprint, rule: str, promise: Page) -> Callable[[View], View]:
    """Register a view `(call, **path)` that reads. Gives the view itself back, so that an action can show it."""

    def register(view: View) -> View:
        def answer(call: Call, **path: str) -> Any:
            return view(replace(call, query=forms.read_query(promise.query)), **path)

        _add(blueprint, rule, "GET", _guarded(answer, view, promise), promise)
        # An action that shows this page again needs its filters' defaults.
        setattr(view, PROMISE, promise)
        return view

    return register


def action(blueprint: Blueprint, rule: str, promise: Action) -> Callable[[View], View]:
    """Register a view `(call, **path)` that changes something; it runs in one transaction and answers with `done`."""

    def register(view: View) -> View:
        def answer(call: Call, **path: str) -> Any:
            try:
                return _changed(view, call, promise, path)
            except (FormRefused, *_RIGHTABLE) as error:
                if promise.again is None:
                    raise
                return _again(promise, call, path, error)

        guarded = accepts(*FORM_TYPES)(_guarded(answer, view, promise))
        _add(blueprint, rule, "POST", guarded, promise)
        return view

    return register


def _changed(view: View, call: Call, promise: Action, path: Mapping[str, str]) -> Any:
    full = replace(call, form=forms.read_form(promise.form))
    if promise.asks_proof:
        require_proof(call)
    if promise.own_transactions:
        return view(full, **path)
    with transaction() as running:
        before = once.led_to(call)
        if before is not None:
            return done(before, "console.done.shown_before" if promise.shown_once else "console.done.before")
        answer = view(replace(full, transaction=running), **path)
        if isinstance(answer, Response) and answer.location:
            once.remember(call, answer.location)
        return answer


def require_proof(call: Call) -> None:
    """See that the second factor is fresh, or take it from the form. To be called outside a transaction.

    Raises ProofRequired, WrongCode.
    """
    entrances.prove(call.signed_in.session, request.form.get(forms.PROOF_FIELD), call.now)


def _again(promise: Action, call: Call, path: Mapping[str, str], error: FormRefused | DomainError) -> Response:
    """The page that the form stands on, with what was typed and what is wrong with it: nothing is typed twice."""
    assert promise.again is not None  # noqa: S101 - asked by the caller
    filters = getattr(promise.again, PROMISE, Page()).query
    errors = forms.errors_of(error, {**_AT_PROOF, **promise.at})
    shown = replace(call, query=forms.read_query(filters), errors=errors, given=forms.typed())
    response = make_response(promise.again(shown, **path))
    response.status_code = 409 if isinstance(error, Conflict) else 422
    return response


def _guarded(answer: View, view: View, promise: Page | Action) -> View:
    @functools.wraps(view)
    def guard(**path: str) -> Any:
        now = clock.now()
        caller = admit(promise.verb, promise.unfinished, now, reads=request.method != "POST")
        return answer(Call(now, caller), **path)

    return guard


def _add(blueprint: Blueprint, rule: str, method: str, view: View, promise: Page | Action) -> None:
    marked = public(promise.open_because)(view) if promise.verb is None else permission(promise.verb.value)(view)
    # What walks all the pages reads it.
    setattr(marked, PROMISE, promise)
    blueprint.add_url_rule(rule, endpoint=view.__name__, view_func=marked, methods=[method])
