"""Messages are found without GNU gettext, in Python and in templates."""

from pathlib import Path
from typing import Any

import polib
import pytest

from heating import translations


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with one room and no catalogue."""
    monkeypatch.setattr(translations, "CHECKOUT", tmp_path)
    monkeypatch.setattr(translations, "ROOMS", ("office", "templates"))
    monkeypatch.setattr(translations, "LOCALE", tmp_path / "locale")
    monkeypatch.setattr(translations, "ENGLISH", tmp_path / "locale/en/LC_MESSAGES/django.po")
    (tmp_path / "office").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "office/words.py").write_text(
        "A = _('一' '二')\nB = ngettext('%(n)s 张', '%(n)s 张张', n)\n"
        "C = pgettext_lazy('desk', '收费')\nD = _('English')\nE = _(name)\n"
    )
    (tmp_path / "templates/page.html").write_text(
        "{% load i18n %}{% translate '户号' %} 中文 {% blocktranslate with n=a %}"
        "共 {{ n }} 户(含“停供”){% endblocktranslate %}"
        "{% translate '季' context 'season' %}{# 注 #}{{ _('面积') }}"
        "{% blocktranslate count n=a %}{{ n }} 页{% plural %}{{ n }} 多页{% endblocktranslate %}"
    )
    return tmp_path


def translate_all(project: Path, **others: Any) -> None:
    catalogue = polib.pofile(str(translations.ENGLISH))
    for entry in catalogue:
        if entry.msgid_plural:
            entry.msgstr_plural = {0: "one", 1: "many"}
        else:
            entry.msgstr = "English"
    catalogue.save()


class TestTranslations:
    def test_every_way_to_say_something_is_found(self, project: Path) -> None:
        assert set(translations.messages_in_sources()) == {
            ("一二", "", ""),
            ("%(n)s 张", "%(n)s 张张", ""),
            ("收费", "", "desk"),
            ("户号", "", ""),
            ("共 %(n)s 户(含“停供”)", "", ""),
            ("季", "", "season"),
            ("面积", "", ""),
            ("%(n)s 页", "%(n)s 多页", ""),
        }

    def test_complete_only_when_translated_compiled_and_used(self, project: Path) -> None:
        assert len(list(translations.faults())) == 8
        translations.update()
        assert len(list(translations.faults())) == 8
        translate_all(project)
        assert list(translations.faults()) == [
            "locale/en/LC_MESSAGES/django.po: the .mo beside it is not made from it"
        ]
        translations.update()
        assert list(translations.faults()) == []
        (project / "office/words.py").write_text("A = _('一二')\n")
        assert len(list(translations.faults())) == 2
        translations.update()
        assert list(translations.faults()) == []
