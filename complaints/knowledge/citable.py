"""Versions that answers may cite: the published ones of the company and of the group."""

import re

from django.db.models import Q, QuerySet

from complaints.models import ArticleVersion, Ticket
from complaints.states import ArticleState

MOST_CITABLE = 500
_CHOSEN = re.compile(r"(\S+)(?: v([0-9]{1,4}))?(?: .*)?")


def citable_versions(ticket: Ticket) -> QuerySet[ArticleVersion]:
    """Returns the latest published version of each article, by code."""
    published = _published(ticket)
    latest = published.order_by("article_id", "-ordinal").distinct("article_id").values("pk")
    return (
        ArticleVersion.objects.filter(pk__in=latest)
        .select_related("article")
        .order_by("article__code")[:MOST_CITABLE]
    )


def citable_version(ticket: Ticket, typed: str) -> ArticleVersion | None:
    """Returns the version named by "ZS-01 v2 主题" or by a code alone; None if there is none."""
    match = _CHOSEN.fullmatch(typed.strip())
    if match is None:
        return None
    code, ordinal = match.groups()
    versions = _published(ticket).filter(article__code=code)
    if ordinal is not None:
        versions = versions.filter(ordinal=int(ordinal))
    return versions.select_related("article").order_by("-ordinal").first()


def _published(ticket: Ticket) -> QuerySet[ArticleVersion]:
    return ArticleVersion.objects.filter(
        Q(article__company=ticket.company_id) | Q(article__company__isnull=True),
        state=ArticleState.PUBLISHED,
    )
