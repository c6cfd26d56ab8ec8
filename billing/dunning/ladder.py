"""The ladder of a company: what is done how many days after the due day."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import pairwise

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.models import DunningChannel, DunningStep
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.intake.cells import clean_text
from office.models import Company
from office.permissions import authorise
from office.refusals import Invalid, Refused


@dataclass(frozen=True)
class StepFacts:
    """A step: its number, from which day, after how many days, how, from which net debt in fen,
    the text for the customer, and the paper.
    """

    number: int
    effective_from: date
    days_after_due: int
    channel: DunningChannel
    text: str
    source: str
    least_fen: int = 0
    in_use: bool = True


@transaction.atomic
def publish_dunning_step(
    company: Company, facts: StepFacts, *, by: Actor, at: datetime
) -> DunningStep:
    """Says what a step of the ladder is from a day on, until the next row of its number.

    Raises `Invalid` for a day that has passed, a missing text or paper and days that are not above
    those of the step before, and `Refused` for a second row of one day.
    """
    authorise(by, "billing.publish_dunning_step", company)
    if facts.effective_from < business_date(at):
        raise Invalid("step_backdated", _("催缴阶梯不能追溯到今天以前，请改执行日期。"))
    if not (1 <= facts.number <= 20 and 1 <= facts.days_after_due <= 3_650):
        raise Invalid("step_wrong", _("级次须为 1 至 20，逾期天数须为 1 至 3650。"))
    if facts.least_fen < 0:
        raise Invalid("step_wrong", _("最低净欠费不能为负。"))
    if not (clean_text(facts.text) and clean_text(facts.source)):
        raise Invalid("text_missing", _("请填写内容和依据。"))
    # Two people may publish at once: the second waits for the company's row and sees the first.
    Company.objects.select_for_update(of=("self",), no_key=True).get(pk=company.pk)
    steps = DunningStep.objects.filter(company=company)
    if steps.filter(number=facts.number, effective_from=facts.effective_from).exists():
        raise Refused("step_taken", _("这一级在这一天已有规定，请改执行日期。"))
    if not _climbs(company, facts):
        raise Invalid("ladder_not_climbing", _("逾期天数须高于前一级、低于后一级，请核对。"))
    values = asdict(facts) | {"text": clean_text(facts.text), "source": clean_text(facts.source)}
    step = DunningStep.objects.create(
        company=company, **values, published_by=by.user, published_at=at
    )
    journal.record(
        "publish_dunning_step",
        step,
        by=by,
        at=at,
        number=step.number,
        effective_from=f"{step.effective_from}",
        channel=step.channel,
        days_after_due=step.days_after_due,
        source=step.source,
    )
    return step


def _climbs(company: Company, facts: StepFacts) -> bool:
    """Returns whether the days of the steps rise with their numbers, from the step's first day on.

    The ladder is another one on each later day on which a row that is published already begins.
    """
    published = DunningStep.objects.filter(company=company).order_by("effective_from")
    rows = [(row.effective_from, row.number, row.days_after_due, row.in_use) for row in published]
    rows.append((facts.effective_from, facts.number, facts.days_after_due, facts.in_use))
    begins = {start for start, *_row in rows if start >= facts.effective_from}
    return all(_rise(rows, day) for day in begins)


def _rise(rows: Sequence[tuple[date, int, int, bool]], day: date) -> bool:
    """Returns whether the steps in force on the day rise; a row is first day, number, days, use."""
    in_force = {
        number: days if in_use else None
        for start, number, days, in_use in sorted(rows)
        if start <= day
    }
    rising = [days for _number, days in sorted(in_force.items()) if days is not None]
    return all(low < high for low, high in pairwise(rising))
