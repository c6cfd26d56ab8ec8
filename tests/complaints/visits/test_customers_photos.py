"""The repairer sees what the customer added to the report: photos and notes."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from complaints.dispatch.operations import assign_ticket
from complaints.tickets.intake import open_ticket
from complaints.tickets.notes import add_note
from office.actors import Actor
from office.documents.operations import Upload, attach_customers_photo
from tests.builders import an_account
from tests.clock import present
from tests.service_desk import Desk, a_repair

JPEG = b"\xff\xd8\xff\xe0 photo"


@pytest.mark.django_db
def test_photos_and_notes_stand_on_the_visits_page(client: Client, desk: Desk) -> None:
    now = present()
    report = a_repair(account=an_account(desk.company))
    ticket = open_ticket(desk.company, report, by=desk.agent, at=now - timedelta(minutes=20))
    visit = assign_ticket(ticket, desk.crew, seen_version=1, by=desk.dispatcher, at=now)
    customer = Actor.customer("王秀英")
    photo = attach_customers_photo(
        ticket,
        Upload("room.jpg", SimpleUploadedFile("room.jpg", JPEG)),
        company=desk.company,
        kind="customer_photo",
        most=9,
        by=customer,
        at=now,
    )
    add_note(ticket, "阀门在厨房", by=customer, at=now)
    assert desk.repairer.user is not None
    client.force_login(desk.repairer.user)
    page = client.get(reverse("crew_visit", args=[visit.pk])).content.decode()
    address = reverse("admin:office_document_open", args=[photo.pk])
    assert f'<img src="{address}" alt="room.jpg"' in page
    assert "阀门在厨房" in page
    opened = client.get(address)
    assert (opened.status_code, opened.getvalue()) == (200, JPEG)
