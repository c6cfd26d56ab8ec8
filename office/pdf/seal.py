"""The picture of a round company seal, drawn as SVG: a ring, a star, the name along the ring."""

from math import cos, pi, sin

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

_SIDE = 200
_CENTRE = _SIDE / 2
_RED = "#c8161d"
_FONT = "WenQuanYi Micro Hei, Noto Sans CJK SC"


def seal_svg(company: str, purpose: str) -> SafeString:
    """Returns a seal that fills its box: the company's name along the upper arc, the purpose below
    the star.

    It is the picture of a seal and proves nothing: what proves a paper is its verification code.
    """
    return mark_safe(  # noqa: S308 - the texts are escaped
        f'<svg class="seal" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIDE} {_SIDE}"'
        ' width="100%" height="100%">'
        f'<circle cx="100" cy="100" r="95" fill="none" stroke="{_RED}" stroke-width="4.5"/>'
        f'<path d="{_star(100, 96, 30)}" fill="{_RED}"/>'
        f"{_along_the_ring(company)}"
        f'<text x="100" y="158" text-anchor="middle" fill="{_RED}" font-size="13"'
        f' font-family="{_FONT}">{escape(purpose)}</text>'
        "</svg>"
    )


def _along_the_ring(text: str) -> str:
    """Returns the characters evenly on the arc above the star, each turned to the centre."""
    # The arc opens downwards where the purpose stands.
    arc = min(1.36 * pi, 0.30 * len(text))
    size = min(23.0, 0.92 * arc * 76 / max(len(text), 1))
    step = arc / max(len(text) - 1, 1)
    letters = []
    for number, character in enumerate(text):
        angle = -arc / 2 + step * number if len(text) > 1 else 0.0
        x, y = _CENTRE + 76 * sin(angle), _CENTRE - 76 * cos(angle)
        turn = angle * 180 / pi
        letters.append(
            f'<text x="0" y="0" text-anchor="middle" fill="{_RED}" font-size="{size:.1f}"'
            f' font-family="{_FONT}" transform="translate({x:.2f} {y:.2f}) rotate({turn:.2f})">'
            f"{escape(character)}</text>"
        )
    return "".join(letters)


def _star(x: float, y: float, radius: float) -> str:
    points = []
    for number in range(10):
        reach = radius if number % 2 == 0 else radius * 0.382
        angle = pi * number / 5
        points.append(f"{x + reach * sin(angle):.2f} {y - reach * cos(angle):.2f}")
    return f"M{'L'.join(points)}Z"
