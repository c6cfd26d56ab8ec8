from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models.connection import Connection
from office.models import Document
from suppliers.models import Supplier


class ConnectionWorks(models.Model):
    """入网施工: what is built under a contract, from the kick-off to the acceptance."""

    company_path = "connection__company"

    connection = models.ForeignKey(
        Connection, on_delete=models.PROTECT, verbose_name=_("供热入网"), related_name="works"
    )
    contractor = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, verbose_name=_("施工单位"), related_name="+"
    )
    met_on = models.DateField(_("启动会日期"))
    materials = models.CharField(_("材料落实"), max_length=400)
    staff = models.CharField(_("人员落实"), max_length=400)
    minutes = models.CharField(_("会议纪要"), max_length=1000)
    begun_by = models.ForeignKey(
        "office.User", on_delete=models.PROTECT, verbose_name=_("召集人"), related_name="+"
    )
    begun_at = models.DateTimeField(_("启动时间"))
    score = models.DecimalField(
        _("验收得分"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    conclusion = models.CharField(_("验收结论"), max_length=500, blank=True)
    accepted_by = models.ForeignKey(
        "office.User",
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("验收人"),
        related_name="+",
    )
    accepted_at = models.DateTimeField(_("验收时间"), null=True)

    class Meta:
        verbose_name = _("入网施工")
        verbose_name_plural = pgettext_lazy("plural", "入网施工")
        default_permissions = ()
        ordering = ["connection", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    accepted_at__isnull=True,
                    accepted_by__isnull=True,
                    score__isnull=True,
                    conclusion="",
                )
                | (
                    Q(
                        accepted_at__isnull=False,
                        accepted_by__isnull=False,
                        score__gte=0,
                        score__lte=100,
                    )
                    & ~Q(conclusion="")
                ),
                name="works_accepted_whole",
            )
        ]

    def __str__(self) -> str:
        return f"{self.connection.number} {self.contractor}"


class WorksNode(models.TextChoices):
    """The nodes of construction that are inspected: before, during and after."""

    DRAWINGS = "drawings", _("事前：图纸会审")
    WELDERS = "welders", _("事前：焊工考试")
    TRENCH = "trench", _("事中：沟槽验收")
    PRESSURE = "pressure", _("事中：强度与严密性试压")
    INSULATION = "insulation", _("事中：保温补口")
    BACKFILL = "backfill", _("事后：回填压实")
    FLUSHING = "flushing", _("事后：管网冲洗")


class NodeInspection(models.Model):
    """节点检查: an inspection of a node. Append-only; the latest of a node counts."""

    company_path = "works__connection__company"

    works = models.ForeignKey(
        ConnectionWorks,
        on_delete=models.PROTECT,
        verbose_name=_("入网施工"),
        related_name="inspections",
    )
    node = models.CharField(_("节点"), max_length=12, choices=WorksNode)
    passed = models.BooleanField(_("合格"))
    note = models.CharField(_("检查情况"), max_length=400)
    inspected_by = models.ForeignKey(
        "office.User", on_delete=models.PROTECT, verbose_name=_("检查人"), related_name="+"
    )
    inspected_at = models.DateTimeField(_("检查时间"))

    class Meta:
        verbose_name = _("节点检查")
        verbose_name_plural = pgettext_lazy("plural", "节点检查")
        default_permissions = ()
        ordering = ["works", "pk"]

    def __str__(self) -> str:
        return self.get_node_display()


class WorksDefect(models.Model):
    """施工缺陷: what must be mended before the acceptance; closed by somebody who looked at it."""

    company_path = "works__connection__company"

    works = models.ForeignKey(
        ConnectionWorks,
        on_delete=models.PROTECT,
        verbose_name=_("入网施工"),
        related_name="defects",
    )
    text = models.CharField(_("缺陷"), max_length=300)
    due_on = models.DateField(_("整改期限"))
    found_by = models.ForeignKey(
        "office.User", on_delete=models.PROTECT, verbose_name=_("发现人"), related_name="+"
    )
    found_at = models.DateTimeField(_("发现时间"))
    remedy = models.CharField(_("整改情况"), max_length=300, blank=True)
    closed_by = models.ForeignKey(
        "office.User",
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("确认人"),
        related_name="+",
    )
    closed_at = models.DateTimeField(_("确认时间"), null=True)

    class Meta:
        verbose_name = _("施工缺陷")
        verbose_name_plural = pgettext_lazy("plural", "施工缺陷")
        default_permissions = ()
        ordering = ["works", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, remedy="")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(remedy="")),
                name="defect_closed_with_its_remedy",
            )
        ]

    def __str__(self) -> str:
        return self.text


class BuildingTable(models.Model):
    """楼栋表: the flats of a project as they were built, read from a list. Append-only; the latest
    counts, and only without `faults`.

    A row is [row of the list, building, unit, room, area, category, name, phone, station]; a fault
    is [row of the list, sentence].
    """

    company_path = "connection__company"

    connection = models.ForeignKey(
        Connection, on_delete=models.PROTECT, verbose_name=_("供热入网"), related_name="tables"
    )
    community = models.CharField(_("小区"), max_length=60)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, verbose_name=_("档案"), related_name="+"
    )
    rows = models.JSONField(_("行"))
    faults = models.JSONField(_("问题"))
    area = models.DecimalField(_("建筑面积合计（m²）"), max_digits=14, decimal_places=2)
    uploaded_by = models.ForeignKey(
        "office.User", on_delete=models.PROTECT, verbose_name=_("登记人"), related_name="+"
    )
    uploaded_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("楼栋表")
        verbose_name_plural = pgettext_lazy("plural", "楼栋表")
        default_permissions = ()
        ordering = ["connection", "-pk"]

    def __str__(self) -> str:
        return self.community

    @property
    def flats(self) -> int:
        """How many flats can be read."""
        return len(self.rows)


class HeatOn(models.Model):
    """通热: the flats of a connection became accounts, once. Append-only.

    The accounts have the numbers from the first to the last.
    """

    company_path = "connection__company"

    connection = models.OneToOneField(
        Connection, on_delete=models.PROTECT, verbose_name=_("供热入网"), related_name="heat_on"
    )
    table = models.OneToOneField(
        BuildingTable, on_delete=models.PROTECT, verbose_name=_("楼栋表"), related_name="heat_on"
    )
    first_day = models.DateField(_("首个供热日"))
    flats = models.PositiveIntegerField(_("户数"))
    area = models.DecimalField(_("建筑面积（m²）"), max_digits=14, decimal_places=2)
    first_number = models.CharField(_("起始户号"), max_length=20)
    last_number = models.CharField(_("终止户号"), max_length=20)
    by = models.ForeignKey(
        "office.User", on_delete=models.PROTECT, verbose_name=_("经办人"), related_name="+"
    )
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("通热")
        verbose_name_plural = pgettext_lazy("plural", "通热")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.connection.number} {self.first_day}"
