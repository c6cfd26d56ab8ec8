"""What customers ask most, and what they are answered."""

from datetime import datetime, timedelta

from complaints.knowledge.operations import draft_article, publish_article
from complaints.models import Article, ArticleVersion
from office.actors import Actor

_TEXTS = {
    "SF-01": (
        "采暖费怎样计算",
        "采暖费＝计费面积×热价×计费月数。热价以价格主管部门文件为准，账单上列明每一项。",
    ),
    "SF-02": (
        "可以怎样缴费",
        "营业厅现金、银行卡，微信公众号和微信扫码，单位用户可对公转账。缴费后可打印或查验收据。",
    ),
    "SF-03": (
        "往年欠费为什么先扣",
        "收款先结清较早采暖季的欠费，再结清本季；多缴部分转为预存。",
    ),
    "GN-01": (
        "供热时间和室温标准",
        "采暖季内 24 小时供热，居民卧室、起居室温度不低于 18 °C。",
    ),
    "GN-02": (
        "室温不达标怎么办",
        "请拨打服务热线或在线报修，我们当日上门测温，双方签字留存，并按规定调节或维修。",
    ),
    "BT-01": (
        "怎样办理报停",
        "在公告的期限内、无欠费且可独立关断的用户可申请整季报停，报停期间缴纳基本费。",
    ),
    "WX-01": (
        "维修时限",
        "小修当日完成，中修、大修三日内完成；维修后由客服回访。",
    ),
}
_REVISED = "报修后当日上门测温；低于 18 °C 的，调节后复测，双方签字留存，作为退费依据。"


def write_articles(*, agent: Actor, manager: Actor, at: datetime) -> list[ArticleVersion]:
    """Drafted by one, published by another; one is revised, one more waits as a draft."""
    published = []
    for code, (topic, text) in _TEXTS.items():
        article = Article.objects.create(code=code, topic=topic)
        draft = draft_article(article, text, by=agent, at=at)
        published.append(publish_article(draft, by=manager, at=at + timedelta(hours=1)))
    cold = published[4].article
    revised = draft_article(cold, _REVISED, by=agent, at=at + timedelta(days=2))
    published[4] = publish_article(revised, by=manager, at=at + timedelta(days=2, hours=1))
    waiting = Article.objects.create(code="GH-01", topic="过户需要哪些材料")
    draft_article(
        waiting, "产权证明、双方身份证件和结清证明。", by=agent, at=at + timedelta(days=3)
    )
    return published
