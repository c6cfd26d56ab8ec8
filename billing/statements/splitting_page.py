"""The page on which a line of a statement is spread over several accounts."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.group_payments.forms import SpreadForm, paper_of
from billing.group_payments.pages import SpreadPage, spread
from billing.group_payments.parts import Part
from billing.models import GroupPayment, StatementLine
from billing.statements.splitting import split_statement_line
from office.money import yuan_text
from office.requests import actor_of


class SplitForm(SpreadForm):
    """The accounts that a line's money is for."""

    another = forms.BooleanField(label=_("已核对：相近日期的同额转账不是这一笔"), required=False)


def split_page(request: HttpRequest, line: StatementLine) -> HttpResponse:
    """Shows, previews and books the parts of a line; the caller has checked the permission."""

    def book(values: Mapping[str, Any], parts: Sequence[Part]) -> GroupPayment:
        paper = paper_of(values, line.received_fen)
        return split_statement_line(
            line,
            paper,
            parts,
            another=values["another"],
            by=actor_of(request),
            at=timezone.now(),
        )

    page = SpreadPage(
        title=_("到账分到多户"),
        back=reverse("admin:billing_statementline_change", args=[line.pk]),
        company_of=lambda values: line.company,
        amount_of=lambda values: line.received_fen,
        book=book,
        facts=(
            (_("金额（元）"), yuan_text(line.received_fen)),
            (_("日期"), line.day.isoformat()),
            (_("对方户名"), line.payer_name or "—"),
            (_("摘要"), line.remark or "—"),
            (_("银行流水号"), line.serial or "—"),
            (_("银行账户"), str(line.bank_account)),
        ),
    )
    form = (
        SplitForm(request.POST, request.FILES)
        if request.method == "POST"
        else SplitForm(initial={"payer_name": line.payer_name[:120]})
    )
    return spread(request, page, form)
