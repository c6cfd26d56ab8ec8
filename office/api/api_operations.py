"""How an operation of the API says what it is: a summary, examples, the problems it can answer.

`heating/api_schema.py` adds to each what all operations share: sign-in, limits, unreadable bodies.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from drf_spectacular.utils import extend_schema

from office.language import Text

V = TypeVar("V", bound=Callable[..., Any])
OURS = "x-heating"


def described(
    operation_id: str,
    summary: Text,
    *,
    answers: Any = None,
    status: int = 200,
    example: Any = None,
    request: Any = None,
    request_example: Any = None,
    problems: Mapping[int, Sequence[str]] | None = None,
    limited: bool = True,
    **more: Any,
) -> Callable[[V], V]:
    """Decorates a view's method with its entry in the API document.

    `answers` is the serializer of the answer with `status`, or its content by media type for
    papers and pictures; `example` and `request_example` are JSON values as they travel.
    `problems` names the codes that this operation answers besides those that all share, by status.
    `limited` is False for the few that no rate limit counts.
    """
    responses = answers if isinstance(answers, Mapping) else {status: answers}
    own = {
        "example": example,
        "request_example": request_example,
        "problems": {str(number): list(codes) for number, codes in (problems or {}).items()},
        "limited": limited,
    }
    return extend_schema(
        operation_id=operation_id,
        summary=summary,
        # Otherwise the docstring, which is written for programmers of this house, would stand here.
        description=summary,
        request=request,
        responses=responses,
        extensions={OURS: own},
        **more,
    )
