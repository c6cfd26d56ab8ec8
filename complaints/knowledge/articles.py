"""The knowledge base as it is searched: by what is published, unless one writes it."""

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from complaints.models import Article, ArticleVersion
from complaints.states import ArticleState
from office.models import User

WRITERS = ("complaints.draft_article", "complaints.publish_article")


def writes_articles(user: User) -> bool:
    """Whether the person drafts or publishes, and so sees drafts too."""
    return any(user.has_perm(name) for name in WRITERS)


def readable_articles(articles: QuerySet[Article], user: User) -> QuerySet[Article]:
    """Each with its published version (`current`, `current_at`) and whether a draft waits."""
    published = ArticleVersion.objects.filter(
        article=OuterRef("pk"), state=ArticleState.PUBLISHED
    ).order_by("-ordinal")
    drafts = ArticleVersion.objects.filter(article=OuterRef("pk"), state=ArticleState.DRAFT)
    rows = articles.annotate(
        current=Subquery(published.values("ordinal")[:1]),
        current_at=Subquery(published.values("published_at")[:1]),
        drafted=Exists(drafts),
    )
    return rows if writes_articles(user) else rows.filter(current__isnull=False)


def search_articles(articles: QuerySet[Article], text: str) -> QuerySet[Article]:
    """Those in whose code, topic or published text every word occurs."""
    published = ArticleVersion.objects.filter(
        article=OuterRef("pk"), state=ArticleState.PUBLISHED
    ).order_by("-ordinal")
    found = articles.annotate(said=Subquery(published.values("text")[:1]))
    for word in text.split():
        found = found.filter(
            Q(code__icontains=word) | Q(topic__icontains=word) | Q(said__icontains=word)
        )
    return found
