"""The knowledge base on its screens: found by what is published, published by a second person."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from complaints.knowledge.operations import add_article, draft_article, publish_article
from complaints.knowledge.text_differences import Pair, side_by_side
from complaints.models import Article, ArticleVersion
from complaints.tickets.enquiries import answer_enquiry
from heating.roles import AUDITOR, DISPATCHER
from office.models import User
from office.refusals import Refused
from tests.builders import a_company, a_member_of_staff
from tests.service_desk import SYSTEM, Desk, a_desk, a_ticket, an_enquiry, t

pytestmark = pytest.mark.django_db

MONDAY = t("2026-01-12 09:00")
LIST = "admin:complaints_article_changelist"


def signed_in(client: Client, user: User | None) -> Client:
    assert user is not None
    client.force_login(user)
    return client


def address(article: Article, name: str = "change") -> str:
    return reverse(f"admin:complaints_article_{name}", args=[article.pk])


def shown(client: Client, **query: str) -> list[str]:
    return [row.code for row in client.get(reverse(LIST), query).context["cl"].result_list]


@pytest.fixture
def article(desk: Desk) -> Article:
    """Two versions published and a third begun by an agent."""
    article = add_article(
        desk.company, "ZS-01", "缴费", "微信可以缴费。每年十月起。", by=SYSTEM, at=MONDAY
    )
    publish_article(article.versions.get(), by=desk.manager, at=MONDAY)
    second = draft_article(article, "微信和柜台可以缴费。每年十月起。", by=desk.agent, at=MONDAY)
    publish_article(second, by=desk.manager, at=MONDAY)
    draft_article(article, "秘密草稿", by=desk.agent, at=MONDAY)
    return article


class TestSideBySide:
    def test_sentence_by_sentence(self) -> None:
        assert side_by_side("甲。乙。丙。", "甲。丁！丙。") == [
            Pair("甲。", "甲。"),
            Pair("乙。", "丁！"),
            Pair("丙。", "丙。"),
        ]
        assert side_by_side("", "甲") == [Pair("", "甲")]
        assert side_by_side("甲\n乙", "乙") == [Pair("甲", ""), Pair("乙", "乙")]


class TestSearch:
    def test_finds_by_code_topic_and_published_text(
        self, desk: Desk, article: Article, client: Client
    ) -> None:
        add_article(desk.company, "ZS-02", "测温", "未发布的内容", by=SYSTEM, at=MONDAY)
        reader = signed_in(client, a_member_of_staff("调度丙", DISPATCHER, desk.company))
        for text, codes in (
            ("", ["ZS-01"]),
            ("zs-01", ["ZS-01"]),
            ("缴费 柜台", ["ZS-01"]),
            ("秘密", []),
            ("微信可以", []),
            ("测温", []),
        ):
            assert shown(reader, q=text) == codes, text
        writer = signed_in(client, desk.agent.user)
        assert shown(writer) == ["ZS-01", "ZS-02"]
        assert shown(writer, draft="yes") == ["ZS-01", "ZS-02"]

    def test_the_groups_articles_and_nobody_elses(
        self, desk: Desk, article: Article, client: Client
    ) -> None:
        add_article(None, "JT-01", "热线", "热线二十四小时", by=SYSTEM, at=MONDAY)
        client = signed_in(client, a_desk("21").manager.user)
        assert shown(client) == ["JT-01"]
        for name in ("change", "draft_article", "publish_article"):
            assert client.get(address(article, name)).status_code == 404


class TestArticlePage:
    def test_a_reader_sees_no_draft(self, desk: Desk, article: Article, client: Client) -> None:
        client = signed_in(client, a_member_of_staff("审计甲", AUDITOR, desk.company))
        text = client.get(address(article)).content.decode()
        assert "微信和柜台可以缴费" in text
        assert "秘密草稿" not in text
        assert client.get(address(article) + "?old=1&new=3").status_code == 404
        assert client.get(address(article) + "?old=x&new=1").status_code == 404
        for name in ("draft_article", "publish_article"):
            assert client.post(address(article, name)).status_code == 403
        versions = client.get(reverse("admin:complaints_articleversion_changelist"))
        assert "秘密草稿" not in versions.content.decode()
        assert len(versions.context["cl"].result_list) == 2

    def test_versions_stand_side_by_side(
        self, desk: Desk, article: Article, client: Client
    ) -> None:
        client = signed_in(client, desk.agent.user)
        page = client.get(address(article), {"old": "1", "new": "2"})
        assert page.context["comparison"]["pairs"] == [
            Pair("微信可以缴费。", "微信和柜台可以缴费。"),
            Pair("每年十月起。", "每年十月起。"),
        ]
        text = page.content.decode()
        assert "<del>微信可以缴费。</del>" in text
        assert "<ins>微信和柜台可以缴费。</ins>" in text

    def test_answers_that_cite_it_within_ones_own_company(self, desk: Desk, client: Client) -> None:
        article = add_article(None, "JT-01", "热线", "热线二十四小时", by=SYSTEM, at=MONDAY)
        version = publish_article(article.versions.get(), by=SYSTEM, at=MONDAY)
        other = a_desk("21")
        for here in (desk, other):
            ticket = a_ticket(here, "2026-01-12 09:00", an_enquiry())
            answer_enquiry(ticket, f"答复{here.company.code}", version, by=here.agent, at=MONDAY)
        client = signed_in(client, desk.agent.user)
        page = client.get(address(article))
        assert "答复11" in page.content.decode()
        assert "答复21" not in page.content.decode()
        assert page.context["versions"][0].cited == 1


class TestDraftArticle:
    def test_begins_from_what_holds_and_is_published_by_another(
        self, desk: Desk, client: Client
    ) -> None:
        client = signed_in(client, desk.manager.user)
        fields = {
            "company": desk.company.pk,
            "code": "ZS-09",
            "topic": "报停",
            "text": "九月底前。",
        }
        assert client.post(reverse("admin:complaints_article_add"), fields).status_code == 302
        article = Article.objects.get(code="ZS-09")
        again = client.post(reverse("admin:complaints_article_add"), fields)
        assert (again.status_code, "编号 ZS-09 已有条目" in again.content.decode()) == (409, True)
        text = client.get(address(article)).content.decode()
        assert "您起草的版本须由另一人发布" in text
        client = signed_in(client, desk.agent.user)
        page = client.get(address(article, "draft_article"))
        assert page.context["form"]["text"].value() == "九月底前。"
        assert 'name="seen" value="九月底前。"' in page.content.decode()
        sent = {"text": "九月二十日前。", "seen": "九月底前。"}
        client.post(address(article, "draft_article"), sent)
        client = signed_in(client, desk.manager.user)
        stale = client.post(
            address(article, "publish_article"), {"seen": "九月底前。"}, follow=True
        )
        assert "草稿刚刚被改过" in stale.content.decode()
        assert article.versions.get().state == "draft"
        client.post(address(article, "publish_article"), {"seen": "九月二十日前。"})
        assert article.versions.get().state == "published"
        timeline = client.get(address(article)).context["timeline"]
        assert [(entry.action, entry.by) for entry in timeline] == [
            ("publish_article", desk.manager.user),
            ("draft_article", desk.agent.user),
            ("draft_article", desk.manager.user),
            ("add_article", desk.manager.user),
        ]

    def test_the_second_of_two_authors_overwrites_nothing_unseen(
        self, desk: Desk, article: Article, client: Client
    ) -> None:
        client = signed_in(client, desk.agent.user)
        sent = {"text": "我的草稿", "seen": "秘密草稿"}
        draft_article(article, "别人的草稿", by=desk.manager, at=MONDAY)
        refused = client.post(address(article, "draft_article"), sent)
        page = refused.content.decode()
        assert refused.status_code == 409
        assert "这一条目刚被他人改过，本次没有保存。" in page
        assert ("我的草稿" in page, 'name="seen" value="别人的草稿"' in page) == (True, True)
        assert ArticleVersion.objects.get(state="draft").text == "别人的草稿"
        # Who did not begin with a page of ours has seen nothing.
        assert client.post(address(article, "draft_article"), {"text": "无"}).status_code == 409
        client.post(address(article, "draft_article"), sent | {"seen": "别人的草稿"})
        assert ArticleVersion.objects.get(state="draft").text == "我的草稿"

    def test_an_empty_draft_is_refused_in_place(
        self, desk: Desk, article: Article, client: Client
    ) -> None:
        client = signed_in(client, desk.agent.user)
        answer = client.post(address(article, "draft_article"), {"text": " "})
        assert answer.status_code == 422
        assert ArticleVersion.objects.get(state="draft").text == "秘密草稿"


class TestAddArticle:
    @pytest.mark.parametrize("changes", [{"code": " "}, {"topic": ""}, {"text": " "}])
    def test_refused_without_its_words_and_nothing_is_kept(
        self, desk: Desk, changes: dict[str, Any]
    ) -> None:
        values = {"code": "A", "topic": "B", "text": "C"} | changes
        with pytest.raises(Refused):
            add_article(desk.company, **values, by=desk.manager, at=MONDAY)
        assert not Article.objects.exists()

    def test_refused_for_the_group_and_for_another_company(self, desk: Desk) -> None:
        for company in (None, a_company("21")):
            with pytest.raises(Refused):
                add_article(company, "A", "B", "C", by=desk.manager, at=MONDAY)
        with pytest.raises(Refused):
            add_article(desk.company, "A", "B", "C", by=desk.agent, at=MONDAY)
        assert not Article.objects.exists()
