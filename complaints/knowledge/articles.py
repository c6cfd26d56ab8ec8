"""Search of the knowledge base: published versions, and for authors drafts too."""

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from complaints.models import Article, ArticleVersion
from complaints.states import ArticleState
from office.models import User

WRITERS = ("complaints.draft_article", "complaints.publish_article")


def writes_articles(user: User) -> bool:
    """Returns whether the user drafts or publishes, and so sees drafts too."""
    return any(user.has_perm(name) for name in WRITERS)


def readable_articles(articles: QuerySet[Article], user: User) -> QuerySet[Article]:
    """Returns articles with the published version (`current`, `current_at`) and a flag for
    drafts.
    """
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
    """Returns the articles whose code, topic or published text contains every word."""
    published = ArticleVersion.objects.filter(
        article=OuterRef("pk"), state=ArticleState.PUBLISHED
    ).order_by("-ordinal")
    matching = articles.annotate(published_text=Subquery(published.values("text")[:1]))
    for word in text.split():
        matching = matching.filter(
            Q(code__icontains=word) | Q(topic__icontains=word) | Q(published_text__icontains=word)
        )
    return matching
