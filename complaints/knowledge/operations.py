"""The knowledge base: versions are drafted, published by a second person and never changed."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from complaints.models import Article, ArticleVersion
from complaints.states import ARTICLE_VERSION, ArticleState
from office import journal
from office.actors import Actor
from office.models import Company
from office.permissions import authorise, authorise_whole_group
from office.refusals import Invalid, Refused


@transaction.atomic
def add_article(
    company: Company | None, code: str, topic: str, text: str, *, by: Actor, at: datetime
) -> Article:
    """Adds an article with its first draft; without a company it belongs to the whole group."""
    authorise(by, "complaints.add_article", company)
    authorise_whole_group(by, company, _("全集团条目须由全集团人员新建；请选择公司。"))
    if not code.strip() or not topic.strip():
        raise Invalid("topic_missing", _("请填写条目的编号和主题。"))
    if Article.objects.filter(code=code.strip()).exists():
        raise Refused(
            "code_taken", _("编号 %(number)s 已有条目，请换一个编号。"), number=code.strip()
        )
    article = Article.objects.create(company=company, code=code.strip(), topic=topic.strip())
    journal.record("add_article", article, by=by, at=at, number=article.code)
    draft_article(article, text, by=by, at=at)
    return article


@transaction.atomic
def draft_article(
    article: Article, text: str, *, seen: str | None = None, by: Actor, at: datetime
) -> ArticleVersion:
    """Creates the next version of the article, or changes the version that is still a draft.

    `seen` is the text with which the author began: if somebody else has saved another one since,
    the operation refuses.
    """
    authorise(by, "complaints.draft_article", article.company)
    if not text.strip():
        raise Invalid("text_missing", _("请填写条目内容。"))
    locked_article = Article.objects.select_for_update(of=("self",), no_key=True).get(pk=article.pk)
    latest = locked_article.versions.order_by("-ordinal").first()
    if seen is not None and latest is not None and seen.split() != latest.text.split():
        raise Refused(
            "draft_changed",
            _(
                "这一条目刚被他人改过，本次没有保存。请打开条目页核对现在的内容；"
                "再次提交即以您的为准。"
            ),
        )
    draft = locked_article.versions.filter(state=ArticleState.DRAFT).first()
    if draft is None:
        last_ordinal = latest.ordinal if latest else 0
        draft = ArticleVersion(article=locked_article, ordinal=last_ordinal + 1, drafted_by=by.user)
    draft.text = text.strip()
    draft.drafted_by = by.user
    draft.save()
    journal.record(
        "draft_article", draft, by=by, at=at, company=locked_article.company, version=draft.ordinal
    )
    return draft


@transaction.atomic
def publish_article(
    version: ArticleVersion, *, seen: str | None = None, by: Actor, at: datetime
) -> ArticleVersion:
    """Publishes the version, so that answers can cite it; from then on it is frozen.

    The publisher must not be the drafter. `seen` is the text that the publisher read: if the draft
    has changed since, the operation refuses.
    """
    authorise(by, "complaints.publish_article", version.article.company)
    locked_version = ArticleVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    if seen is not None and seen.split() != locked_version.text.split():
        raise Refused("draft_changed", _("草稿刚刚被改过，请重新阅读后再发布。"))
    state = ARTICLE_VERSION.next_state(locked_version.state, "publish_article")
    if by.user is not None and by.user.pk == locked_version.drafted_by_id:
        raise Refused("own_draft", _("知识条目须由起草人以外的人发布。"))
    locked_version.state = state
    locked_version.published_by = by.user
    locked_version.published_at = at
    locked_version.save()
    journal.record(
        "publish_article",
        locked_version,
        by=by,
        at=at,
        company=locked_version.article.company,
        version=locked_version.ordinal,
    )
    return locked_version
