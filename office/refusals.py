"""How the house says no: one exception, a stable code and a sentence a clerk can act on."""

from typing import Any


class Refused(Exception):
    """An operation that will not be done; nothing has changed.

    `code` is stable and for machines, `sentence` is Chinese and says what to do next,
    `facts` are shown beside it, `status` is the HTTP status an API answers with.
    """

    def __init__(self, code: str, sentence: str, *, status: int = 409, **facts: Any) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.status = status
        self.facts = facts


class NotAllowed(Refused):
    """The person may not do this here."""

    def __init__(self, sentence: str = "您没有办理此业务的权限。") -> None:
        super().__init__("not_allowed", sentence, status=403)


class NotFound(Refused):
    """It does not exist, or is not yours: the two are told apart by nobody."""

    def __init__(self, sentence: str = "没有找到这条记录。") -> None:
        super().__init__("not_found", sentence, status=404)


class Invalid(Refused):
    """What was entered cannot be right."""

    def __init__(self, code: str, sentence: str, **facts: Any) -> None:
        super().__init__(code, sentence, status=422, **facts)
