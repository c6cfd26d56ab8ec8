"""Everything the parts we build on can say has a Chinese sentence."""

import ast
import re
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import templatize

CATALOGUE = Path(settings.LOCALE_PATHS[0]) / "zh_Hans/LC_MESSAGES/django.po"

# The same in Chinese: a pattern of two names.
SAME_IN_CHINESE = {"%(class_name)s %(instance)s", "HTTP Accept"}

CALL = re.compile(r"\b(?:gettext|ngettext|pgettext|npgettext|_)\(")
SINGULAR_AT = {
    "_": 0,
    "gettext": 0,
    "gettext_lazy": 0,
    "ngettext": 0,
    "ngettext_lazy": 0,
    "pgettext": 1,
    "pgettext_lazy": 1,
    "npgettext": 1,
}


def sentences_in_python(source: str) -> set[str]:
    sentences = set()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        texts = [a.value for a in node.args if isinstance(a, ast.Constant)]
        at = SINGULAR_AT.get(name)
        if at is not None and len(texts) > at and isinstance(text := texts[at], str):
            sentences.add(text)
    return sentences


def sentences_in_template(source: str) -> set[str]:
    """`templatize` turns a template into lines of gettext calls, as makemessages reads it."""
    text = templatize(source)
    sentences = set()
    for match in CALL.finditer(text):
        for end in (m.end() for m in re.finditer(r"\)", text[match.start() :])):
            try:
                sentences |= sentences_in_python(text[match.start() : match.start() + end])
            except SyntaxError:
                continue
            break
    return sentences


def sentences_of(package: str) -> set[str]:
    root = Path(str(files(package)))
    sentences = set()
    for path in root.rglob("*"):
        if "migrations" in path.parts or not path.is_file():
            continue
        if path.suffix == ".py":
            sentences |= sentences_in_python(path.read_text())
        elif path.suffix == ".html":
            sentences |= sentences_in_template(path.read_text())
    return sentences


def chinese(sentence: str) -> str:
    translated = translation.gettext(sentence)
    return translated if translated != sentence else translation.ngettext(sentence, sentence, 2)


class TestCatalogue:
    @pytest.mark.parametrize("package", ["unfold", "axes", "django_otp", "django_celery_beat"])
    def test_no_sentence_stays_english(self, package: str) -> None:
        with translation.override("zh-hans"):
            english = {s for s in sentences_of(package) if chinese(s) == s} - SAME_IN_CHINESE
        assert english == set()

    def test_the_reader_of_sentences_finds_them(self) -> None:
        sentences = sentences_of("unfold")
        assert {"Apply Filters", "Recent searches", "Date from", "%(counter)s result"} <= sentences
        assert len(sentences) > 180

    def test_the_office_says_it_its_own_way(self) -> None:
        with translation.override("zh-hans"):
            assert translation.gettext("Log out") == "退出登录"
            assert translation.gettext("Delete selected %(model)s") == "删除选中的%(model)s"
            assert (
                translation.ngettext("%(counter)s result", "%(counter)s results", 7)
                % {"counter": 7}
                == "7 条结果"
            )

    def test_unfold_is_the_version_the_catalogue_was_written_for(self) -> None:
        assert version("django-unfold") == "0.91.0"

    def test_placeholders_survive(self) -> None:
        holder = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
        for entry in polib.pofile(str(CATALOGUE)):
            for translated in [entry.msgstr, *entry.msgstr_plural.values()]:
                if translated:
                    assert sorted(holder.findall(translated)) == sorted(holder.findall(entry.msgid))

    def test_nothing_is_left_empty_or_fuzzy(self) -> None:
        po = polib.pofile(str(CATALOGUE))
        assert [e.msgid for e in po if not e.translated() or e.fuzzy] == []


@pytest.mark.parametrize(
    "po_path", sorted(Path(settings.LOCALE_PATHS[0]).rglob("*.po")), ids=lambda p: p.parts[-3]
)
def test_mo_is_the_compiled_po(po_path: Path) -> None:
    compiled = {
        (e.msgctxt, e.msgid, e.msgstr, tuple(e.msgstr_plural.items()))
        for e in polib.mofile(str(po_path.with_suffix(".mo")))
    }
    written = {
        (e.msgctxt, e.msgid, e.msgstr, tuple(e.msgstr_plural.items()))
        for e in polib.pofile(str(po_path)).translated_entries()
    }
    assert compiled == written


def test_django_reads_our_catalogue_over_its_own() -> None:
    with translation.override("zh-hans"):
        assert translation.gettext("History") == "变更记录"
