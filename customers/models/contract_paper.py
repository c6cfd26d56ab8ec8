from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models.contract import SupplyContract
from customers.states import ContractTemplateState, SigningRequestState
from office.models import Company, Document
from office.scope import CompanyScope, GroupScope


class ContractKind(models.TextChoices):
    RESIDENT = "resident", _("居民供用热合同")
    BUSINESS = "business", _("非居民供用热合同")
    CONNECTION = "connection", _("供热入网合同")
    AMENDMENT = "amendment", _("补充协议")
    TRANSFER = "transfer", _("过户协议")
    ENDING = "ending", _("终止协议")


class SigningWay(models.TextChoices):
    PAPER = "paper", _("纸质签署")
    ESIGN = "esign", _("电子签署")


class ContractTemplate(models.Model):
    """合同文本: the wording of one kind of contract from a day on, for a company or the group.

    `wording` has one paragraph a line; `{用热人}` is a blank that is filled in when a contract is
    drawn up. `term_years` is how long such contracts last, where they have a term. A draft is
    published by another person; the wording never changes: a new one is another row.
    """

    company = models.ForeignKey(
        Company,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("公司"),
        related_name="+",
    )
    kind = models.CharField(_("种类"), max_length=12, choices=ContractKind)
    version = models.PositiveSmallIntegerField(_("版本"))
    state = models.CharField(
        _("状态"),
        max_length=10,
        choices=ContractTemplateState,
        default=ContractTemplateState.DRAFT,
    )
    title = models.CharField(_("标题"), max_length=40)
    wording = models.TextField(_("条款"))
    term_years = models.PositiveSmallIntegerField(_("合同年限"), null=True, blank=True)
    effective_from = models.DateField(_("启用日期"))
    drafted_by = models.ForeignKey(
        "office.User", on_delete=models.PROTECT, verbose_name=_("起草人"), related_name="+"
    )
    drafted_at = models.DateTimeField(_("起草时间"))
    published_by = models.ForeignKey(
        "office.User",
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("发布人"),
        related_name="+",
    )
    published_at = models.DateTimeField(_("发布时间"), null=True)

    objects = GroupScope["ContractTemplate"].as_manager()

    class Meta:
        verbose_name = _("合同文本")
        verbose_name_plural = pgettext_lazy("plural", "合同文本")
        ordering = ["-pk"]
        permissions = [
            ("draft_contract_template", _("起草合同文本")),
            ("publish_contract_template", _("发布合同文本")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "kind", "version"],
                nulls_distinct=False,
                name="one_contract_template_per_version",
            ),
            models.CheckConstraint(
                condition=Q(state=ContractTemplateState.PUBLISHED, published_by__isnull=False)
                & ~Q(published_by=F("drafted_by"))
                | ~Q(state=ContractTemplateState.PUBLISHED) & Q(published_by__isnull=True),
                name="contract_template_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} V{self.version}"


class ContractPaper(models.Model):
    """合同文书: one contract, amendment or other agreement as it was drawn up, with its own number.

    `values` are what stands in the blanks of the template, whose wording never changes: together
    they are the frozen text. `starts` and `ends` are the first and the last day of its term. The
    row only grows: that it was signed or revoked stands in rows of their own.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    template = models.ForeignKey(
        ContractTemplate,
        on_delete=models.PROTECT,
        verbose_name=_("合同文本"),
        related_name="papers",
    )
    kind = models.CharField(_("种类"), max_length=12, choices=ContractKind)
    number = models.CharField(_("编号"), max_length=32, unique=True)
    verification_code = models.CharField(_("查验码"), max_length=16, unique=True)
    party = models.CharField(_("乙方"), max_length=80)
    # Of supply contracts and what changes or ends them; None for a connection contract.
    supply_contract = models.ForeignKey(
        SupplyContract,
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("用热合同"),
        related_name="papers",
    )
    amends = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("所依据的合同"),
        related_name="amendments",
    )
    starts = models.DateField(_("起"), null=True)
    ends = models.DateField(_("止"), null=True)
    # Of papers that a renewal run drew up.
    renewal = models.ForeignKey(
        "customers.RenewalRun",
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("续签批次"),
        related_name="papers",
        db_index=False,
    )
    values = models.JSONField(_("填写内容"))
    drawn_on = models.DateField(_("拟订日期"))
    drawn_at = models.DateTimeField(_("拟订时间"))
    drawn_by = models.ForeignKey(
        "office.User",
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("拟订人"),
        related_name="+",
    )

    objects = CompanyScope["ContractPaper"].as_manager()

    class Meta:
        verbose_name = _("合同文书")
        verbose_name_plural = pgettext_lazy("plural", "合同文书")
        ordering = ["-pk"]
        permissions = [
            ("draw_up_contract", _("拟订合同")),
            ("sign_contract", _("登记签署")),
            ("print_contract", _("打印合同")),
            ("revoke_contract_paper", _("作废合同文书")),
        ]
        indexes = [
            models.Index(
                fields=["party"], opclasses=["text_pattern_ops"], name="contract_paper_party"
            ),
            models.Index(
                fields=["company", "ends"],
                condition=Q(ends__isnull=False),
                name="contract_paper_ends",
            ),
        ]
        constraints = [
            # Besides, what makes a renewal run go on after it was killed.
            models.UniqueConstraint(
                fields=["renewal", "supply_contract"],
                condition=Q(renewal__isnull=False),
                name="one_paper_per_renewal",
            ),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(starts__isnull=False, ends__gt=F("starts")),
                name="contract_paper_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(kind=ContractKind.CONNECTION, supply_contract__isnull=True)
                | Q(kind__in=[ContractKind.AMENDMENT])
                | ~Q(kind=ContractKind.CONNECTION) & Q(supply_contract__isnull=False),
                name="contract_paper_of_its_contract",
            ),
            models.CheckConstraint(
                condition=~Q(kind=ContractKind.AMENDMENT) | Q(amends__isnull=False),
                name="amendment_names_its_contract",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ContractSignature(models.Model):
    """签署记录: says who signed a contract paper, on which day and by which way; once per paper.

    A paper signature has the scan, an electronic one the number and the proof of its service.
    Append-only.
    """

    company_path = "paper__company"

    paper = models.OneToOneField(
        ContractPaper,
        on_delete=models.PROTECT,
        verbose_name=_("合同文书"),
        related_name="signature",
    )
    way = models.CharField(_("签署方式"), max_length=8, choices=SigningWay)
    signer = models.CharField(_("签署人"), max_length=80)
    signed_on = models.DateField(_("签署日期"))
    scan = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, verbose_name=_("扫描件"), related_name="+"
    )
    reference = models.CharField(_("电子签署编号"), max_length=64, blank=True)
    proof = models.JSONField(_("签署证明"), default=dict)
    recorded_by = models.ForeignKey(
        "office.User",
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("登记人"),
        related_name="+",
    )
    recorded_at = models.DateTimeField(_("登记时间"))

    class Meta:
        default_permissions = ()
        verbose_name = _("签署记录")
        verbose_name_plural = pgettext_lazy("plural", "签署记录")
        constraints = [
            models.CheckConstraint(
                condition=Q(way=SigningWay.PAPER, scan__isnull=False)
                | Q(way=SigningWay.ESIGN) & ~Q(reference=""),
                name="signature_has_its_proof",
            ),
            models.UniqueConstraint(
                fields=["reference"], condition=~Q(reference=""), name="one_signature_per_reference"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.signer} {self.signed_on}"


class SigningRequest(models.Model):
    """电子签署申请: a paper that its party is to sign with an e-sign service.

    `digest` is the SHA-256 of the paper's PDF, `key` what the service knows the order by,
    `reference` the service's own number.
    """

    company_path = "paper__company"

    paper = models.ForeignKey(
        ContractPaper,
        on_delete=models.PROTECT,
        verbose_name=_("合同文书"),
        related_name="signing_requests",
    )
    key = models.UUIDField(unique=True)
    state = models.CharField(
        _("状态"),
        max_length=10,
        choices=SigningRequestState,
        default=SigningRequestState.ASKED,
    )
    signer = models.CharField(_("签署人"), max_length=80)
    mobile = models.CharField(_("电话"), max_length=20)
    digest = models.CharField("SHA-256", max_length=64)
    reference = models.CharField(_("电子签署编号"), max_length=64, blank=True)
    page = models.CharField(_("签署页面"), max_length=300, blank=True)
    asked_by = models.ForeignKey(
        "office.User",
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("发起人"),
        related_name="+",
    )
    asked_at = models.DateTimeField(_("发起时间"))

    class Meta:
        default_permissions = ()
        verbose_name = _("电子签署申请")
        verbose_name_plural = pgettext_lazy("plural", "电子签署申请")
        constraints = [
            models.UniqueConstraint(
                fields=["paper"],
                condition=Q(state__in=[SigningRequestState.ASKED, SigningRequestState.PLACED]),
                name="one_open_signing_per_paper",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.paper} {self.signer}"
