"""`/api/v1/receipts`: the customer's own receipts, as a list and as PDF."""

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from billing.bills.papers import receipt_paper
from billing.portal.api import examples
from billing.portal.api.serializers import ReceiptPageSerializer
from billing.portal.own_records import PAGE, own_receipt, own_receipts
from customers.sign_in.authentication import signed_in
from customers.sign_in.throttles import PerCustomer
from office.api.api_operations import described
from office.api.paging import PageQuerySerializer
from office.papers.revocation import revocation_of
from office.pdf import render_pdf


class ReceiptsView(APIView):
    throttle_classes = [PerCustomer]
    throttle_scope = "read"

    @described(
        "list_receipts",
        _("我的收据，新的在前。"),
        answers=ReceiptPageSerializer,
        example=examples.RECEIPTS,
        parameters=[PageQuerySerializer],
    )
    def get(self, request: Request) -> Response:
        query = PageQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        page = query.validated_data["page"]
        start = (page - 1) * PAGE
        receipts = list(own_receipts(signed_in(request))[start : start + PAGE + 1])
        answer = {
            "receipts": receipts[:PAGE],
            "next_page": page + 1 if len(receipts) > PAGE else None,
        }
        return Response(ReceiptPageSerializer(answer).data)


class ReceiptPdfView(APIView):
    throttle_classes = [PerCustomer]
    throttle_scope = "paper"

    @described(
        "download_receipt",
        _("收据 PDF，与柜台开具的相同。"),
        answers={(200, "application/pdf"): OpenApiTypes.BINARY},
        example=examples.PDF,
    )
    def get(self, request: Request, number: str) -> HttpResponse:
        receipt = own_receipt(signed_in(request), number)
        paper = receipt_paper(receipt.paper, revoked=revocation_of(receipt) is not None)
        content = render_pdf("billing/payments/receipt.html", {"paper": paper})
        answer = HttpResponse(content, content_type="application/pdf")
        answer.headers["Content-Disposition"] = f'inline; filename="receipt-{receipt.number}.pdf"'
        answer.headers["Cache-Control"] = "private, no-store"
        return answer
