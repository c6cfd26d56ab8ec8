"""One actor's walk over all addresses."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import unified_diff
from typing import Any
from urllib.parse import unquote

from django.db import connection, transaction

from tests.access.addresses import BY_SECRET, Address
from tests.access.requests import Site
from tests.access.table import SIGNS, sign
from tests.access.world import ALL_PERMISSIONS, World
from tests.builders import a_company

# No secrets of a record: tokens and keys of forms, the nonce of a page, clocks and durations.
_CHANCE = re.compile(
    r'(name="(csrfmiddlewaretoken|form_key)" value|name="csrf" content|nonce)="[^"]*"'
    r"|nonce-[\w+/=-]+|\d\d:\d\d:\d\d|\d+\.\d\d 秒"
)
# Anybody may choose among the names of all companies there.
NAMES_COMPANIES = ("report_new",)
_HIDDEN = {SIGNS[401], SIGNS[403], SIGNS[404]}
# Nobody has looked for the record yet when this is the answer.
_BEFORE_THE_RECORD = {SIGNS[401], SIGNS[405]}
_ID = re.compile(r"[\w-]{6,}|\d+")
_SIGN_IN = ("/login/?", "/sign-in?")
# Savepoints within a view end with it.
_READS = re.compile(r"SELECT\b.*\bFROM\b|SAVEPOINT\b|RELEASE\b|ROLLBACK\b", re.S)


@dataclass
class Walk:
    """What one actor was answered: the signs by route and method, sentences about leaks, and the
    exceptions of views by method and route.
    """

    signs: dict[tuple[str, str], str] = field(default_factory=dict)
    leaks: list[str] = field(default_factory=list)
    errors: list[tuple[str, str]] = field(default_factory=list)


class Walker:
    """Walks over all addresses as one actor after the other.

    Another company's record is asked for by everybody whose own record was looked for. That a
    record which does not exist is answered like it is asked once for each address and each pair of
    signs: two actors with the same pair came the same way through the view.
    """

    def __init__(self, addresses: list[Address], world: World, site: Site) -> None:
        self._addresses = addresses
        self._world = world
        self._site = site
        company = a_company("21")
        # What only a page that shows the other company's records contains.
        self._secrets = [company.name, company.short_name, world.other.phone]
        self._compared: set[tuple[Address, str, str]] = set()

    def walk(self, actor: str) -> Walk:
        """Asks every address as this actor; nothing that the requests wrote stays."""
        result = Walk()
        with transaction.atomic():
            self._as_built = transaction.savepoint()
            for address in self._addresses:
                for method in address.methods:
                    key = address.shown, method
                    if key in result.signs:
                        # Shared by many tables: the view is the same, and so is its permission.
                        continue
                    result.signs[key] = self._cell(actor, address, method, result)
                    result.errors += [(f"{method} /{key[0]}", error) for error in self._site.errors]
                    self._site.errors.clear()
            transaction.set_rollback(True)
        return result

    def _cell(self, actor: str, address: Address, method: str, result: Walk) -> str:
        carried = self._world.actors[actor]
        # Only one actor, who sees all there is, has the pages drawn: drawing is dear.
        self._site.drawing = actor == ALL_PERMISSIONS and method == "GET"
        own = self._own(address, method, carried)
        public = address.name in (*BY_SECRET, *NAMES_COMPANIES)
        if own.status_code == 200 and not public and not own.streaming:
            result.leaks += [
                f"{actor} {method} /{address.route} shows {secret}"
                for secret in self._secrets
                if secret.encode() in own.content
            ]
        if not address.of_company or _sign(own) in _BEFORE_THE_RECORD:
            return _sign(own)
        self._site.drawing = bool(address.search)
        path = address.complete(self._world.other)
        theirs = self._site.answer(method, path, carried)
        if address.hides and _sign(theirs) not in _HIDDEN:
            result.leaks.append(f"{actor} {method} /{address.route} opens another company's record")
        cell = sign(_sign(own), _sign(theirs))
        if (address, method, cell) not in self._compared:
            self._compared.add((address, method, cell))
            nowhere = address.complete(None)
            missing = self._site.answer(method, nowhere, carried)
            if difference := _difference(theirs, missing, (path, nowhere)):
                result.leaks.append(
                    f"{actor} {method} /{address.route} tells another company's record from none:"
                    f" {difference}"
                )
        return cell

    def _own(self, address: Address, method: str, carried: Mapping[str, Any]) -> Any:
        path = address.complete(self._world.own)
        if method == "GET":
            return self._site.answer(method, path, carried)
        written: list[str] = []
        with connection.execute_wrapper(_writes_into(written)):
            answer = self._site.answer(method, path, carried)
        if written or self._site.errors:
            # What was done to the record is undone, so that the next address meets it as built.
            transaction.savepoint_rollback(self._as_built)
            transaction.set_rollback(False)
        return answer


def _writes_into(written: list[str]) -> Callable[..., Any]:
    """Returns a wrapper of statements that keeps those which may change rows.

    A savepoint for each of ten thousand refusals, which only read, would cost a fifth of the walk.
    """

    def keep(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if not _READS.match(sql):
            written.append(sql)
        return execute(sql, *rest)

    return keep


def _sign(answer: Any) -> str:
    place = answer.headers.get("Location", "")
    if answer.status_code == 302 and any(part in place for part in _SIGN_IN):
        return SIGNS[401]
    return SIGNS.get(answer.status_code, str(answer.status_code))


def _difference(theirs: Any, missing: Any, paths: tuple[str, str]) -> str:
    """Returns where the answers differ, leaving out the addresses; empty where they are alike."""
    texts = {text for path in paths for text in (path, *_ID.findall(path))}
    any_text = "|".join(re.escape(text) for text in sorted(texts, key=len, reverse=True))
    of_address = re.compile(rf"(?<![\w-])({any_text})(?![\w-])")
    missing_text, other_text = (of_address.sub("", _seen(answer)) for answer in (missing, theirs))
    lines = unified_diff(missing_text.splitlines(), other_text.splitlines(), lineterm="", n=0)
    return " ".join(line[:200] for line in list(lines)[2:7])


def _seen(answer: Any) -> str:
    """Returns the answer's status, place and body without what differs by chance."""
    place = unquote(unquote(answer.headers.get("Location", "")))
    body = "" if answer.streaming else _CHANCE.sub("", answer.content.decode())
    return f"{answer.status_code} {place}\n{body}"
