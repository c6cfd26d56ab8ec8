"""Pages of customer service that belong to no table: intake, dispatch, figures."""

from django.contrib.admin import AdminSite
from django.urls import URLPattern, path

from complaints.calls import pages as ringing
from complaints.dispatch import pages as dispatch
from complaints.kpis import admin as kpis
from complaints.tickets import intake_pages as intake


def pages(site: AdminSite) -> list[URLPattern]:
    """Returns their addresses, each behind the staff's sign-in."""
    wrap = site.admin_view
    return [
        path("service/open_ticket/", wrap(intake.open_ticket_page), name="open_ticket"),
        path("service/ticket/<int:pk>/opened/", wrap(intake.ticket_opened), name="ticket_opened"),
        path("service/ringing/", wrap(ringing.ringing), name="ringing_calls"),
        path("dispatch/", wrap(dispatch.dispatch), name="dispatch"),
        path("dispatch/state/", wrap(dispatch.dispatch_state), name="dispatch_state"),
        path("dispatch/assign/", wrap(dispatch.assign), name="assign_ticket"),
        path("kpis/", wrap(kpis.kpis), name="kpis"),
        path("kpis/tickets/", wrap(kpis.kpi_tickets), name="kpi_tickets"),
        path("kpis/report.<str:form>", wrap(kpis.kpi_report), name="kpi_report"),
    ]
