"""Kinds of button that several steps of a connection share."""

from typing import Any

from django import forms

from customers.models import Connection
from office.screens.records import Verb


class OfferingVerb(Verb):
    """A button whose form offers what belongs to the record."""

    def empty_form(self, record: Connection) -> forms.Form:
        form: Any = self.form(auto_id=f"{self.name}_%s") if self.form else forms.Form()
        form.offer(record)
        return form  # type: ignore[no-any-return]

    def late_form(self, record: Connection, data: Any, files: Any) -> forms.Form:
        """Returns the sent form with the record's own choices, which it has in every state."""
        return self.sent_form(record, data, files)


def going_on(connection: Connection) -> bool:
    """Returns whether the connection is not on hold."""
    return connection.held_at is None
