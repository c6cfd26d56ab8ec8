"""The template filter of pages from which papers are printed."""

from django import template

from office.pdf.drawable import undrawn

register = template.Library()
register.filter("undrawn", undrawn)
