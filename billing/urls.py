"""Public addresses of billing: the callback of WeChat Pay, the proof of a receipt, own pages."""

from django.urls import path

from billing.payments import views as receipts
from billing.portal import customer_pages
from billing.wechat.notify import wechat_notify

urlpatterns = [
    path("wechatpay/notify", wechat_notify, name="wechat_notify"),
    path("verify/<slug:code>", receipts.verify_receipt, name="verify_receipt"),
    path("my/", customer_pages.accounts, name="my_accounts"),
    path("my/sign-in", customer_pages.sign_in, name="my_sign_in"),
    path("my/accounts/<int:account_id>", customer_pages.bills, name="my_bills"),
    path("my/payments/<uuid:public_id>", customer_pages.payment, name="my_payment"),
    path("my/receipts", customer_pages.receipts, name="my_receipts"),
]
