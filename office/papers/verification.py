"""The public page of a numbered paper: anybody who has the code reads whether it is genuine."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from office.api.throttles import PerAddress
from office.papers.revocation import revocation_of
from office.public_pages import not_stored, too_busy

P = TypeVar("P", bound=models.Model)


def confirm_paper(
    request: HttpRequest,
    template: str,
    *,
    code: str,
    find: Callable[[str], P | None],
    facts: Callable[[P], Mapping[str, object]],
    throttle: PerAddress,
) -> HttpResponse:
    """Answers with the paper of this code, valid or revoked; 404 for an unknown code.

    `template` extends `office/papers/verification.html` and shows the `facts` of the paper that
    everybody may read. A revoked paper is answered with 200 too: it was issued.
    """
    if busy := too_busy(request, throttle, template):
        return busy
    context: dict[str, object] = {"code": code}
    paper = find(code)
    if paper is not None:
        context |= {"found": True, "revocation": revocation_of(paper), **facts(paper)}
    return not_stored(render(request, template, context, status=200 if paper else 404))
