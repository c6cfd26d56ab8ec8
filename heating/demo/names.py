"""Plausible names and numbers of people who do not exist."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from office.identity import CREDIT_LETTERS, credit_check_character, id_check_character

_FAMILIES = (
    "王李张刘陈杨赵黄周吴徐孙马胡郭何高林罗郑梁谢宋唐许"
    "韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚"
)
_WOMEN = """
    秀英 桂兰 玉兰 淑珍 丽华 雪梅 晓燕 海燕 静怡 雅琴 美玲 红霞 春花 婷婷 欣怡
    芳 敏 静 丽 娟 艳 燕 玲 霞 莉
"""
_MEN = """
    建国 建军 志强 国强 文杰 俊杰 晓东 海涛 宏伟 永强 德明 学军 子轩 浩然
    伟 强 磊 军 勇 涛 超 明 刚 平 辉
"""
_MOBILES = range(135, 140)
_FIRST_BIRTH = date(1942, 1, 1)
_BIRTH_DAYS = 365 * 60


class Register:
    """Draws people; no number is given twice."""

    def __init__(self, random: Random, districts: tuple[str, ...]) -> None:
        self._random = random
        self._districts = districts
        self._given: set[str] = set()

    def person(self) -> str:
        """Returns a family name followed by a given name."""
        given_names = self._random.choice((_WOMEN, _MEN))
        return self._random.choice(_FAMILIES) + self._random.choice(given_names.split())

    def id_number(self) -> str:
        """A citizen number of the right form, check character included."""
        return self._new(self._draw_id_number)

    def mobile(self) -> str:
        """A number that no demo customer of `people` has."""
        return self._new(
            lambda: f"{self._random.choice(_MOBILES)}{self._random.randrange(10_000, 10**8):08d}"
        )

    def credit_code(self) -> str:
        """The credit code of a business."""
        return self._new(self._draw_credit_code)

    def _new(self, draw: Callable[[], str]) -> str:
        while (number := draw()) in self._given:
            pass
        self._given.add(number)
        return number

    def _draw_id_number(self) -> str:
        born = _FIRST_BIRTH + timedelta(days=self._random.randrange(_BIRTH_DAYS))
        first = (
            f"{self._random.choice(self._districts)}{born:%Y%m%d}{self._random.randrange(1000):03d}"
        )
        return first + id_check_character(first)

    def _draw_credit_code(self) -> str:
        first = f"91{self._random.choice(self._districts)}" + "".join(
            self._random.choice(CREDIT_LETTERS) for _ in range(9)
        )
        return first + credit_check_character(first)
