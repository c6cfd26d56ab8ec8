from ipaddress import ip_network

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, IntegerChoices, Q, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.scope import CompanyScope
from office.tables.history import keep_history
from suppliers.models.sourcing import Sourcing
from suppliers.models.supplier import Supplier


class Signal(TextChoices):
    """What two or more bids may have in common; each has a rule and a file of its own."""

    SHARED_ADDRESS = "shared_address", _("同一网络地址")
    SHARED_DEVICE = "shared_device", _("同一台设备")
    SHARED_ACCOUNT = "shared_account", _("同一银行账户")
    SHARED_CONTACT = "shared_contact", _("同一联系方式")
    SAME_FILE = "same_file", _("同一份文件")
    SAME_AUTHOR = "same_author", _("同一文件作者")
    SAME_TEMPLATE = "same_template", _("同一文件模板")
    EQUAL_PRICES = "equal_prices", _("报价分毫不差")
    FIXED_RATIO = "fixed_ratio", _("报价成固定比例")
    ROTATION = "rotation", _("轮流中标")


class Strength(IntegerChoices):
    """How much a lead weighs for the person who judges it. No strength refuses anybody."""

    WEAK = 1, _("弱")
    MEDIUM = 2, _("中")
    STRONG = 3, _("强")


class LeadVerdict(TextChoices):
    """What a person concluded from a lead."""

    INNOCENT = "innocent", _("排除")
    CONFIRMED = "confirmed", _("属实")


class CollusionLead(models.Model):
    """串标线索: a sign that bids of a sourcing were agreed upon, judged by a person.

    Only the judgement changes, and only once; the machine refuses nobody.
    """

    company_path = "sourcing__company"

    sourcing = models.ForeignKey(
        Sourcing, on_delete=models.PROTECT, verbose_name=_("询价采购"), related_name="leads"
    )
    signal = models.CharField(_("信号"), max_length=16, choices=Signal)
    strength = models.PositiveSmallIntegerField(_("强度"), choices=Strength)
    suppliers = models.ManyToManyField(Supplier, verbose_name=_("供应商"), related_name="leads")
    evidence = models.CharField(_("依据"), max_length=500)
    found_at = models.DateTimeField(_("发现时间"))
    verdict = models.CharField(_("判断"), max_length=10, choices=LeadVerdict, blank=True)
    reason = models.CharField(_("判断理由"), max_length=400, blank=True)
    judged_by = models.ForeignKey(
        "office.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("判断人"),
        related_name="+",
    )
    judged_at = models.DateTimeField(_("判断时间"), null=True, blank=True)

    objects = CompanyScope["CollusionLead"].as_manager()

    class Meta:
        verbose_name = _("串标线索")
        verbose_name_plural = pgettext_lazy("plural", "串标线索")
        ordering = ["-pk"]
        permissions = [("judge_lead", _("判断串标线索"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict="", reason="", judged_by__isnull=True, judged_at__isnull=True)
                | (
                    ~Q(verdict="")
                    & ~Q(reason="")
                    & Q(judged_by__isnull=False, judged_at__isnull=False)
                ),
                name="lead_judged_with_a_reason",
            )
        ]

    def __str__(self) -> str:
        return f"{self.sourcing.number} {self.get_signal_display()}"


def check_network(text: str) -> None:
    """Raises ValidationError unless the text is a network in CIDR form."""
    try:
        ip_network(text)
    except ValueError as error:
        raise ValidationError(_("请填写网段，例如 203.0.113.0/24。")) from error


@keep_history()
class CommonNetwork(models.Model):
    """公共网络: a network from which honest bidders send too, as a purchasing hall's."""

    network = models.CharField(_("网段"), max_length=43, unique=True, validators=[check_network])
    name = models.CharField(_("名称"), max_length=80)
    starts = models.DateField(_("启用日期"))
    ends = models.DateField(_("停用日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("公共网络")
        verbose_name_plural = pgettext_lazy("plural", "公共网络")
        ordering = ["network"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")),
                name="common_network_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return f"{self.network} {self.name}"
