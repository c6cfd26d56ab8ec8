"""Shares of officers' private keys with escrow holders, of whom two together can recover a key."""

from whistleblowing.keys.sealing import seal
from whistleblowing.keys.shares import split
from whistleblowing.models import EscrowShare, Officer

FEWEST_HOLDERS = 2


def escrow_holders(officer: Officer) -> list[Officer]:
    """Returns the holders who can have shares of the officer's key: others, with a key."""
    return list(
        Officer.objects.filter(holds_escrow=True, dismissed_at=None, keyed_at__isnull=False)
        .exclude(pk=officer.pk)
        .order_by("pk")
    )


def lay_shares(officer: Officer, private_key: bytes) -> bool:
    """Splits the private key among today's escrow holders; returns whether there are enough.

    A step of setting a passphrase and of unlocking; the caller holds the officer's lock. Shares
    that are with today's holders already stay.
    """
    holders = escrow_holders(officer)
    if len(holders) < FEWEST_HOLDERS:
        return False
    shares = EscrowShare.objects.filter(officer=officer)
    if set(shares.values_list("holder_id", flat=True)) == {holder.pk for holder in holders}:
        return True
    shares.delete()
    EscrowShare.objects.bulk_create(
        EscrowShare(
            officer=officer,
            holder=holder,
            number=share.number,
            sealed_share=seal(bytes(holder.public_key), share.points),
        )
        for holder, share in zip(holders, split(private_key, len(holders)), strict=True)
    )
    return True


def is_in_escrow(officer: Officer) -> bool:
    """Returns whether two holders could recover the officer's key."""
    return EscrowShare.objects.filter(officer=officer).count() >= FEWEST_HOLDERS
