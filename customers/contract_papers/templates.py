"""Contract templates: drafted by one person, published by another, never changed."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.contract_papers.kinds import KINDS
from customers.contract_papers.wording import check_wording
from customers.models import ContractKind, ContractTemplate
from customers.states import CONTRACT_TEMPLATE, ContractTemplateState
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.intake.cells import clean_text
from office.models import Company
from office.numbering import draw_numbers
from office.permissions import GROUP_RULE, authorise, authorise_whole_group
from office.refusals import Invalid, NotAllowed, Refused

MOST_YEARS = 20


@dataclass(frozen=True)
class TemplateFacts:
    """A template as it is drafted; without `company` it is for the whole group."""

    kind: ContractKind
    title: str
    wording: str
    effective_from: date
    company: Company | None = None
    term_years: int | None = None


@transaction.atomic
def draft_contract_template(facts: TemplateFacts, *, by: Actor, at: datetime) -> ContractTemplate:
    """Drafts a template; no contract is drawn up by it until another person has published it.

    Raises `Invalid` for a wording with unknown or missing blanks.
    """
    authorise(by, "customers.draft_contract_template", facts.company)
    authorise_whole_group(by, facts.company, GROUP_RULE)
    if by.user is None:
        raise NotAllowed()
    if not clean_text(facts.title):
        raise Invalid("title_missing", _("请填写合同标题。"))
    kind = KINDS[facts.kind]
    check_wording(facts.wording, kind)
    if kind.has_term and not 1 <= (facts.term_years or 0) <= MOST_YEARS:
        raise Invalid("term_wrong", _("请填写合同年限（1 至 %(most)s 年）。"), most=MOST_YEARS)
    owner = facts.company.code if facts.company else "group"
    template = ContractTemplate.objects.create(
        company=facts.company,
        kind=facts.kind,
        version=draw_numbers(f"contract_template:{owner}:{facts.kind}"),
        title=clean_text(facts.title),
        wording=facts.wording.strip(),
        term_years=facts.term_years if kind.has_term else None,
        effective_from=facts.effective_from,
        drafted_by=by.user,
        drafted_at=at,
    )
    journal.record("draft_contract_template", template, by=by, at=at, title=str(template))
    return template


@transaction.atomic
def publish_contract_template(
    template: ContractTemplate, *, by: Actor, at: datetime
) -> ContractTemplate:
    """Puts a template in force from its day on; never by who drafted it.

    Raises `Invalid` where that day has passed: contracts drawn up since stand by an older wording.
    """
    authorise(by, "customers.publish_contract_template", template.company)
    authorise_whole_group(by, template.company, GROUP_RULE)
    if by.user is None:
        raise NotAllowed()
    locked_template = _lock(template)
    state = CONTRACT_TEMPLATE.next_state(locked_template.state, "publish_contract_template")
    if locked_template.drafted_by_id == by.user.pk:
        raise NotAllowed(_("合同文本须由起草人以外的人发布。"))
    if locked_template.effective_from < business_date(at):
        raise Invalid(
            "effective_in_past",
            _("启用日期 %(day)s 已过，请放弃本稿并以今后的日期重新起草。"),
            day=locked_template.effective_from,
        )
    locked_template.state = state
    locked_template.published_by = by.user
    locked_template.published_at = at
    locked_template.save(update_fields=["state", "published_by", "published_at"])
    journal.record(
        "publish_contract_template", locked_template, by=by, at=at, title=str(locked_template)
    )
    return locked_template


@transaction.atomic
def discard_contract_template(
    template: ContractTemplate, *, by: Actor, at: datetime
) -> ContractTemplate:
    """Gives a draft up; its version number stays taken."""
    authorise(by, "customers.draft_contract_template", template.company)
    authorise_whole_group(by, template.company, GROUP_RULE)
    locked_template = _lock(template)
    locked_template.state = CONTRACT_TEMPLATE.next_state(
        locked_template.state, "discard_contract_template"
    )
    locked_template.save(update_fields=["state"])
    journal.record(
        "discard_contract_template", locked_template, by=by, at=at, title=str(locked_template)
    )
    return locked_template


def template_in_force(company: Company, kind: ContractKind, on: date) -> ContractTemplate:
    """Returns the template by which the company draws up contracts of a kind on a day.

    The company's own comes before the group's, then the later day, then the later version. Raises
    `Refused` where none is published.
    """
    template = (
        ContractTemplate.objects.filter(
            Q(company=company) | Q(company=None),
            kind=kind,
            state=ContractTemplateState.PUBLISHED,
            effective_from__lte=on,
        )
        .order_by(F("company").asc(nulls_last=True), "-effective_from", "-version")
        .first()
    )
    if template is None:
        raise Refused(
            "no_contract_template",
            _("%(kind)s没有已发布的合同文本，请先起草并由他人发布。"),
            kind=kind.label,
        )
    return template


def _lock(template: ContractTemplate) -> ContractTemplate:
    return ContractTemplate.objects.select_for_update(of=("self",)).get(pk=template.pk)
