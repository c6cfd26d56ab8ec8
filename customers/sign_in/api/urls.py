"""The addresses of the sign-in, below `/api/v1/`."""

from django.urls import path

from customers.sign_in.api import sign_in

urlpatterns = [
    path("sign-in/codes", sign_in.SignInCodesView.as_view(), name="send_sign_in_code"),
    path("sign-in/wechat", sign_in.WechatSignInView.as_view(), name="sign_in_by_wechat"),
    path("sign-in", sign_in.SignInView.as_view(), name="sign_in"),
]
