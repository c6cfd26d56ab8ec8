"""The screens of bank statements: upload, preview, import; and of their lines: book, link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.models import BankStatement, StatementHeadings, StatementLine
from billing.statement_words import LineKind, MatchReason
from billing.statements.booking import book_statement_line, link_entered_payment
from billing.statements.entered import accounts_of
from billing.statements.forms import (
    COLUMN_LABELS,
    BookingForm,
    HeadingsForm,
    LinkForm,
    StatementForm,
)
from billing.statements.lists import (
    LineStateFilter,
    contract_of_number,
    is_waiting,
    payment_of_receipt,
    payments_for,
)
from billing.statements.operations import queue_statement, remember_headings
from billing.statements.splitting_page import split_page
from office.intake.notices import notice_sentences
from office.lists.filters import ChosenRecordFilter, CompanyFilter
from office.lists.list_columns import MoneyColumn, flag
from office.models import Job, JobState
from office.requests import actor_of, user_of
from office.screens.records import RecordAdmin, Verb, attempt

MAY_IMPORT = "billing.import_statement"
MAY_BOOK = "billing.book_statement_line"
_FAULTS = {
    "balance_gap": _("余额不衔接，可能缺行"),
    "opening_differs": _("期初余额与首笔不符"),
    "closing_differs": _("期末余额与末笔不符"),
    "no_balances": _("文件中没有余额，无法核对"),
}


def _import_again(statement: BankStatement, values: Any, by: Any, at: Any) -> Job:
    with statement.file.open("rb") as file:
        file.name = statement.file_name
        return queue_statement(statement.bank_account, file, dry_run=False, by=by, at=at)


@admin.register(BankStatement)
class BankStatementAdmin(RecordAdmin):
    record_page = "billing/statements/statement.html"
    list_display = [
        "file_name",
        "bank_account",
        "first_day",
        "last_day",
        "line_count",
        "new_count",
        flag("dry_run", _("仅预览")),
        "imported_by",
        "imported_at",
    ]
    list_select_related = ["bank_account", "imported_by"]
    list_filter = [CompanyFilter, "dry_run"]
    ordering = ["-pk"]
    verbs = (
        Verb(
            "import_statement",
            _("导入"),
            MAY_IMPORT,
            _import_again,
            _("已开始导入。"),
            question=_("新的明细将存入系统，尚不入账；此前已有的不会重复。"),
            look="button-primary",
            allowed=lambda statement: statement.dry_run and statement.report.get("sound", False),
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return user_of(request).has_perm(MAY_IMPORT)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Takes the uploaded statement and queues its preview."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        sent = (request.POST, request.FILES) if request.method == "POST" else ()
        form = StatementForm(user_of(request), *sent)
        if form.is_valid():
            values = form.cleaned_data
            job = attempt(
                request,
                lambda: queue_statement(
                    values["bank_account"],
                    values["file"],
                    dry_run=True,
                    by=actor_of(request),
                    at=timezone.now(),
                ),
            )
            if job is not None:
                return redirect("admin:billing_bankstatement_job", job.pk)
        return self.page(
            request,
            "billing/statements/import_statement.html",
            form=form,
            title=_("导入银行对账单"),
        )

    def record_context(self, request: HttpRequest, record: BankStatement) -> dict[str, Any]:
        report = record.report
        later = BankStatement.objects.visible_to(user_of(request)).filter(
            bank_account=record.bank_account, sha256=record.sha256, dry_run=False, pk__gt=record.pk
        )
        job = Job.objects.filter(
            kind="import_statement",
            company=record.company,
            key=f"import_statement:{record.bank_account_id}:{record.sha256}:False",
        )
        return {
            "title": record.file_name,
            "report": report,
            "notices": notice_sentences(report),
            "faults": [_FAULTS[fault] for fault in report.get("faults", [])],
            "rows": [_shown(row) for row in report.get("rows", [])],
            "headings": [
                (COLUMN_LABELS[key], heading) for key, heading in report.get("headings", {}).items()
            ],
            "imported": later.first() if record.dry_run else None,
            "job": job.order_by("-pk").first() if record.dry_run else None,
        }

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("job/<int:pk>/", wrap(self.job_view), name="billing_bankstatement_job"),
            path("headings/", wrap(self.headings_view), name="billing_bankstatement_headings"),
            *super().get_urls(),
        ]

    def job_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Shows the progress of the preview and redirects to its report once that is ready."""
        user = user_of(request)
        if not self.has_view_permission(request):
            raise PermissionDenied
        job = Job.objects.visible_to(user).filter(pk=pk, kind="import_statement").first()
        if job is None:
            raise Http404
        if job.state == JobState.DONE:
            statement = BankStatement.objects.visible_to(user).filter(job=job).first()
            if statement is not None:
                return redirect("admin:billing_bankstatement_change", statement.pk)
        return self.page(
            request, "billing/statements/import_job.html", job=job, title=_("导入银行对账单")
        )

    def headings_view(self, request: HttpRequest) -> HttpResponse:
        """Takes what a bank calls the columns, where the usual names do not fit."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        sent = (request.POST,) if request.method == "POST" else ()
        form = HeadingsForm(user_of(request), *sent)
        if form.is_valid():
            values = dict(form.cleaned_data)
            bank_account = values.pop("bank_account")
            remembered = attempt(
                request,
                lambda: remember_headings(
                    bank_account, values, by=actor_of(request), at=timezone.now()
                ),
                _("列名已登记，请重新上传对账单。"),
            )
            if remembered is not None:
                return redirect("admin:billing_bankstatement_add")
        remembered_rows = StatementHeadings.objects.visible_to(user_of(request)).select_related(
            "bank_account"
        )
        headings_by_account = [
            (
                row.bank_account,
                [(COLUMN_LABELS[key], "、".join(names)) for key, names in row.headings.items()],
            )
            for row in remembered_rows.order_by("bank_account")
        ]
        return self.page(
            request,
            "billing/statements/headings.html",
            form=form,
            remembered=headings_by_account,
            title=_("登记对账单列名"),
        )


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """Returns a line of the report with its words in the reader's language."""
    return {
        **row,
        "kind_label": LineKind(row["line_kind"]).label,
        "reason_label": MatchReason(row["reason"]).label,
    }


@dataclass(frozen=True)
class BookVerb(Verb):
    """The button that books a line, with the proposed account filled in."""

    def empty_form(self, record: StatementLine) -> forms.Form | None:
        number = record.matched_account.number if record.matched_account else ""
        if not number and len(record.suggested) == 1:
            number = record.suggested[0]
        return BookingForm(initial={"account_number": number}, auto_id="book_%s")


@dataclass(frozen=True)
class LinkVerb(Verb):
    """The button that names a transfer entered before, with the likeliest filled in."""

    def empty_form(self, record: StatementLine) -> forms.Form | None:
        receipts = [
            payment.receipt.number
            for payment in payments_for(record)
            if hasattr(payment, "receipt")
        ]
        return LinkForm(initial={"receipt": receipts[0] if receipts else ""}, auto_id="link_%s")


@admin.register(StatementLine)
class StatementLineAdmin(RecordAdmin):
    record_page = "billing/statements/line.html"
    list_display = [
        "day",
        "payer_name",
        "received",
        "paid",
        "remark",
        "match",
        "kind",
        "outcome",
    ]
    list_display_links = ["day"]
    list_select_related = [
        "matched_account",
        "booking__payment__contract__account",
        "booking__payment__group",
        *("booking__payment__connection", "reversal"),
    ]
    list_filter = [CompanyFilter, LineStateFilter, ("statement", ChosenRecordFilter), "day"]
    search_fields = ["serial__exact", "payer_name__exact"]
    search_help_text = _("完整的银行流水号或对方户名")
    ordering = ["-day", "-pk"]
    verbs = (
        BookVerb(
            "book_statement_line",
            _("入账"),
            MAY_BOOK,
            lambda line, values, by, at: book_statement_line(
                line,
                contract_of_number(line, values["account_number"]),
                another=values["another"],
                reason=values["reason"],
                by=by,
                at=at,
            ),
            _("已入账，收据已开具。"),
            form=BookingForm,
            question=_("整笔记入一个户号：先结清较早的欠费，其余转为预存。"),
            look="button-primary",
            allowed=is_waiting,
        ),
        LinkVerb(
            "link_entered_payment",
            _("关联已登记的转账"),
            MAY_BOOK,
            lambda line, values, by, at: link_entered_payment(
                line,
                payment_of_receipt(line, values["receipt"]),
                reason=values["reason"],
                by=by,
                at=at,
            ),
            _("已关联，没有重复入账。"),
            form=LinkForm,
            allowed=lambda line: is_waiting(line) and bool(payments_for(line)),
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                "<int:pk>/split_statement_line/",
                self.admin_site.admin_view(self.split_view),
                name="billing_statementline_split_statement_line",
            ),
            *super().get_urls(),
        ]

    def split_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Spreads the money of a line over several accounts: previews first, then books."""
        line = self.record(request, pk)
        if not user_of(request).has_perm(MAY_BOOK):
            raise PermissionDenied
        return split_page(request, line)

    def record_context(self, request: HttpRequest, record: StatementLine) -> dict[str, Any]:
        waiting = is_waiting(record)
        return {
            "title": f"{record.day} {record.payer_name}",
            "waiting": waiting,
            "may_split": waiting and user_of(request).has_perm(MAY_BOOK),
            "reversal": getattr(record, "reversal", None),
            "booking": getattr(record, "booking", None),
            "candidates": payments_for(record) if waiting else [],
        }

    received = MoneyColumn("received_fen", _("收入（元）"), hides_zero=True)
    paid = MoneyColumn("paid_fen", _("支出（元）"), hides_zero=True)

    @admin.display(description=_("匹配户号"))
    def match(self, line: StatementLine) -> str:
        return line.matched_account.number if line.matched_account else ""

    @admin.display(description=_("处理情况"))
    def outcome(self, line: StatementLine) -> str:
        if (booking := getattr(line, "booking", None)) is not None:
            return str(_("已入账 %(number)s") % {"number": accounts_of(booking.payment)})
        if getattr(line, "reversal", None) is not None:
            return str(_("已被冲正"))
        if line.kind != LineKind.RECEIVED:
            return ""
        return str(_("待入账") if line.matched_account_id else _("待认领"))
