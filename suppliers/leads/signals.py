"""Every rule for collusion leads, and all leads in a set of bids."""

from collections.abc import Mapping, Sequence

from suppliers.leads.bids import Bid, CommonGround, Lead, Rule
from suppliers.leads.equal_prices import equal_prices
from suppliers.leads.fixed_ratio import fixed_ratio
from suppliers.leads.rotation import rotation
from suppliers.leads.same_author import same_author
from suppliers.leads.same_file import same_file
from suppliers.leads.same_template import same_template
from suppliers.leads.shared_account import shared_account
from suppliers.leads.shared_address import shared_address
from suppliers.leads.shared_contact import shared_contact
from suppliers.leads.shared_device import shared_device
from suppliers.models import Signal

RULES: Mapping[Signal, Rule] = {
    Signal.SHARED_ADDRESS: shared_address,
    Signal.SHARED_DEVICE: shared_device,
    Signal.SHARED_ACCOUNT: shared_account,
    Signal.SHARED_CONTACT: shared_contact,
    Signal.SAME_FILE: same_file,
    Signal.SAME_AUTHOR: same_author,
    Signal.SAME_TEMPLATE: same_template,
    Signal.EQUAL_PRICES: equal_prices,
    Signal.FIXED_RATIO: fixed_ratio,
    Signal.ROTATION: rotation,
}


def find_leads(bids: Sequence[Bid], common: CommonGround) -> list[Lead]:
    """Returns the leads in these bids, one pass over them for each rule, in the rules' order."""
    return [lead for rule in RULES.values() for lead in rule(bids, common)]
