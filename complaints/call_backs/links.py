"""Sending the link of a call-back to the customer again."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from complaints.call_backs.operations import issue_call_back_link
from complaints.customer_messages import NEWS_LIFE, asking, tell
from complaints.models import CallBack
from office.actors import Actor
from office.refusals import Refused


@transaction.atomic
def send_call_back_link(call_back: CallBack, *, by: Actor, at: datetime) -> CallBack:
    """Sends the customer a new link, at most once a minute; the link sent before is revoked.

    The permission is the one for issuing a link.
    """
    secret = issue_call_back_link(call_back, by=by, at=at)
    cause = f"link:{call_back.ordinal}:{at:%Y%m%d%H%M}"
    if not tell(call_back.ticket, asking(call_back.ticket, secret), cause, NEWS_LIFE, at):
        raise Refused(
            "link_not_sent",
            _("没有可发短信的手机号，或一分钟内刚发过；请改为电话回访，或稍后再发。"),
        )
    return call_back
