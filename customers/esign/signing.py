"""An electronic signature from the desk: each call of the service stands between transactions."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from customers.esign.operations import (
    ask_signature,
    open_request_of,
    record_esignature,
    record_placed_signing,
)
from customers.esign.service import SigningOrder, esign_service
from customers.models import ContractPaper, ContractSignature, SigningRequest
from customers.states import SigningRequestState
from office.actors import Actor
from office.refusals import Refused


def send_for_signature(
    paper: ContractPaper, signer: str, mobile: str, *, by: Actor, at: datetime
) -> SigningRequest:
    """Asks for an electronic signature and places it with the service.

    When the service does not answer, the request stays, and sending again places the same one.
    """
    service = esign_service()
    request = ask_signature(paper, signer, mobile, by=by, at=at)
    if request.state == SigningRequestState.PLACED:
        return request
    order = SigningOrder(
        key=str(request.key),
        title=f"{paper.template.title} {paper.number}",
        digest=request.digest,
        signer=request.signer,
        mobile=request.mobile,
    )
    return record_placed_signing(request, service.place(order), by=by, at=at)


def fetch_signature(paper: ContractPaper, *, by: Actor, at: datetime) -> ContractSignature:
    """Asks the service whether the paper is signed by now, and records the signature."""
    request = open_request_of(paper)
    if request is None or request.state != SigningRequestState.PLACED:
        raise Refused("signing_not_sent", _("还没有发送电子签署，请先发送。"))
    signed = esign_service().look(request.reference)
    if signed is None:
        raise Refused("not_signed_yet", _("签署人尚未签署，请稍后再查。"))
    return record_esignature(request, signed, by=by, at=at)
