"""Addresses of the procurement platform, below `/api/v1/`."""

from django.urls import path

from suppliers.platform import api

urlpatterns = [
    path("suppliers", api.PushSupplierView.as_view(), name="push_supplier"),
    path("suppliers/orders", api.PushOrderView.as_view(), name="push_order"),
    path("suppliers/offers", api.PushOfferView.as_view(), name="push_offer"),
    path("suppliers/deliveries", api.PushDeliveryView.as_view(), name="push_delivery"),
]
