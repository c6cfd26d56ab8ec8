"""Whole numbers that arrive as text: in addresses, query strings and hidden fields."""

LARGEST_KEY = 2**63 - 1
LAST_PAGE = 10_000


def read_number(text: str | None, *, largest: int = LARGEST_KEY) -> int | None:
    """Returns the number that the text writes in ASCII digits, or None for any other text.

    `²`, `１２`, `-1`, ` 1` and numbers above `largest` are no numbers here. A screen answers None
    as it answers the number of a record that does not exist.
    """
    # The length is checked first: int() of a very long text is slow.
    if not text or not text.isascii() or not text.isdigit() or len(text) > len(str(largest)):
        return None
    number = int(text)
    return number if number <= largest else None


def read_page(text: str | None) -> int:
    """Returns the page number that the text writes, counted from 1; anything else is page 1."""
    return read_number(text, largest=LAST_PAGE) or 1
