"""Refusals: one exception with a stable code and a sentence on which a clerk can act."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from office.language import Text, in_chinese


class Refused(Exception):
    """An operation is refused; nothing has changed.

    `code` is stable and for machines. `sentence` tells what to do next, in the reader's language;
    `str()` is the Chinese sentence, for records. `_("户号 %(number)s …")` is filled in from the
    facts,
    a plain string stays as it is. `status` is the HTTP status of the API's answer.
    """

    def __init__(self, code: str, sentence: Text, *, status: int = 409, **facts: Any) -> None:
        self.code = code
        self.status = status
        self.facts = facts
        self._said = sentence
        with in_chinese():
            super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        sentence = str(self._said)
        return sentence % self.facts if isinstance(self._said, Promise) and self.facts else sentence


_NOT_ALLOWED = _("您没有办理此业务的权限。")
_NOT_FOUND = _("没有找到这条记录。")


class NotAllowed(Refused):
    """The actor may not do this here."""

    def __init__(self, sentence: Text = _NOT_ALLOWED, **facts: Any) -> None:
        super().__init__("not_allowed", sentence, status=403, **facts)


class NotFound(Refused):
    """The record does not exist or is out of the actor's scope; the answer is the same for both."""

    def __init__(self, sentence: Text = _NOT_FOUND, **facts: Any) -> None:
        super().__init__("not_found", sentence, status=404, **facts)


class Invalid(Refused):
    """A value that was entered cannot be right."""

    def __init__(self, code: str, sentence: Text, **facts: Any) -> None:
        super().__init__(code, sentence, status=422, **facts)
