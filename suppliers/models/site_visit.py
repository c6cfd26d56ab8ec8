from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from suppliers.models.admission import Admission
from suppliers.states import SiteVisitState


class VisitItem(models.TextChoices):
    """The checklist of a site visit; the most points of each stand in `MOST_POINTS`."""

    BUSINESS_RECORD = "business_record", _("业绩与信誉")
    CAPACITY = "capacity", _("规模与产能")
    TECHNOLOGY = "technology", _("技术与设备")
    QUALITY = "quality", _("质量控制")
    DELIVERY = "delivery", _("交货能力")
    AFTER_SALES = "after_sales", _("售后服务")
    SAFETY = "safety", _("安全与环保")


# They sum to 100.
MOST_POINTS: dict[VisitItem, int] = {
    VisitItem.BUSINESS_RECORD: 10,
    VisitItem.CAPACITY: 15,
    VisitItem.TECHNOLOGY: 20,
    VisitItem.QUALITY: 20,
    VisitItem.DELIVERY: 15,
    VisitItem.AFTER_SALES: 10,
    VisitItem.SAFETY: 10,
}


class SiteVisit(models.Model):
    """供应商考察: a team goes to the supplier's site and to its users, and reports."""

    admission = models.ForeignKey(
        Admission, on_delete=models.PROTECT, verbose_name=_("供应商准入"), related_name="visits"
    )
    state = models.CharField(
        _("状态"), max_length=10, choices=SiteVisitState, default=SiteVisitState.PLANNED
    )
    place = models.CharField(_("地点"), max_length=120)
    planned_for = models.DateField(_("计划日期"))
    team = models.ManyToManyField("office.User", verbose_name=_("考察组"), related_name="+")
    planned_by = models.ForeignKey(
        "office.User", on_delete=models.PROTECT, verbose_name=_("安排人"), related_name="+"
    )
    planned_at = models.DateTimeField(_("安排时间"))
    visited_on = models.DateField(_("考察日期"), null=True, blank=True)
    conclusion = models.CharField(_("考察结论"), max_length=500, blank=True)
    reported_by = models.ForeignKey(
        "office.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("报告人"),
        related_name="+",
    )
    reported_at = models.DateTimeField(_("报告时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("供应商考察")
        verbose_name_plural = pgettext_lazy("plural", "供应商考察")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["admission"],
                condition=Q(state=SiteVisitState.PLANNED),
                name="one_site_visit_planned",
            )
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.planned_for}"

    @property
    def score(self) -> int:
        """The points of the checklist, out of 100."""
        return sum(finding.points for finding in self.findings.all())


class VisitFinding(models.Model):
    """考察项得分: one line of the checklist as the team found it. Append-only."""

    visit = models.ForeignKey(
        SiteVisit, on_delete=models.PROTECT, verbose_name=_("供应商考察"), related_name="findings"
    )
    item = models.CharField(_("考察项"), max_length=20, choices=VisitItem)
    points = models.PositiveSmallIntegerField(_("得分"))

    class Meta:
        verbose_name = _("考察项得分")
        verbose_name_plural = pgettext_lazy("plural", "考察项得分")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "item"], name="finding_once_per_visit"),
            models.CheckConstraint(condition=Q(points__lte=20), name="finding_points"),
        ]

    def __str__(self) -> str:
        return f"{self.get_item_display()} {self.points}"


class VisitedUser(models.Model):
    """走访用户: a user of the supplier's goods whom the team asked, and what they said.
    Append-only.
    """

    visit = models.ForeignKey(
        SiteVisit, on_delete=models.PROTECT, verbose_name=_("供应商考察"), related_name="users"
    )
    name = models.CharField(_("用户单位"), max_length=80)
    opinion = models.CharField(_("用户评价"), max_length=300)

    class Meta:
        verbose_name = _("走访用户")
        verbose_name_plural = pgettext_lazy("plural", "走访用户")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
