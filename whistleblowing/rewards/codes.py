"""The code by which a reward is paid: random, shown to the reporter only. Pure."""

import secrets

# Without what is easily mistaken for something else; 80 bits: nobody guesses one at a counter.
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_GROUPS, _GROUP = 4, 4


def new_code() -> str:
    """Returns a random code in groups, such as 7QK4-2MXA-PD9T-CH38."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)
