"""Amendments: what both parties change in a signed contract is a paper of its own."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.contract_papers.paper import CONTRACT_VALUES
from customers.contract_papers.papers import PaperFacts, draw_up_paper, refuse_unless_in_force
from customers.contract_papers.templates import template_in_force
from customers.models import ContractKind, ContractPaper
from office.actors import Actor
from office.calendar import business_date
from office.pdf.wording import one_line
from office.permissions import authorise
from office.refusals import Invalid

LONGEST = 300


@transaction.atomic
def amend_contract(
    paper: ContractPaper, change: str, from_day: date, *, by: Actor, at: datetime
) -> ContractPaper:
    """Draws up an amendment to a signed contract: what is agreed otherwise, from which day on.

    The contract itself is not touched; the amendment is signed like any contract paper.
    """
    authorise(by, "customers.draw_up_contract", paper.company)
    # Two clerks may amend at the same moment; the second draws up another amendment, knowingly.
    locked_paper = (
        ContractPaper.objects.select_for_update(of=("self",), no_key=True)
        .select_related("template", "company", "supply_contract")
        .get(pk=paper.pk)
    )
    refuse_unless_in_force(locked_paper)
    change = one_line(change)
    if not change:
        raise Invalid("change_missing", _("请写明变更的内容。"))
    if len(change) > LONGEST:
        raise Invalid("change_too_long", _("变更内容最多 %(most)s 个字。"), most=LONGEST)
    frozen = CONTRACT_VALUES.thaw(locked_paper.values)
    values = {value.name: value.text for value in frozen.values}
    template = template_in_force(locked_paper.company, ContractKind.AMENDMENT, business_date(at))
    return draw_up_paper(
        template,
        PaperFacts(
            company=locked_paper.company,
            party=locked_paper.party,
            values={
                "供热人": values.get("供热人", locked_paper.company.name),
                "用热人": locked_paper.party,
                "户号": values.get("户号", ""),
                "用热地址": values.get("用热地址") or values.get("项目地址", ""),
                "原合同编号": locked_paper.number,
                "约定日期": chinese_day(from_day),
                "变更内容": change,
            },
            supply_contract=locked_paper.supply_contract,
            amends=locked_paper,
        ),
        "amend_contract",
        by=by,
        at=at,
    )


def chinese_day(day: date) -> str:
    """Returns a day as contracts write it: 2026年11月1日."""
    return f"{day.year}年{day.month}月{day.day}日"
