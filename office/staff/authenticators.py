"""The authenticator that a member of staff has confirmed."""

from django_otp.plugins.otp_totp.models import TOTPDevice

from office.models import User


def device_of(person: User) -> TOTPDevice | None:
    """Returns the person's confirmed authenticator; nobody has two."""
    return TOTPDevice.objects.filter(user=person, confirmed=True).first()
