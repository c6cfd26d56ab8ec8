"""The repairer sees what the customer added to the report: photos and notes."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from complaints.dispatch.operations import assign_ticket
from complaints.models import Ticket
from complaints.tickets.classification import join_duplicate
from complaints.tickets.intake import open_ticket
from complaints.tickets.notes import add_note
from office.actors import Actor
from office.documents.operations import Upload, attach_customers_photo
from office.models import Document
from tests.builders import an_account
from tests.clock import present
from tests.service_desk import Desk, a_repair

JPEG = b"\xff\xd8\xff\xe0 photo"


CUSTOMER = Actor.customer("王秀英")


def a_photo(ticket: Ticket, name: str, *, content: bytes = JPEG) -> Document:
    return attach_customers_photo(
        ticket,
        Upload(name, SimpleUploadedFile(name, content)),
        company=ticket.company,
        kind="customer_photo",
        most=9,
        by=CUSTOMER,
        at=present(),
    )


@pytest.mark.django_db
def test_photos_and_notes_stand_on_the_visits_page(client: Client, desk: Desk) -> None:
    now = present()
    main, neighbour, other = (
        open_ticket(
            desk.company,
            a_repair(account=an_account(desk.company)),
            by=desk.agent,
            at=now - timedelta(minutes=20),
        )
        for _ in range(3)
    )
    join_duplicate(neighbour, main, by=desk.agent, at=now - timedelta(minutes=10))
    main.refresh_from_db()
    visit = assign_ticket(main, desk.crew, seen_version=main.version, by=desk.dispatcher, at=now)
    photo = a_photo(main, "room.jpg")
    neighbours_photo = a_photo(neighbour, "wall.jpg", content=JPEG + b"2")
    strange_photo = a_photo(other, "other.jpg", content=JPEG + b"3")
    add_note(main, "阀门在厨房", by=CUSTOMER, at=now)
    add_note(neighbour, "我家也漏水", by=CUSTOMER, at=now)
    add_note(other, "别家的事", by=CUSTOMER, at=now)
    assert desk.repairer.user is not None
    client.force_login(desk.repairer.user)
    page = client.get(reverse("crew_visit", args=[visit.pk])).content.decode()
    addresses = [
        reverse("admin:office_document_open", args=[document.pk])
        for document in (photo, neighbours_photo, strange_photo)
    ]
    shown = [f'<img src="{address}"' in page for address in addresses]
    assert shown == [True, True, False]
    words = ("阀门在厨房", "我家也漏水", f"· {neighbour.number}", "别家的事", f"· {main.number}")
    assert [word in page for word in words] == [True, True, True, False, False]
    for address, content in zip(addresses, (JPEG, JPEG + b"2"), strict=False):
        opened = client.get(address)
        assert (opened.status_code, opened.getvalue()) == (200, content)
