"""The screen of contract templates: drafting, a specimen as PDF, publishing by another person."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.contract_papers.forms import TemplateForm
from customers.contract_papers.kinds import KINDS
from customers.contract_papers.paper import TEMPLATE, layout_of, specimen_of
from customers.contract_papers.standard_wording import STANDARD
from customers.contract_papers.templates import (
    discard_contract_template,
    draft_contract_template,
    publish_contract_template,
)
from customers.models import ContractKind, ContractTemplate
from customers.states import CONTRACT_TEMPLATE
from office import journal
from office.calendar import business_date
from office.forms.typed_numbers import read_number
from office.lists.filters import CompanyFilter
from office.pdf import render_pdf
from office.requests import actor_of, user_of
from office.screens.form_page import form_page
from office.screens.pdf_answer import pdf_answer
from office.screens.records import RecordAdmin, Verb


@admin.register(ContractTemplate)
class ContractTemplateAdmin(RecordAdmin):
    workflow = CONTRACT_TEMPLATE
    record_page = "customers/contract_papers/contract_template.html"
    list_display = ["title", "kind", "version", "owner", "effective_from", "state", "published_at"]
    list_select_related = ["company"]
    list_filter = [CompanyFilter, "kind", "state"]
    verbs = (
        Verb(
            "publish_contract_template",
            _("发布"),
            "customers.publish_contract_template",
            lambda template, values, by, at: publish_contract_template(template, by=by, at=at),
            _("合同文本已发布，自启用日期起用于新合同。"),
            question=_("发布后不能修改，只能另立新版本；已拟订的合同不变。"),
            look="button-primary",
        ),
        Verb(
            "discard_contract_template",
            _("放弃"),
            "customers.draft_contract_template",
            lambda template, values, by, at: discard_contract_template(template, by=by, at=at),
            _("草稿已放弃。"),
            question=_("放弃后不能恢复。"),
            look="button-danger",
        ),
    )

    @admin.display(description=_("适用公司"))
    def owner(self, template: ContractTemplate) -> str:
        return str(template.company or _("全集团"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return user_of(request).has_perm("customers.draft_contract_template")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.specimen_view)
        return [
            path("<int:pk>/specimen/", view, name="customers_contracttemplate_specimen"),
            *super().get_urls(),
        ]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Drafts a template; the form begins with a model wording or with that of a version."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        user = user_of(request)
        if request.method == "POST":
            form = TemplateForm(user, request.POST)
        else:
            form = TemplateForm(user, initial=self._first_words(request))
        address = reverse("admin:customers_contracttemplate_add")
        return form_page(
            self,
            request,
            form,
            lambda values: draft_contract_template(
                TemplateForm.facts(dict(values)), by=actor_of(request), at=timezone.now()
            ),
            "customers/contract_papers/draft_contract_template.html",
            title=_("起草合同文本"),
            models=[
                (f"{address}?kind={kind.value}", kind.label, KINDS[kind].blanks)
                for kind in ContractKind
            ],
        )

    def _first_words(self, request: HttpRequest) -> dict[str, Any]:
        """Returns what the form begins with: a version that is to be changed, or a model."""
        begun: dict[str, Any] = {"effective_from": business_date(timezone.now())}
        pk = read_number(request.GET.get("version"))
        if pk is not None:
            version: ContractTemplate = self.record(request, pk)
            return begun | {
                "company": version.company_id,
                "kind": version.kind,
                "title": version.title,
                "term_years": version.term_years,
                "wording": version.wording,
            }
        asked_kind = request.GET.get("kind", "")
        kind = asked_kind if asked_kind in STANDARD else ContractKind.RESIDENT
        title, wording = STANDARD[kind]
        years = 3 if KINDS[kind].has_term else None
        return begun | {"kind": kind, "title": title, "wording": wording, "term_years": years}

    def record_context(self, request: HttpRequest, record: ContractTemplate) -> dict[str, Any]:
        add = reverse("admin:customers_contracttemplate_add")
        return {
            "title": str(record),
            "lines": layout_of(record).lines,
            "new_version": f"{add}?version={record.pk}" if self.has_add_permission(request) else "",
            "timeline": journal.timeline(record)[:30],
        }

    def specimen_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Shows the template as PDF with examples in its blanks, marked 样张."""
        template: ContractTemplate = self.record(request, pk)
        content = render_pdf(TEMPLATE, {"paper": specimen_of(template)})
        return pdf_answer(content, f"specimen-{template.kind}-{template.version}")
