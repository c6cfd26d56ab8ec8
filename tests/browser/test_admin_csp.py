"""The admin's moving parts move under a policy that allows no inline script and no eval."""

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import unfold
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from heating.theme import UNFOLD
from tests.browser.theme_desk import SIDEBAR

OVERRIDES = Path(__file__).resolve().parents[2] / "templates"


@pytest.fixture
def desk(settings: Any, transactional_db: None) -> SimpleNamespace:
    """The theme's own desk with a person, an interval and 23 tasks on it."""
    settings.ROOT_URLCONF = "tests.browser.theme_desk"
    settings.UNFOLD = {**UNFOLD, "SIDEBAR": {**UNFOLD["SIDEBAR"], "navigation": SIDEBAR}}
    user = get_user_model().objects.create_superuser("wangfang", "wang@example.com", "x")
    interval = IntervalSchedule.objects.create(every=10, period="minutes")
    tasks = [
        PeriodicTask.objects.create(name=f"任务 {n:02}", task="office.beat", interval=interval)
        for n in range(1, 24)
    ]
    return SimpleNamespace(user=user, interval=interval, tasks=tasks)


@pytest.fixture
def signed_in(
    desk: SimpleNamespace, client: Client, quiet_page: Page, live_server: LiveServer
) -> Page:
    """The front page with a session in the browser: every other test here signs in by its form."""
    client.force_login(desk.user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    quiet_page.context.add_cookies(
        [{"name": cookie.key, "value": cookie.value, "url": live_server.url}]
    )
    quiet_page.goto(f"{live_server.url}/admin/")
    expect(quiet_page.locator("#nav-sidebar")).to_be_visible()
    return quiet_page


def tasks_page(live_server: Any) -> str:
    return f"{live_server.url}/admin/django_celery_beat/periodictask/"


def interval_page(live_server: Any, desk: SimpleNamespace) -> str:
    return f"{live_server.url}/admin/django_celery_beat/intervalschedule/{desk.interval.pk}/change/"


def filter_button(page: Page, name: str) -> Locator:
    return page.locator("#changelist a", has_text=re.compile(rf"^\s*{name}"))


class TestPolicy:
    def test_the_policy_allows_no_inline_script_and_no_eval(
        self, desk: SimpleNamespace, client: Any
    ) -> None:
        policy = client.get("/admin/login/").headers["Content-Security-Policy"]
        rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
        assert rules["script-src"] == "'self'"
        assert rules["style-src"] == "'self' 'unsafe-inline'"
        assert rules["img-src"] == "'self' data:"

    def test_the_browser_keeps_to_it(self, signed_in: Page, complaints: list[str]) -> None:
        signed_in.evaluate(
            "() => { const s = document.createElement('script');"
            " s.textContent = 'window.intruder = 1'; document.body.append(s); }"
        )
        assert signed_in.evaluate("() => window.intruder") is None
        assert len(complaints) == 1
        assert "Content Security Policy" in complaints[0]
        complaints.clear()


class TestSignIn:
    def test_the_house_itself_signs_in_quietly(
        self, transactional_db: None, quiet_page: Page, live_server: Any
    ) -> None:
        quiet_page.goto(f"{live_server.url}/admin/login/")
        expect(quiet_page.locator("html")).to_have_attribute("lang", "zh-hans")
        expect(quiet_page.get_by_role("button", name="登录")).to_be_visible()
        expect(quiet_page.locator(".language-switch [aria-current]")).to_have_text("中文")


class TestChangeList:
    def test_filter_panel_opens_and_filters(self, signed_in: Page, live_server: Any) -> None:
        signed_in.goto(tasks_page(live_server))
        panel = signed_in.locator("#changelist-filter")
        expect(panel).to_be_hidden()
        filter_button(signed_in, "筛选").click()
        expect(panel).to_be_visible()
        panel.locator("input[name=name]").fill("任务 07")
        panel.get_by_role("button", name="应用筛选").click()
        expect(signed_in.locator("#result_list tbody")).to_have_count(1)

    def test_row_action_runs(self, signed_in: Page, live_server: Any) -> None:
        signed_in.goto(tasks_page(live_server))
        signed_in.locator("#result_list tbody").first.get_by_text("more_horiz").click()
        signed_in.get_by_role("link", name="立即执行").locator("visible=true").click()
        expect(signed_in.get_by_text("已执行 任务")).to_be_visible()

    def test_paging_turns_the_page(self, signed_in: Page, live_server: Any) -> None:
        signed_in.goto(tasks_page(live_server))
        signed_in.get_by_role("link", name="3", exact=True).click()
        expect(signed_in).to_have_url(re.compile(r"\?p=3$"))
        expect(signed_in.locator("#result_list tbody")).to_have_count(3)

    def test_choosing_rows_shows_the_action_bar(self, signed_in: Page, live_server: Any) -> None:
        signed_in.goto(tasks_page(live_server))
        signed_in.locator("#result_list tbody input.action-select").first.check()
        expect(signed_in.locator("#changelist-actions")).to_contain_text("选中了 10 个中的 1 个")
        signed_in.locator("#changelist-actions select").select_option("delete_selected")
        expect(signed_in.locator("#changelist-actions button[type=submit]")).to_be_visible()

    def test_slash_goes_to_the_search_box(self, signed_in: Page, live_server: Any) -> None:
        signed_in.goto(tasks_page(live_server))
        signed_in.keyboard.press("/")
        expect(signed_in.locator("#searchbar")).to_be_focused()


class TestCommandPalette:
    def test_finds_a_page_and_opens_it_by_enter(self, signed_in: Page) -> None:
        signed_in.keyboard.press("Control+k")
        box = signed_in.locator("#search-input-command")
        expect(box).to_be_focused()
        with signed_in.expect_response(lambda r: "/admin/search/" in r.url):
            box.fill("间隔")
        expect(signed_in.locator("#command-results-list li")).to_have_count(1)
        box.press("Enter")
        expect(signed_in).to_have_url(re.compile("intervalschedule/$"))

    def test_enter_on_nothing_stays_and_escape_closes(self, signed_in: Page) -> None:
        signed_in.keyboard.press("Control+k")
        box = signed_in.locator("#search-input-command")
        box.press("Enter")
        expect(box).to_be_visible()
        box.press("Escape")
        expect(box).to_be_hidden()


class TestForms:
    def test_add_form_saves(self, signed_in: Page, live_server: Any) -> None:
        signed_in.goto(f"{live_server.url}/admin/django_celery_beat/intervalschedule/add/")
        signed_in.fill("input[name=every]", "5")
        signed_in.select_option("select[name=period]", "hours")
        signed_in.get_by_role("button", name="保存", exact=True).click()
        expect(signed_in.locator("#result_list tbody")).to_have_count(2)

    def test_inline_tabs_switch_and_take_a_row(
        self, signed_in: Page, live_server: Any, desk: SimpleNamespace
    ) -> None:
        signed_in.goto(interval_page(live_server, desk))
        group = signed_in.locator("#periodictask_set-group")
        expect(group).to_be_hidden()
        signed_in.locator("#tabs-items a").nth(1).click()
        expect(group).to_be_visible()
        expect(signed_in.locator("input[name=every]")).to_be_hidden()
        group.locator(".add-row").click()
        expect(group.locator("input[name='periodictask_set-23-name']")).to_be_visible()
        action = signed_in.locator("#intervalschedule_form").get_attribute("action")
        assert action is not None
        assert action.endswith("/change/#periodictask_set")

    def test_the_address_opens_its_tab(
        self, signed_in: Page, live_server: Any, desk: SimpleNamespace
    ) -> None:
        signed_in.goto(interval_page(live_server, desk) + "#periodictask_set-2")
        expect(signed_in.locator("#periodictask_set-2-group")).to_be_visible()

    def test_fieldset_tabs_dates_and_conditional_fields(
        self, signed_in: Page, live_server: Any, desk: SimpleNamespace
    ) -> None:
        signed_in.goto(f"{tasks_page(live_server)}{desk.tasks[0].pk}/change/")
        expires = signed_in.locator("input[name=expires_0]")
        arguments = signed_in.locator("textarea[name=args]")
        expect(arguments).to_be_hidden()
        expect(expires).to_be_hidden()
        signed_in.locator("input[name=one_off]").check()
        expect(expires).to_be_visible()
        signed_in.locator("#calendarlink0").click()
        signed_in.locator("#calendarin0").get_by_text("15", exact=True).click()
        assert re.fullmatch(r"\d{4}/\d\d/15", signed_in.input_value("input[name=start_time_0]"))
        signed_in.get_by_text("参数", exact=True).click()
        expect(arguments).to_be_visible()
        expect(expires).to_be_hidden()

    def test_related_menu_opens(
        self, signed_in: Page, live_server: Any, desk: SimpleNamespace
    ) -> None:
        signed_in.goto(f"{tasks_page(live_server)}{desk.tasks[0].pk}/change/")
        signed_in.locator("[data-id=related-widget-wrapper-interval]").get_by_text(
            "more_vert"
        ).click()
        expect(signed_in.locator("#add_id_interval")).to_be_visible()


class TestShell:
    def test_dark_and_light(self, signed_in: Page) -> None:
        html = signed_in.locator("html")
        expect(html).not_to_have_class("dark")
        signed_in.locator("#nav-sidebar").get_by_text("unfold_more").click()
        signed_in.get_by_text("深色").click()
        expect(html).to_have_class("dark")
        signed_in.reload()
        expect(html).to_have_class("dark")
        signed_in.locator("#nav-sidebar").get_by_text("unfold_more").click()
        signed_in.get_by_text("浅色").click()
        expect(html).to_have_class("light")

    def test_chinese_and_english(self, signed_in: Page, live_server: Any) -> None:
        signed_in.goto(tasks_page(live_server))
        expect(signed_in.locator("html")).to_have_attribute("lang", "zh-hans")
        signed_in.get_by_role("button", name="English").locator("visible=true").click()
        expect(signed_in).to_have_url(tasks_page(live_server))
        expect(filter_button(signed_in, "Filters")).to_be_visible()
        signed_in.get_by_role("button", name="中文").locator("visible=true").click()
        expect(filter_button(signed_in, "筛选")).to_be_visible()

    def test_sidebar_folds_and_remembers(self, signed_in: Page) -> None:
        sidebar = signed_in.locator("#nav-sidebar")
        signed_in.locator("#header-inner").get_by_text("dock_to_right").locator(
            "visible=true"
        ).click()
        expect(sidebar).to_be_hidden()
        signed_in.reload()
        expect(sidebar).to_be_hidden()

    def test_sidebar_opens_on_a_telephone(self, signed_in: Page) -> None:
        signed_in.set_viewport_size({"width": 390, "height": 844})
        sidebar = signed_in.locator("#nav-sidebar")
        expect(sidebar).to_be_hidden()
        signed_in.locator("#header-inner").get_by_text("dock_to_right").locator(
            "visible=true"
        ).click()
        expect(sidebar).to_be_visible()


EXPRESSION = re.compile(
    r"""(?<![\w-])(?:x-(?:data|init|show|if|for|text|model|bind|on|effect|resize|anchor|sort:config)
        (?:[:.][\w:.\-]*)?|:key)=(?:"([^"]*)"|'([^']*)')""",
    re.VERBOSE | re.DOTALL,
)
TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
EITHER = re.compile(r"\{%\s*if.*?%\}(.*?)(?:\{%\s*else\s*%\}(.*?))?\{%\s*endif\s*%\}", re.DOTALL)

# We use the command palette in its place (UNFOLD["SIDEBAR"]["command_search"]).
NOT_SHOWN = {"unfold/helpers/search.html"}


def expressions() -> Iterator[tuple[str, str]]:
    """Every Alpine expression in unfold's templates, or in ours where we replace them."""
    for path in sorted(Path(unfold.__file__).parent.rglob("*.html")):
        name = path.as_posix().rpartition("/templates/")[2]
        if name in NOT_SHOWN:
            continue
        ours = OVERRIDES / name
        source = (ours if ours.exists() else path).read_text()
        # Quotes inside template tags do not end an attribute.
        source = TAG.sub(lambda m: re.sub("[\"']", "´", m.group()), source)
        for match in EXPRESSION.finditer(source):
            written = match.group(1) or match.group(2) or ""
            for way in (r"\1", r"\2"):
                plain = TAG.sub("0", EITHER.sub(way, written)).strip()
                if match.group().startswith("x-for"):
                    plain = plain.rpartition(" in ")[2]
                if plain:
                    yield name, plain


class TestExpressions:
    def test_the_csp_build_can_read_every_one(self, signed_in: Page) -> None:
        all_expressions = sorted(set(expressions()))
        assert len(all_expressions) > 120
        unreadable = signed_in.evaluate(
            """expressions => {
                const unreadable = []
                let current
                Alpine.setErrorHandler(error => {
                    if (error.message.startsWith("CSP Parser Error")) unreadable.push(current)
                })
                for (current of expressions) {
                    Alpine.evaluate(document.createElement("i"), current[1])
                }
                return unreadable
            }""",
            [*all_expressions, ("proof", "if (broken) { }")],
        )
        assert unreadable == [["proof", "if (broken) { }"]]
