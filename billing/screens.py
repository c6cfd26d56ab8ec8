"""Pages of billing that belong to no table: the counter and the shift."""

from django.contrib.admin import AdminSite
from django.urls import URLPattern, path

from billing.counter import pages as counter
from billing.counter import reward_pages, shift_pages


def pages(site: AdminSite) -> list[URLPattern]:
    """Their addresses, each behind the staff's sign-in."""
    wrap = site.admin_view
    return [
        path("counter/", wrap(counter.counter), name="counter"),
        path("counter/open_shift/", wrap(shift_pages.open_shift_page), name="open_shift"),
        path("counter/close_shift/", wrap(shift_pages.close_shift_page), name="close_shift"),
        path("counter/pay_reward/", wrap(reward_pages.pay_reward_page), name="pay_reward"),
        path("counter/<int:pk>/", wrap(counter.till), name="counter_till"),
        path("counter/<int:pk>/take/", wrap(counter.take), name="counter_take"),
        path(
            "counter/<int:pk>/ask_large_payment/",
            wrap(counter.ask_large),
            name="counter_ask_large_payment",
        ),
        path(
            "counter/<int:pk>/close_online/",
            wrap(counter.close_online),
            name="counter_close_online",
        ),
        path("counter/payment/<int:pk>/", wrap(counter.done), name="counter_done"),
        path("counter/wechat/<int:pk>/", wrap(counter.wechat), name="counter_wechat"),
        path(
            "counter/wechat/<int:pk>/state/",
            wrap(counter.wechat_state),
            name="counter_wechat_state",
        ),
    ]
