"""Which records a person may choose among: forms, list filters and searches start from here."""

from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from office.models import Company, User
from office.requests import user_of


def visible_choices(model: type[Model], user: User) -> QuerySet[Any]:
    """Returns the rows of a model that the user may choose.

    Tables that belong to no company, such as roles, are returned whole.
    """
    rows: Any = model._default_manager.all()  # noqa: SLF001
    if hasattr(rows, "visible_to"):
        return rows.visible_to(user)  # type: ignore[no-any-return]
    if user.sees_every_company:
        return rows  # type: ignore[no-any-return]
    if model is Company:
        return rows.filter(pk__in=user.company_ids)  # type: ignore[no-any-return]
    if model is User:
        return rows.filter(companies__in=user.company_ids).distinct()  # type: ignore[no-any-return]
    return rows  # type: ignore[no-any-return]


def scoped_choices(db_field: Any, request: HttpRequest) -> dict[str, Any]:
    """Limits the choices of a foreign key to records that the user may see."""
    return {"queryset": visible_choices(db_field.remote_field.model, user_of(request))}
