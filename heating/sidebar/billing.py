"""The sidebar's entries for prices and billing."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heating.sidebar.item import Group, Item

BILLING = Group(
    _("计费"),
    (
        Item(
            pgettext_lazy("plural", "出账批次"),
            "playlist_add_check",
            "billing_billingrun_changelist",
            ("billing.view_billingrun",),
        ),
        Item(
            pgettext_lazy("plural", "账单"),
            "request_quote",
            "billing_bill_changelist",
            ("billing.view_bill",),
        ),
        Item(
            pgettext_lazy("plural", "调整单"),
            "contract_edit",
            "billing_adjustment_changelist",
            ("billing.view_adjustment",),
        ),
        Item(
            pgettext_lazy("plural", "报停"),
            "mode_off_on",
            "billing_stopheat_changelist",
            ("billing.view_stopheat",),
        ),
        Item(
            pgettext_lazy("plural", "复热"),
            "restart_alt",
            "billing_resumption_changelist",
            ("billing.view_resumption",),
        ),
        Item(
            pgettext_lazy("plural", "报停办法"),
            "rule_settings",
            "billing_stopheatterms_changelist",
            ("billing.view_stopheatterms",),
        ),
        Item(
            pgettext_lazy("plural", "预存退款"),
            "currency_exchange",
            "billing_advancerefund_changelist",
            ("billing.view_advancerefund",),
        ),
        Item(
            pgettext_lazy("plural", "原路退款"),
            "undo",
            "billing_refundtosource_changelist",
            ("billing.view_refundtosource",),
        ),
        Item(
            pgettext_lazy("plural", "面积变更"),
            "square_foot",
            "billing_areachange_changelist",
            ("billing.view_areachange",),
        ),
        Item(
            pgettext_lazy("plural", "面积变更计费办法"),
            "rule",
            "billing_areachangepolicy_changelist",
            ("billing.view_areachangepolicy",),
        ),
        Item(
            pgettext_lazy("plural", "欠费账龄"),
            "hourglass_bottom",
            "billing_debtage_changelist",
            ("billing.view_debtage",),
        ),
        Item(
            pgettext_lazy("plural", "催缴批次"),
            "campaign",
            "billing_dunningrun_changelist",
            ("billing.view_dunningrun",),
        ),
        Item(
            pgettext_lazy("plural", "催缴记录"),
            "contact_phone",
            "billing_dunningnotice_changelist",
            ("billing.view_dunningnotice",),
            waits="dunning_tasks",
        ),
        Item(
            pgettext_lazy("plural", "催缴阶梯"),
            "stairs",
            "billing_dunningstep_changelist",
            ("billing.view_dunningstep",),
        ),
        Item(
            pgettext_lazy("plural", "暂缓催缴"),
            "do_not_disturb_on",
            "billing_dunninghold_changelist",
            ("billing.view_dunninghold",),
        ),
        Item(
            pgettext_lazy("plural", "分期缴费计划"),
            "calendar_month",
            "billing_instalmentplan_changelist",
            ("billing.view_instalmentplan",),
        ),
        Item(
            pgettext_lazy("plural", "热表"),
            "speed",
            "billing_meter_changelist",
            ("billing.view_meter",),
        ),
        Item(
            pgettext_lazy("plural", "热表读数"),
            "pin",
            "billing_meterreading_changelist",
            ("billing.view_meterreading",),
            waits="held_readings",
        ),
        Item(
            pgettext_lazy("plural", "热表读数核实限值"),
            "tune",
            "billing_meterreadinglimit_changelist",
            ("billing.view_meterreadinglimit",),
        ),
        Item(
            pgettext_lazy("plural", "违约金减免"),
            "money_off",
            "billing_latefeewaiver_changelist",
            ("billing.view_latefeewaiver",),
        ),
        Item(
            pgettext_lazy("plural", "违约金中止"),
            "pause_circle",
            "billing_latefeesuspension_changelist",
            ("billing.view_latefeesuspension",),
        ),
        Item(
            pgettext_lazy("plural", "违约金规则"),
            "percent",
            "billing_latefeerule_changelist",
            ("billing.view_latefeerule",),
        ),
        Item(
            pgettext_lazy("plural", "热价文件"),
            "gavel",
            "billing_pricedocument_changelist",
            ("billing.view_pricedocument",),
        ),
        Item(
            pgettext_lazy("plural", "热价类别"),
            "category",
            "customers_tariffcategory_changelist",
            ("customers.view_tariffcategory",),
        ),
        Item(
            pgettext_lazy("plural", "采暖季"),
            "mode_heat",
            "billing_heatingseason_changelist",
            ("billing.view_heatingseason",),
        ),
    ),
)
