"""Bids of one sourcing that came from one network address: weak, since the law names no address."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Network, ip_address, ip_network

from suppliers.leads.bids import Bid, CommonGround, Lead, shared_values
from suppliers.models import Signal, Strength

# Customers of one carrier share these (RFC 6598), so that they say nothing about an office.
_CARRIER = ip_network("100.64.0.0/10")


def shared_address(bids: Sequence[Bid], common: CommonGround) -> list[Lead]:
    """Returns a lead for each address from which several suppliers of one sourcing sent.

    An IPv6 address counts by its /64, which is one connection. Addresses of a purchasing hall, of
    a carrier's shared range and those that are not public are left out.
    """
    networks = [_CARRIER, *(ip_network(network) for network in common.networks)]

    def places(bid: Bid) -> Iterable[str]:
        for text in bid.addresses:
            address = ip_address(text)
            if not address.is_global or any(address in network for network in networks):
                continue
            yield (
                str(address)
                if isinstance(address, IPv4Address)
                else str(IPv6Network((address, 64), strict=False))
            )

    return shared_values(bids, places, Signal.SHARED_ADDRESS, Strength.WEAK)
