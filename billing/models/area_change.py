from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.change_states import AreaChangeState
from billing.models.price_document import AreaBasis
from customers.models import Account, AreaLine
from office.models import Company, User
from office.scope import CompanyScope


class AreaChangeWay(models.TextChoices):
    """How a season charges an area that changes within it."""

    BY_DAYS = "by_days", _("按天数分段计费")
    SEASON_START = "season_start", _("按采暖季起始面积计费")


class AreaChangePolicy(models.Model):
    """面积变更计费办法: how seasons that begin from a day on charge changed areas. Append-only.

    Of several begun by the first day of a season, the latest holds for it; without any, the area
    at the start of the season is charged.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    effective_from = models.DateField(_("执行日期"))
    way = models.CharField(_("计费办法"), max_length=12, choices=AreaChangeWay)
    source = models.CharField(_("依据"), max_length=120)
    published_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("发布人"), related_name="+"
    )
    published_at = models.DateTimeField(_("发布时间"))

    objects = CompanyScope["AreaChangePolicy"].as_manager()

    class Meta:
        permissions = [
            ("publish_area_change_policy", _("发布面积变更计费办法")),
        ]
        verbose_name = _("面积变更计费办法")
        verbose_name_plural = pgettext_lazy("plural", "面积变更计费办法")
        ordering = ["company", "-effective_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "effective_from"], name="one_area_change_policy_per_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.effective_from} {self.get_way_display()}"


class AreaChange(models.Model):
    """面积变更单: new areas of one account or of many, from a day on, approved by others.

    The approval ends the old area lines, begins the new ones and issues the difference of bills
    that exist already: all of it or nothing.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    effective_from = models.DateField(_("变更起日"))
    due_on = models.DateField(_("补收缴费截止日"), null=True)
    reason = models.CharField(_("原因"), max_length=200)
    source = models.CharField(_("依据"), max_length=120)
    state = models.CharField(
        _("状态"), max_length=10, choices=AreaChangeState, default=AreaChangeState.DRAFTED
    )
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, verbose_name=_("起草人"), related_name="+"
    )
    created_at = models.DateTimeField(_("起草时间"))
    approved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("审核人"), related_name="+"
    )
    approved_at = models.DateTimeField(_("审核时间"), null=True)

    objects = CompanyScope["AreaChange"].as_manager()

    class Meta:
        permissions = [
            ("draft_area_change", _("起草面积变更")),
            ("approve_area_change", _("审核面积变更")),
            ("cancel_area_change", _("取消面积变更")),
        ]
        verbose_name = _("面积变更")
        verbose_name_plural = pgettext_lazy("plural", "面积变更")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("created_by")),
                name="area_change_approved_by_a_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.effective_from} #{self.pk}"


class AreaChangeLine(models.Model):
    """The new area of one area line, in m², and the difference of bills that follows, in fen.

    `difference_fen` is what was reckoned at the draft and, once approved, what was issued.
    """

    company_path = "change__company"

    change = models.ForeignKey(AreaChange, on_delete=models.PROTECT, related_name="lines")
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, verbose_name=_("户号"), related_name="area_changes"
    )
    area_line = models.ForeignKey(
        AreaLine, on_delete=models.PROTECT, verbose_name=_("原面积"), related_name="+"
    )
    basis = models.CharField(_("面积口径"), max_length=10, choices=AreaBasis)
    area = models.DecimalField(_("新面积"), max_digits=10, decimal_places=2)
    new_line = models.ForeignKey(
        AreaLine, on_delete=models.PROTECT, null=True, verbose_name=_("新面积"), related_name="+"
    )
    difference_fen = models.BigIntegerField(_("差额（分）"), default=0)

    objects = CompanyScope["AreaChangeLine"].as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("面积变更明细")
        verbose_name_plural = pgettext_lazy("plural", "面积变更明细")
        ordering = ["change", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["change", "area_line"], name="one_new_area_per_line_and_change"
            ),
            models.CheckConstraint(condition=Q(area__gt=0), name="new_area_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.area}"
