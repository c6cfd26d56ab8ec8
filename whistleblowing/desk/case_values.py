"""What the forms of the case page bring, read and checked, each as the operation takes it."""

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from office.forms.day_field import DayField
from office.forms.yuan_field import YuanField
from office.models import Company
from office.refusals import Invalid, NotFound
from whistleblowing.findings.paper import Findings
from whistleblowing.models import Officer
from whistleblowing.process.operations import Interview
from whistleblowing.protection.operations import Protected


def colleague_of(values: QueryDict) -> Officer:
    """Returns the officer who was chosen; raises NotFound for none."""
    wanted = values.get("officer", "")
    officer = next((row for row in Officer.objects.all() if str(row.pk) == wanted), None)
    if officer is None:
        raise NotFound()
    return officer


def recipients_of(values: QueryDict) -> list[Officer]:
    """Returns the officers who were ticked."""
    wanted = set(values.getlist("recipients"))
    return [row for row in Officer.objects.select_related("user") if str(row.pk) in wanted]


def findings_of(values: QueryDict) -> Findings:
    """Returns what the investigation found."""
    return Findings(*(values.get(name, "") for name in ("conduct", "evidence", "proposal")))


def interview_of(values: QueryDict) -> Interview:
    """Returns an interview; refuses a day that is none."""
    try:
        day = DayField(label=_("谈话日期")).clean(values.get("day", ""))
    except ValidationError as error:
        raise Invalid("day_wrong", " ".join(error.messages)) from None
    return Interview(
        values.get("person", ""), day, values.get("present", ""), values.get("text", "")
    )


def amount_fen_of(values: QueryDict) -> int:
    """Returns the amount in fen; refuses what is none."""
    try:
        fen = YuanField(label=_("金额（元）")).clean(values.get("amount", ""))
    except ValidationError as error:
        raise Invalid("amount_wrong", " ".join(error.messages)) from None
    return int(fen or 0)


def company_of(values: QueryDict) -> Company:
    """Returns the company that pays; refuses none."""
    wanted = values.get("company", "")
    row = next((row for row in Company.objects.all() if str(row.pk) == wanted), None)
    if row is None:
        raise Invalid("company_missing", _("请选择兑付公司。"))
    return row


def protected_of(values: QueryDict) -> Protected:
    """Returns whom a watch is for."""
    return Protected(values.get("name", ""), values.get("role", ""), values.get("text", ""))


def number_of(values: QueryDict) -> int:
    """Returns the number of an entry; 0 for what is none."""
    typed = values.get("number", "")
    return int(typed) if typed.isdecimal() and len(typed) < 9 else 0
