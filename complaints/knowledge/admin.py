"""The knowledge base on screen: search, draft, compare, and publish by a second person."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.knowledge.articles import readable_articles, search_articles, writes_articles
from complaints.knowledge.operations import add_article, draft_article, publish_article
from complaints.knowledge.text_differences import side_by_side
from complaints.models import Answer, Article, ArticleVersion
from complaints.states import ARTICLE_VERSION, ArticleState
from office import journal
from office.dates import day_text
from office.forms.company_choice import CompanyOrGroupField
from office.forms.typed_numbers import read_number
from office.lists.filters import CompanyFilter
from office.models import User
from office.requests import actor_of, user_of
from office.screens.form_page import form_page
from office.screens.records import RecordAdmin, attempt

MOST_ANSWERS = 30


class DraftForm(forms.Form):
    text = forms.CharField(
        label=_("内容"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 14})
    )


class ArticleForm(DraftForm):
    company = CompanyOrGroupField()
    code = forms.CharField(label=_("编号"), max_length=20)
    topic = forms.CharField(label=_("主题"), max_length=80)
    field_order = ["company", "code", "topic", "text"]

    def __init__(self, user: User, *args: Any) -> None:
        super().__init__(*args)
        field: Any = self.fields["company"]
        field.offer(user)


class DraftFilter(SimpleListFilter):
    """A filter for authors: articles with a draft that waits to be published."""

    title = _("草稿")
    parameter_name = "draft"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[Any, str]]:
        return [("yes", str(_("有待发布的草稿")))] if writes_articles(user_of(request)) else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(drafted=True) if self.value() == "yes" else queryset


@admin.register(Article)
class ArticleAdmin(RecordAdmin):
    record_page = "complaints/knowledge/article.html"
    list_display = ["code", "topic", "owner", "version", "published_at", "draft"]
    list_display_links = ["code", "topic"]
    list_select_related = ["company"]
    list_filter = [CompanyFilter, DraftFilter]
    search_fields = ["code"]
    search_help_text = _("编号、主题或内容中的词，多个词用空格分开")
    ordering = ["code"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return readable_articles(super().get_queryset(request), user_of(request))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return search_articles(queryset, search_term), False

    @admin.display(description=_("适用"))
    def owner(self, article: Article) -> str:
        return article.company.short_name if article.company else str(_("全集团"))

    @admin.display(description=_("现行版本"))
    def version(self, article: Any) -> str:
        return f"v{article.current}" if article.current else str(_("未发布"))

    @admin.display(description=_("发布时间"))
    def published_at(self, article: Any) -> str:
        at = article.current_at
        return day_text(timezone.localdate(at), timezone.localdate()) if at else ""

    @admin.display(description=_("草稿"))
    def draft(self, article: Any) -> str:
        return str(_("待发布")) if article.drafted else ""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return user_of(request).has_perm("complaints.add_article")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Adds an article with its first draft."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        user = user_of(request)
        form = ArticleForm(user, request.POST) if request.method == "POST" else ArticleForm(user)
        return form_page(
            self,
            request,
            form,
            lambda values: add_article(
                values["company"],
                values["code"],
                values["topic"],
                values["text"],
                by=actor_of(request),
                at=timezone.now(),
            ),
            "complaints/knowledge/draft_article.html",
            title=_("新建知识条目"),
        )

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path(
                "<int:pk>/draft_article/",
                wrap(self.draft_article_view),
                name=self._url_name("draft_article"),
            ),
            path(
                "<int:pk>/publish_article/",
                wrap(self.publish_article_view),
                name=self._url_name("publish_article"),
            ),
            *super().get_urls(),
        ]

    def record_context(self, request: HttpRequest, article: Article) -> dict[str, Any]:
        user = user_of(request)
        writes = writes_articles(user)
        answers = Answer.objects.visible_to(user).filter(cites__article=article)
        versions = list(
            _shown(article, writes)
            .select_related("drafted_by", "published_by")
            .annotate(cited=Count("answers", filter=Q(answers__in=answers)))
        )
        draft = next((row for row in versions if row.state == ArticleState.DRAFT), None)
        return {
            "title": str(article),
            "versions": versions,
            "current": next((v for v in versions if v.state == ArticleState.PUBLISHED), None),
            "draft": draft,
            "comparison": _comparison(request, versions),
            "answers": list(
                answers.select_related("ticket", "cites", "answered_by")[:MOST_ANSWERS]
            ),
            "may_draft": user.has_perm("complaints.draft_article") and _owns(user, article),
            "may_publish": draft is not None
            and draft.drafted_by_id != user.pk
            and user.has_perm("complaints.publish_article")
            and _owns(user, article),
            "own_draft": draft is not None and draft.drafted_by_id == user.pk,
            "timeline": journal.timeline(article, versions)[:30],
        }

    def draft_article_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Edits the draft; a new one starts with the text of the published version."""
        article = self._permitted(request, pk, "draft_article")
        versions = _shown(article, drafts_too=True)
        latest = versions.first()
        text = latest.text if latest else ""
        begun = {"text": text}
        form = DraftForm(request.POST) if request.method == "POST" else DraftForm(initial=begun)

        def save(values: Mapping[str, Any]) -> Article:
            draft_article(
                article,
                values["text"],
                seen=request.POST.get("seen", ""),
                by=actor_of(request),
                at=timezone.now(),
            )
            messages.success(request, str(_("草稿已保存，须由另一人发布。")))
            return article

        return form_page(
            self,
            request,
            form,
            save,
            "complaints/knowledge/draft_article.html",
            title=str(article),
            back=self.record_url(article),
            # A refused form is shown again with what is on file now: then it has been seen.
            seen=text,
        )

    def publish_article_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Publishes the draft that the user has read, so that answers can cite it."""
        article = self._permitted(request, pk, "publish_article")
        draft = article.versions.filter(state=ArticleState.DRAFT).first()
        if request.method == "POST" and draft is not None:
            attempt(
                request,
                lambda: publish_article(
                    draft,
                    seen=request.POST.get("seen", ""),
                    by=actor_of(request),
                    at=timezone.now(),
                ),
                _("已发布，答复可以引用。"),
            )
        return HttpResponseRedirect(self.record_url(article))

    def _permitted(self, request: HttpRequest, pk: int, verb: str) -> Article:
        article: Article = self.record(request, pk)
        if not user_of(request).has_perm(f"complaints.{verb}"):
            raise PermissionDenied
        return article


@admin.register(ArticleVersion)
class ArticleVersionAdmin(RecordAdmin):
    workflow = ARTICLE_VERSION
    list_display = ["article", "ordinal", "state", "drafted_by", "published_by", "published_at"]
    list_select_related = ["article", "drafted_by", "published_by"]
    list_filter = ["state"]
    search_fields = ["article__code__exact"]
    search_help_text = _("完整的编号")
    ordering = ["-pk"]
    fields = [
        "article",
        "ordinal",
        "state",
        "text",
        "drafted_by",
        "published_by",
        "published_at",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        if writes_articles(user_of(request)):
            return rows
        return rows.filter(state=ArticleState.PUBLISHED)


def _shown(article: Article, drafts_too: bool) -> QuerySet[ArticleVersion]:
    rows = article.versions.order_by("-ordinal")
    return rows if drafts_too else rows.filter(state=ArticleState.PUBLISHED)


def _owns(user: User, article: Article) -> bool:
    return article.company is None or user.works_for(article.company)


def _comparison(request: HttpRequest, versions: Sequence[ArticleVersion]) -> dict[str, Any] | None:
    """Compares two versions: the chosen ones, or the last two."""
    if len(versions) < 2:
        return None
    by_ordinal = {version.ordinal: version for version in versions}
    if request.GET.get("old") and request.GET.get("new"):
        ordinals = [read_number(request.GET[name]) or 0 for name in ("old", "new")]
        if not all(ordinal in by_ordinal for ordinal in ordinals):
            raise Http404
        old, new = (by_ordinal[ordinal] for ordinal in ordinals)
    else:
        new, old = versions[0], versions[1]
    return {"old": old, "new": new, "pairs": side_by_side(old.text, new.text)}
