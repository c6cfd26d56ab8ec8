"""The addresses of accounts, payments and receipts, below `/api/v1/`."""

from django.urls import path

from billing.portal.api import accounts, payment_intents, receipts

urlpatterns = [
    path("accounts", accounts.AccountsView.as_view(), name="list_accounts"),
    path("accounts/<int:account_id>", accounts.AccountView.as_view(), name="show_account"),
    path("accounts/<int:account_id>/bills", accounts.AccountBillsView.as_view(), name="list_bills"),
    path(
        "payment-intents",
        payment_intents.PaymentIntentsView.as_view(),
        name="create_payment_intent",
    ),
    path(
        "payment-intents/<uuid:public_id>",
        payment_intents.PaymentIntentView.as_view(),
        name="show_payment_intent",
    ),
    path(
        "payment-intents/<uuid:public_id>/cancel",
        payment_intents.PaymentIntentCancelView.as_view(),
        name="cancel_payment_intent",
    ),
    path(
        "payment-intents/<uuid:public_id>/code.svg",
        payment_intents.PaymentIntentCodeView.as_view(),
        name="show_payment_code",
    ),
    path("receipts", receipts.ReceiptsView.as_view(), name="list_receipts"),
    path("receipts/<slug:number>/pdf", receipts.ReceiptPdfView.as_view(), name="download_receipt"),
]
