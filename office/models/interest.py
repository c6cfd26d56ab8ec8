from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.models.organisation import Person
from office.models.user import User
from office.scope import CompanyScope


class InterestScene(models.TextChoices):
    """The four scenes in which an interest is declared."""

    RELATIVE = "relative", _("亲属在集团内任职")
    STAKE = "stake", _("本人或亲属在业务单位持股、任职")
    DEALING = "dealing", _("本人或亲属与集团有交易")
    OUTSIDE_WORK = "outside_work", _("本人在外兼职、经营")


class OwnInterests(CompanyScope["InterestDeclaration"]):
    """Declarations are visible to the declarant, and within their companies to those who may read
    them all.
    """

    def visible_to(self, user: User) -> Self:
        own = Q(declarant__user=user)
        if not user.has_perm("office.read_interests"):
            return self.filter(own)
        if user.sees_every_company:
            return self.all()
        return self.filter(own | Q(declarant__company__in=user.company_ids))


class InterestDeclaration(models.Model):
    """利益冲突申报: a relation or interest that a person has declared, from a first to a last day.

    It names a colleague (`related`), an outside partner (`party`), or both. Only its end is ever
    added; a wrong declaration is ended and made anew.
    """

    company_path = "declarant__company"

    declarant = models.ForeignKey(
        Person, on_delete=models.PROTECT, verbose_name=_("申报人"), related_name="interests"
    )
    scene = models.CharField(_("情形"), max_length=12, choices=InterestScene)
    related = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("相关同事"),
        related_name="+",
    )
    party = models.CharField(_("相关外部单位"), max_length=120, blank=True)
    detail = models.CharField(_("说明"), max_length=400)
    first_day = models.DateField(_("起始日期"))
    last_day = models.DateField(_("终止日期"), null=True, blank=True)
    end_reason = models.CharField(_("终止原因"), max_length=200, blank=True)
    declared_at = models.DateTimeField(_("申报时间"))
    entered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("经办"), related_name="+"
    )

    objects = OwnInterests.as_manager()

    class Meta:
        verbose_name = _("利益冲突申报")
        verbose_name_plural = pgettext_lazy("plural", "利益冲突申报")
        ordering = ["-pk"]
        permissions = [
            ("declare_interest", _("申报利益冲突")),
            ("end_interest", _("终止利益冲突申报")),
            ("enter_interest", _("代录利益冲突申报")),
            ("read_interests", _("查阅利益冲突申报")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(related__isnull=False) | ~Q(party=""),
                name="an_interest_names_somebody",
            ),
            models.CheckConstraint(
                condition=Q(related__isnull=True) | ~Q(related=F("declarant")),
                name="an_interest_is_in_somebody_else",
            ),
            models.CheckConstraint(
                condition=Q(last_day__isnull=True) | Q(last_day__gte=F("first_day")),
                name="an_interest_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.declarant.name} {self.get_scene_display()}"
