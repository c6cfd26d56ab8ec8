"""The sidebar's entries for procurement."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heating.sidebar.item import Group, Item

PROCUREMENT = Group(
    _("采购与供应商"),
    (
        Item(
            pgettext_lazy("plural", "供应商"),
            "local_shipping",
            "suppliers_supplier_changelist",
            ("suppliers.view_supplier",),
        ),
        Item(
            _("准入进度"),
            "view_kanban",
            "supplier_admission_board",
            ("suppliers.view_admission",),
        ),
        Item(
            pgettext_lazy("plural", "供应商准入"),
            "how_to_reg",
            "suppliers_admission_changelist",
            ("suppliers.view_admission",),
        ),
        Item(
            pgettext_lazy("plural", "供货资格"),
            "verified",
            "suppliers_qualification_changelist",
            ("suppliers.view_qualification",),
        ),
        Item(
            pgettext_lazy("plural", "供应商黑名单"),
            "block",
            "suppliers_ban_changelist",
            ("suppliers.view_ban",),
            waits="bans_to_review",
        ),
        Item(
            _("供应商年度监督"),
            "monitoring",
            "supplier_watch",
            ("suppliers.view_recheck",),
        ),
        Item(
            pgettext_lazy("plural", "年度复查"),
            "event_repeat",
            "suppliers_recheck_changelist",
            ("suppliers.view_recheck",),
            "?state__exact=open",
            waits="rechecks",
        ),
        Item(
            pgettext_lazy("plural", "整改事项"),
            "build_circle",
            "suppliers_supplierissue_changelist",
            ("suppliers.view_supplierissue",),
        ),
        Item(
            pgettext_lazy("plural", "供应商活动"),
            "groups",
            "suppliers_supplieractivity_changelist",
            ("suppliers.view_supplieractivity",),
        ),
        Item(
            pgettext_lazy("plural", "询价采购"),
            "gavel",
            "suppliers_sourcing_changelist",
            ("suppliers.view_sourcing",),
            waits="offers_to_open",
        ),
        Item(
            pgettext_lazy("plural", "串标线索"),
            "flag",
            "suppliers_collusionlead_changelist",
            ("suppliers.view_collusionlead",),
            "?judgement=due",
            waits="leads_to_judge",
        ),
        Item(
            pgettext_lazy("plural", "供应商证照"),
            "workspace_premium",
            "suppliers_supplierpaper_changelist",
            ("suppliers.view_supplierpaper",),
            "?state__exact=handed_in",
        ),
        Item(
            pgettext_lazy("plural", "收款账户"),
            "account_balance",
            "suppliers_supplierbankaccount_changelist",
            ("suppliers.confirm_bank_account",),
            "?state__exact=proposed",
        ),
        Item(
            pgettext_lazy("plural", "采购订单"),
            "shopping_cart",
            "suppliers_supplyorder_changelist",
            ("suppliers.view_supplyorder",),
        ),
        Item(
            pgettext_lazy("plural", "到货记录"),
            "inventory_2",
            "suppliers_delivery_changelist",
            ("suppliers.view_delivery",),
        ),
        Item(
            pgettext_lazy("plural", "售后事项"),
            "handyman",
            "suppliers_aftersalescase_changelist",
            ("suppliers.view_aftersalescase",),
        ),
        Item(
            pgettext_lazy("plural", "施工验收评价"),
            "fact_check",
            "suppliers_evaluation_changelist",
            ("suppliers.view_evaluation",),
        ),
        Item(
            pgettext_lazy("plural", "欠薪扣款"),
            "money_off",
            "suppliers_wagededuction_changelist",
            ("suppliers.view_wagededuction",),
        ),
        Item(
            pgettext_lazy("plural", "供货清单导入"),
            "upload_file",
            "suppliers_supplylist_changelist",
            ("suppliers.view_supplylist",),
        ),
        Item(
            pgettext_lazy("plural", "年度评审"),
            "military_tech",
            "suppliers_ratingrun_changelist",
            ("suppliers.view_ratingrun",),
        ),
        Item(
            pgettext_lazy("plural", "供应商证书"),
            "card_membership",
            "suppliers_suppliercertificate_changelist",
            ("suppliers.view_suppliercertificate",),
        ),
        Item(
            pgettext_lazy("plural", "评审规则"),
            "balance",
            "suppliers_ratingrule_changelist",
            ("suppliers.view_ratingrule",),
        ),
        Item(
            pgettext_lazy("plural", "采购类别"),
            "category",
            "suppliers_supplycategory_changelist",
            ("suppliers.view_supplycategory",),
            waits="reserves",
        ),
        Item(
            pgettext_lazy("plural", "证照要求"),
            "rule",
            "suppliers_paperrequirement_changelist",
            ("suppliers.view_paperrequirement",),
        ),
        Item(
            pgettext_lazy("plural", "合同条款"),
            "gavel",
            "suppliers_contractterm_changelist",
            ("suppliers.view_contractterm",),
        ),
        Item(
            pgettext_lazy("plural", "优秀供应商优先规则"),
            "star",
            "suppliers_priorityrule_changelist",
            ("suppliers.view_priorityrule",),
        ),
        Item(
            pgettext_lazy("plural", "公共网络"),
            "lan",
            "suppliers_commonnetwork_changelist",
            ("suppliers.view_commonnetwork",),
        ),
    ),
)
