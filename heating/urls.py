"""All addresses of the site."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import TemplateView

urlpatterns = [
    path("", TemplateView.as_view(template_name="heating/front_door.html"), name="front_door"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("heating.api")),
    path("", include("customers.urls")),
    path("", include("billing.urls")),
    path("", include("complaints.urls")),
    path("", include("suppliers.urls")),
    path("", include("whistleblowing.urls")),
]
