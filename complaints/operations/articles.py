"""The knowledge base: drafted, published once, never changed after."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from complaints.models import Article, ArticleVersion
from complaints.states import ARTICLE_VERSION, ArticleState
from office import journal
from office.actors import Actor
from office.permissions import authorise
from office.refusals import Invalid, Refused


@transaction.atomic
def draft_article(article: Article, text: str, *, by: Actor, at: datetime) -> ArticleVersion:
    """Begin the next version, or go on writing the one that is begun."""
    authorise(by, "complaints.draft_article", article.company)
    if not text.strip():
        raise Invalid("text_missing", _("请填写条目内容。"))
    held = Article.objects.select_for_update(no_key=True).get(pk=article.pk)
    draft = held.versions.filter(state=ArticleState.DRAFT).first()
    if draft is None:
        last = held.versions.aggregate(last=Max("ordinal"))["last"] or 0
        draft = ArticleVersion(article=held, ordinal=last + 1, drafted_by=by.user)
    draft.text = text.strip()
    draft.drafted_by = by.user
    draft.save()
    journal.record(
        "draft_article", draft, by=by, at=at, company=held.company, version=draft.ordinal
    )
    return draft


@transaction.atomic
def publish_article(version: ArticleVersion, *, by: Actor, at: datetime) -> ArticleVersion:
    """Let answers cite the version; from now on it is frozen. A second person publishes."""
    authorise(by, "complaints.publish_article", version.article.company)
    held = ArticleVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    state = ARTICLE_VERSION.next_state(held.state, "publish_article")
    if by.user is not None and by.user.pk == held.drafted_by_id:
        raise Refused("own_draft", _("知识条目须由起草人以外的人发布。"))
    held.state = state
    held.published_by = by.user
    held.published_at = at
    held.save()
    journal.record(
        "publish_article",
        held,
        by=by,
        at=at,
        company=held.article.company,
        version=held.ordinal,
    )
    return held


def latest_published(article: Article) -> ArticleVersion | None:
    """The version that answers should cite now."""
    return article.versions.filter(state=ArticleState.PUBLISHED).order_by("-ordinal").first()
