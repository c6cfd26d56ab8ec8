from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.models import Company
from office.scope import CompanyScope
from suppliers.models.category import SupplyCategory
from suppliers.models.supplier import Supplier
from suppliers.states import SourcingState


class Sourcing(models.Model):
    """询价采购: a company asks suppliers of a category for sealed offers and awards one of them.

    Offers that come at `offers_until` or later are late.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    number = models.CharField(_("编号"), max_length=24, unique=True)
    category = models.ForeignKey(
        SupplyCategory,
        on_delete=models.PROTECT,
        verbose_name=_("采购类别"),
        related_name="sourcings",
    )
    title = models.CharField(_("名称"), max_length=80)
    state = models.CharField(
        _("状态"), max_length=10, choices=SourcingState, default=SourcingState.DRAFT
    )
    offers_until = models.DateTimeField(_("报价截止"))
    requested_by = models.ForeignKey(
        "office.User", on_delete=models.PROTECT, verbose_name=_("发起人"), related_name="+"
    )
    requested_at = models.DateTimeField(_("发起时间"))
    exemption = models.CharField(_("豁免理由"), max_length=400, blank=True)
    exempted_by = models.ForeignKey(
        "office.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("豁免批准人"),
        related_name="+",
    )
    exempted_at = models.DateTimeField(_("豁免时间"), null=True, blank=True)
    unlocked_by = models.ForeignKey(
        "office.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("第一开启人"),
        related_name="+",
    )
    unlocked_at = models.DateTimeField(_("第一开启时间"), null=True, blank=True)
    opened_by = models.ForeignKey(
        "office.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("第二开启人"),
        related_name="+",
    )
    opened_at = models.DateTimeField(_("开启时间"), null=True, blank=True)
    award = models.ForeignKey(
        "suppliers.Offer",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("中选报价"),
        related_name="+",
    )
    award_reason = models.CharField(_("定标理由"), max_length=500, blank=True)
    # The contract terms of the category as they stood when the award was proposed
    # (`suppliers/sourcing/contract_terms.py`); what was awarded keeps them for ever.
    award_terms = models.JSONField(_("合同条款"), null=True, blank=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    remark = models.CharField(_("结束原因"), max_length=400, blank=True)
    # The key of the form that requested it; the same form sent again finds it.
    form_key = models.CharField(max_length=64, null=True, unique=True, editable=False)

    objects = CompanyScope["Sourcing"].as_manager()

    class Meta:
        verbose_name = _("询价采购")
        verbose_name_plural = pgettext_lazy("plural", "询价采购")
        ordering = ["-pk"]
        permissions = [
            ("request_sourcing", _("发起采购")),
            ("invite_suppliers", _("邀请供应商报价")),
            ("exempt_sourcing", _("批准少于三家的采购")),
            ("open_offers", _("开启报价")),
            ("propose_award", _("提出定标")),
            ("approve_award", _("批准定标")),
            ("call_off_sourcing", _("终止采购")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(exemption="", exempted_by__isnull=True, exempted_at__isnull=True)
                | (
                    ~Q(exemption="")
                    & Q(exempted_by__isnull=False, exempted_at__isnull=False)
                    & ~Q(exempted_by=F("requested_by"))
                ),
                name="sourcing_exempted_by_another",
            ),
            models.CheckConstraint(
                condition=Q(opened_by__isnull=True)
                | (Q(unlocked_by__isnull=False) & ~Q(opened_by=F("unlocked_by"))),
                name="sourcing_opened_by_two",
            ),
            models.CheckConstraint(
                condition=Q(unlocked_at__isnull=True) | Q(unlocked_at__gte=F("offers_until")),
                name="sourcing_opened_after_the_end",
            ),
            models.CheckConstraint(
                condition=Q(award__isnull=False, state__in=["proposed", "awarded"])
                | (Q(award__isnull=True) & ~Q(state__in=["proposed", "awarded"])),
                name="sourcing_award_named",
            ),
            models.CheckConstraint(
                condition=Q(award_terms__isnull=True) | Q(state__in=["proposed", "awarded"]),
                name="sourcing_terms_of_an_award",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "state", "offers_until"], name="sourcing_standing")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class SourcingItem(models.Model):
    """采购项目: what is asked for, and how much; `published_fen` is a price the buyer named."""

    company_path = "sourcing__company"

    sourcing = models.ForeignKey(
        Sourcing, on_delete=models.PROTECT, verbose_name=_("询价采购"), related_name="items"
    )
    line = models.PositiveSmallIntegerField(_("行号"))
    name = models.CharField(_("名称规格"), max_length=80)
    quantity = models.DecimalField(_("数量"), max_digits=14, decimal_places=3)
    unit = models.CharField(_("单位"), max_length=10)
    published_fen = models.BigIntegerField(_("公布单价（分，不含税）"), null=True, blank=True)

    class Meta:
        verbose_name = _("采购项目")
        verbose_name_plural = pgettext_lazy("plural", "采购项目")
        default_permissions = ()
        ordering = ["sourcing", "line"]
        constraints = [
            models.UniqueConstraint(fields=["sourcing", "line"], name="sourcing_item_line"),
            models.UniqueConstraint(fields=["sourcing", "name"], name="sourcing_item_name"),
            models.CheckConstraint(
                condition=Q(quantity__gt=Decimal(0)), name="sourcing_item_of_something"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Invitation(models.Model):
    """邀请: a supplier that was asked for an offer, by a link to a page of its own."""

    company_path = "sourcing__company"

    sourcing = models.ForeignKey(
        Sourcing, on_delete=models.PROTECT, verbose_name=_("询价采购"), related_name="invitations"
    )
    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, verbose_name=_("供应商"), related_name="invitations"
    )
    invited_by = models.ForeignKey(
        "office.User", on_delete=models.PROTECT, verbose_name=_("邀请人"), related_name="+"
    )
    invited_at = models.DateTimeField(_("邀请时间"))

    class Meta:
        verbose_name = _("邀请")
        verbose_name_plural = pgettext_lazy("plural", "邀请")
        default_permissions = ()
        ordering = ["sourcing", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["sourcing", "supplier"], name="sourcing_invited_once")
        ]

    def __str__(self) -> str:
        return f"{self.sourcing} · {self.supplier}"


class Offer(models.Model):
    """报价: what an invited supplier sent, sealed until two people open it. Append-only.

    A supplier that was given a new link may send another; the latest of them counts. `sealed`
    holds prices, terms, sender and files, encrypted (`office/sealing.py`).
    """

    company_path = "invitation__sourcing__company"

    invitation = models.ForeignKey(
        Invitation, on_delete=models.PROTECT, verbose_name=_("邀请"), related_name="offers"
    )
    received_at = models.DateTimeField(_("收到时间"))
    sealed = models.TextField(_("密封内容"))

    class Meta:
        verbose_name = _("报价")
        verbose_name_plural = pgettext_lazy("plural", "报价")
        default_permissions = ()
        ordering = ["invitation", "-pk"]

    def __str__(self) -> str:
        return str(self.invitation.supplier)


class OpenedOffer(models.Model):
    """开启的报价: the terms of an offer and traces of its sender, written at opening. Append-only.

    `vat_rate` is a share; `freight_fen` is what delivery of everything costs beyond the prices.
    `priority` is the share by which the comparison lowers the total of an excellent supplier, as
    the rule of the last day for offers says; `priority_reason` names the year and the rule.
    """

    company_path = "offer__invitation__sourcing__company"

    offer = models.OneToOneField(
        Offer, on_delete=models.PROTECT, verbose_name=_("报价"), related_name="opened"
    )
    with_tax = models.BooleanField(_("单价含税"))
    vat_rate = models.DecimalField(_("税率"), max_digits=5, decimal_places=4)
    freight_fen = models.BigIntegerField(_("另计运费（分，不含税）"))
    delivery_days = models.PositiveSmallIntegerField(_("交货天数"))
    contact = models.CharField(_("联系人"), max_length=40)
    phone = models.CharField(_("电话"), max_length=20)
    account_number = models.CharField(_("保证金账号"), max_length=30, blank=True)
    remark = models.CharField(_("说明"), max_length=400, blank=True)
    address = models.GenericIPAddressField(_("网络地址"), null=True)
    device = models.CharField(_("设备"), max_length=64, blank=True)
    priority = models.DecimalField(
        _("优先比例"), max_digits=5, decimal_places=4, default=Decimal(0), db_default=Decimal(0)
    )
    priority_reason = models.CharField(_("优先依据"), max_length=200, blank=True, db_default="")

    class Meta:
        verbose_name = _("开启的报价")
        verbose_name_plural = pgettext_lazy("plural", "开启的报价")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(vat_rate__gte=0, vat_rate__lt=1, freight_fen__gte=0),
                name="opened_offer_terms",
            ),
            models.CheckConstraint(
                condition=Q(priority=0, priority_reason="")
                | (Q(priority__gt=0, priority__lt=1) & ~Q(priority_reason="")),
                name="opened_offer_priority_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return str(self.offer)


class OfferPrice(models.Model):
    """单价: the price in fen a unit of one item of an opened offer. Append-only."""

    company_path = "opened__offer__invitation__sourcing__company"

    opened = models.ForeignKey(
        OpenedOffer, on_delete=models.PROTECT, verbose_name=_("报价"), related_name="prices"
    )
    item = models.ForeignKey(
        SourcingItem, on_delete=models.PROTECT, verbose_name=_("采购项目"), related_name="prices"
    )
    price_fen = models.BigIntegerField(_("单价（分）"))

    class Meta:
        verbose_name = _("单价")
        verbose_name_plural = pgettext_lazy("plural", "单价")
        default_permissions = ()
        ordering = ["opened", "item__line"]
        constraints = [
            models.UniqueConstraint(fields=["opened", "item"], name="priced_once"),
            models.CheckConstraint(condition=Q(price_fen__gt=0), name="price_of_offer"),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.price_fen}"


class OfferFile(models.Model):
    """报价文件: hash, author and template of a file of an opened offer. Append-only."""

    company_path = "opened__offer__invitation__sourcing__company"

    opened = models.ForeignKey(
        OpenedOffer, on_delete=models.PROTECT, verbose_name=_("报价"), related_name="files"
    )
    name = models.CharField(_("文件名"), max_length=120)
    sha256 = models.CharField(max_length=64)
    author = models.CharField(_("作者"), max_length=120, blank=True)
    template = models.CharField(_("模板"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("报价文件")
        verbose_name_plural = pgettext_lazy("plural", "报价文件")
        default_permissions = ()
        ordering = ["opened", "pk"]

    def __str__(self) -> str:
        return self.name
