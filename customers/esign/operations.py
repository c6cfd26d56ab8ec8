"""Electronic signatures: asked for, placed with the service, recorded once they are proved."""

import hashlib
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.contract_papers.paper import TEMPLATE, printed_contract
from customers.contract_papers.papers import (
    SignatureFacts,
    lock_unsigned_paper,
    record_signature,
)
from customers.esign.service import PlacedOrder, SignedDocument
from customers.models import ContractPaper, ContractSignature, SigningRequest, SigningWay
from customers.states import SIGNING_REQUEST, SigningRequestState
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.identity import check_mobile
from office.intake.cells import clean_text
from office.pdf import render_pdf
from office.permissions import authorise
from office.refusals import Invalid, Refused


@transaction.atomic
def ask_signature(
    paper: ContractPaper, signer: str, mobile: str, *, by: Actor, at: datetime
) -> SigningRequest:
    """Writes down that a paper is to be signed electronically; the service is called afterwards.

    What is signed is the SHA-256 of the paper's PDF. While a request is open, the same one is
    returned, so that a second click asks for nothing new.
    """
    authorise(by, "customers.sign_contract", paper.company)
    if not clean_text(signer):
        raise Invalid("signer_missing", _("请填写签署人。"))
    try:
        number = check_mobile(mobile)
    except ValueError:
        raise Invalid("mobile_wrong", _("请填写签署人的 11 位手机号码。")) from None
    # Laid out before the lock: it takes a tenth of a second.
    content = render_pdf(TEMPLATE, {"paper": printed_contract(paper)})
    lock_unsigned_paper(paper)
    open_request = SigningRequest.objects.filter(paper=paper, state__in=_OPEN).first()
    if open_request is not None:
        return open_request
    request = SigningRequest.objects.create(
        paper=paper,
        key=uuid4(),
        signer=clean_text(signer),
        mobile=number,
        digest=hashlib.sha256(content).hexdigest(),
        asked_by=by.user,
        asked_at=at,
    )
    journal.record("ask_signature", paper, by=by, at=at, number=paper.number, signer=request.signer)
    return request


_OPEN = (SigningRequestState.ASKED, SigningRequestState.PLACED)


@transaction.atomic
def record_placed_signing(
    request: SigningRequest, placed: PlacedOrder, *, by: Actor, at: datetime
) -> SigningRequest:
    """Writes down the service's number and page of a request; the second answer is the first."""
    authorise(by, "customers.sign_contract", request.paper.company)
    locked_request = _lock(request)
    if locked_request.state == SigningRequestState.PLACED:
        return locked_request
    locked_request.state = SIGNING_REQUEST.next_state(locked_request.state, "record_placed_signing")
    locked_request.reference = placed.reference
    locked_request.page = placed.page
    locked_request.save(update_fields=["state", "reference", "page"])
    journal.record("record_placed_signing", request.paper, by=by, at=at, reference=placed.reference)
    return locked_request


@transaction.atomic
def record_esignature(
    request: SigningRequest, signed: SignedDocument, *, by: Actor, at: datetime
) -> ContractSignature:
    """Records a proved electronic signature. Raises `Refused` where another document was signed."""
    authorise(by, "customers.sign_contract", request.paper.company)
    lock_unsigned_paper(request.paper)
    locked_request = _lock(request)
    state = SIGNING_REQUEST.next_state(locked_request.state, "record_esignature")
    if signed.digest != locked_request.digest:
        raise Refused(
            "another_document_signed",
            _("平台上签署的不是这份合同的内容，没有登记；请取消后重新发起。"),
        )
    locked_request.state = state
    locked_request.save(update_fields=["state"])
    facts = SignatureFacts(
        signed.signer,
        business_date(signed.signed_at),
        reference=signed.reference,
        proof={
            "digest": signed.digest,
            "signed_at": signed.signed_at.isoformat(),
            "seal": signed.seal,
        },
    )
    return record_signature(request.paper, facts, SigningWay.ESIGN, by=by, at=at)


@transaction.atomic
def cancel_signing(request: SigningRequest, *, by: Actor, at: datetime) -> SigningRequest:
    """Gives a request up, so that the paper can be signed otherwise."""
    authorise(by, "customers.sign_contract", request.paper.company)
    locked_request = _lock(request)
    locked_request.state = SIGNING_REQUEST.next_state(locked_request.state, "cancel_signing")
    locked_request.save(update_fields=["state"])
    journal.record("cancel_signing", request.paper, by=by, at=at, reference=request.reference)
    return locked_request


def open_request_of(paper: ContractPaper) -> SigningRequest | None:
    """A step of screens and operations: returns the request that waits for its signature."""
    return SigningRequest.objects.filter(paper=paper, state__in=_OPEN).first()


def _lock(request: SigningRequest) -> SigningRequest:
    return SigningRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
