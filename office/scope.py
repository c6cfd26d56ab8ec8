"""Company scope: the rows that a person may see at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import models

if TYPE_CHECKING:
    from office.models.user import User

M = TypeVar("M", bound=models.Model)


class CompanyScope(models.QuerySet[M]):
    """A queryset whose `visible_to` limits it to the companies of a user.

    A model without a company column of its own names the way to it in `company_path`.
    """

    def visible_to(self, user: User) -> Self:
        if user.sees_every_company:
            return self.all()
        path: str = getattr(self.model, "company_path", "company")
        # An IN over the companies, never a join: no duplicated rows, one index condition.
        condition: dict[str, Any] = {f"{path}__in": user.company_ids}
        return self.filter(**condition)


class GroupScope(CompanyScope[M]):
    """Rows of a company, or of the whole group when they name none: everybody sees those."""

    def visible_to(self, user: User) -> Self:
        if user.sees_every_company:
            return self.all()
        path: str = getattr(self.model, "company_path", "company")
        own = models.Q(**{f"{path}__in": user.company_ids})
        return self.filter(own | models.Q(**{f"{path}__isnull": True}))
