"""How the house says no: one exception, a stable code and a sentence a clerk can act on."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from office.language import Text, in_chinese


class Refused(Exception):
    """An operation that will not be done; nothing has changed.

    `code` is stable and for machines. `sentence` says what to do next, in the language of
    whoever reads it; `str()` is the Chinese one, for records. `_("户号 %(number)s …")` is filled
    in from the facts, a plain string is said as it stands. `status` is the HTTP status an API
    answers with.
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
        said = str(self._said)
        return said % self.facts if isinstance(self._said, Promise) and self.facts else said


_NOT_ALLOWED = _("您没有办理此业务的权限。")
_NOT_FOUND = _("没有找到这条记录。")


class NotAllowed(Refused):
    """The person may not do this here."""

    def __init__(self, sentence: Text = _NOT_ALLOWED) -> None:
        super().__init__("not_allowed", sentence, status=403)


class NotFound(Refused):
    """It does not exist, or is not yours: the two are told apart by nobody."""

    def __init__(self, sentence: Text = _NOT_FOUND, **facts: Any) -> None:
        super().__init__("not_found", sentence, status=404, **facts)


class Invalid(Refused):
    """What was entered cannot be right."""

    def __init__(self, code: str, sentence: Text, **facts: Any) -> None:
        super().__init__(code, sentence, status=422, **facts)
