from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeVar

from django.db import models
from django.db.models import Q

from office.scope import CompanyScope

if TYPE_CHECKING:
    from office.models import User

M = TypeVar("M", bound=models.Model)


class GroupScope(CompanyScope[M]):
    """Rows of a company, or of the whole group when they name none: those everybody sees."""

    def visible_to(self, user: User) -> Self:
        if user.sees_every_company:
            return self.all()
        path: str = getattr(self.model, "company_path", "company")
        return self.filter(Q(**{f"{path}__in": user.company_ids}) | Q(**{f"{path}__isnull": True}))
