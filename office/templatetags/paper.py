"""Template tags of printed papers."""

from django import template
from django.utils.safestring import SafeString

from office.pdf.qr import qr_svg

register = template.Library()


@register.simple_tag
def qr(text: str) -> SafeString:
    """Renders the text as a QR code that fills its box."""
    return qr_svg(text)
