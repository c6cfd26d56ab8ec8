"""The theme stays bound to the unfold it was made for, and speaks the language chosen."""

from hashlib import sha256
from math import cos, radians, sin
from pathlib import Path
from typing import Any

import pytest
import unfold
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from heating.rooms import EVERY_APP
from heating.theme import UNFOLD

OURS = Path(settings.BASE_DIR) / "templates"
THEIRS = Path(unfold.__file__).parent

# What we copied and changed, with the fingerprint of the original. When an upgrade changes
# one: look at unfold's difference, carry it over, then write the new fingerprint here.
ORIGINALS = {
    "templates/unfold/layouts/skeleton.html": "66af9f0bb45f98ba",
    "templates/unfold/helpers/welcomemsg.html": "e8eab02522ba2319",
    "templates/unfold/helpers/command.html": "ae6ce324d8536613",
    "templates/unfold/helpers/userlinks.html": "b493fa5ca3595d28",
    "templates/unfold/helpers/language_form.html": "3f826a3fd64c3b10",
    "templates/unfold/helpers/unauthenticated_header.html": "904c823eb0d85052",
    "contrib/forms/templates/unfold/forms/array.html": "10a37f4e4d582ab7",
}


class TestOverrides:
    @pytest.mark.parametrize(("path", "fingerprint"), ORIGINALS.items())
    def test_unfold_has_not_changed_what_we_replace(self, path: str, fingerprint: str) -> None:
        assert sha256((THEIRS / path).read_bytes()).hexdigest()[:16] == fingerprint

    def test_every_replacement_is_listed(self) -> None:
        replaced = {p.relative_to(OURS).as_posix() for p in (OURS / "unfold").rglob("*.html")}
        assert replaced == {path.rpartition("templates/")[2] for path in ORIGINALS}

    def test_alpine_is_the_build_without_eval(self) -> None:
        path = finders.find("unfold/js/alpine/alpine.js")
        assert path is not None
        source = Path(path).read_text()
        assert "CSP Parser Error" in source
        assert "AsyncFunction" not in source

    @pytest.mark.parametrize(
        "name", ["heating/heating.css", "heating/unfold-csp.js", "heating/icon.svg"]
    )
    def test_its_own_files_are_found(self, name: str) -> None:
        assert finders.find(name)

    def test_nothing_is_written_in_a_sign_that_many_desktops_draw_empty(self) -> None:
        """WenQuanYi Micro Hei has no drawing of ℃; what reads people's cells may know it."""
        root = Path(settings.BASE_DIR)
        may = {"office/intake/cells.py"}
        rooms = (*EVERY_APP, "static", "templates")
        written = {
            path.relative_to(root).as_posix()
            for room in rooms
            for path in (root / room).rglob("*.*")
            if path.suffix in {".py", ".html", ".js", ".css"}
            and "\u2103" in path.read_text(encoding="utf-8")
        }
        assert written == may

    def test_styles_and_scripts_ask_nobody_else(self) -> None:
        files = (Path(settings.BASE_DIR) / "static/heating").rglob("*.*")
        for path in files:
            outside = path.read_text().replace("http://www.w3.org/2000/svg", "")
            assert "http:" not in outside
            assert "https:" not in outside


@pytest.mark.django_db
class TestChosenLanguage:
    def language_of_sign_in(self, client: Client, **headers: Any) -> str:
        response = client.get("/admin/login/", **headers)
        assert "Cookie" in response.headers["Vary"]
        return response.headers["Content-Language"]

    def test_a_browser_in_english_still_sees_chinese(self, client: Client) -> None:
        assert self.language_of_sign_in(client, HTTP_ACCEPT_LANGUAGE="en-US") == "zh-hans"

    def test_the_choice_is_kept(self, client: Client) -> None:
        client.post("/i18n/setlang/", {"language": "en", "next": "/admin/login/"})
        assert self.language_of_sign_in(client) == "en"
        client.post("/i18n/setlang/", {"language": "zh-hans", "next": "/admin/login/"})
        assert self.language_of_sign_in(client) == "zh-hans"

    def test_an_unknown_language_is_no_choice(self, client: Client) -> None:
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "xx"
        assert self.language_of_sign_in(client) == "zh-hans"


def luminance(colour: str) -> float:
    """Relative luminance (WCAG) of a colour written oklch(L% C H)."""
    lightness, chroma, hue = colour.removeprefix("oklch(").removesuffix(")").split()
    level, strength, angle = float(lightness.rstrip("%")) / 100, float(chroma), radians(float(hue))
    a, b = strength * cos(angle), strength * sin(angle)
    long = (level + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (level - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (level - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    red, green, blue = (min(1, max(0, part)) for part in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


class TestColours:
    @pytest.mark.parametrize(
        ("ink", "paper"),
        [
            ("oklch(100% 0 0)", UNFOLD["COLORS"]["primary"]["600"]),
            (UNFOLD["COLORS"]["primary"]["600"], UNFOLD["COLORS"]["base"]["100"]),
            (UNFOLD["COLORS"]["primary"]["500"], UNFOLD["COLORS"]["base"]["900"]),
            (UNFOLD["COLORS"]["base"]["500"], "oklch(100% 0 0)"),
            (UNFOLD["COLORS"]["base"]["400"], UNFOLD["COLORS"]["base"]["900"]),
        ],
    )
    def test_text_can_be_read(self, ink: str, paper: str) -> None:
        dark, light = sorted((luminance(ink), luminance(paper)))
        assert (light + 0.05) / (dark + 0.05) >= 4.5
