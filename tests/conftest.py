"""The ground every test stands on: a PostgreSQL of the tests' own."""

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django.live_server_helper import LiveServer
from pytest_django.plugin import DjangoDbBlocker

from billing.wechat.merchants import close_client
from heating.celery import app
from heating.embedded.postgres import test_postgres
from heating.merchant_file import read_merchant
from tests.clock import ROOT, runs_in, stop_clock
from tests.customer_api import ApiClient, token_for
from tests.migrated_template import migrated_template
from tests.restored_database import remember_migrated_database, restore_migrated_database
from tests.shared_rows import end_shared_rows
from tests.sms_outbox import Outbox
from tests.wechat_world import WechatWorld, running_simulator

# How fast examples come depends on what else the machine does, and proves nothing about them.
hypothesis_settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("house")


# Playwright keeps an event loop in this thread, and Django would refuse the ORM beside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
HOW_TO_INSTALL = (
    f"There is no Chromium at {CHROMIUM}. Install it with "
    "`apt-get install -y --no-install-recommends chromium`, "
    "or name another one in the variable CHROMIUM."
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-access", action="store_true", help="write docs/access.md anew (tests/access)"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    end_shared_rows(item)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Runs the server from the first test that needs a database to the last."""
    if settings.DATABASE_URL:
        yield
        return
    with test_postgres().in_use():
        with django_db_blocker.unblock():
            connection.settings_dict["TEST"]["TEMPLATE"] = migrated_template()
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Keeps what the migrations left; at the end, closes what browsers still hold open."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        if remember_migrated_database():
            patch.setattr(TransactionTestCase, "_fixture_teardown", restore_migrated_database)
        # What lives as long as the run is not walked by every full collection.
        gc.collect()
        gc.freeze()
        # A request makes some ten thousand objects; to look for cycles after every 700 finds none.
        gc.set_threshold(50_000, 20, 20)
        with django_db_blocker.block():
            yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(autouse=True)
def clock(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands at `PRESENT`, except in the files that `tests/clock.py` lists.

    The patch is the one that tests use, so that all is undone in the reverse order: a test that
    sets the clock itself would leave it stopped for those after it.
    """
    if not runs_in(str(request.path.relative_to(ROOT))):
        stop_clock(monkeypatch)


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """No test is throttled for what another did."""
    cache.clear()


@pytest.fixture(scope="session")
def wechat_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WechatWorld]:
    """The WeChat Pay simulator as a process of its own, one for the whole run."""
    with running_simulator(tmp_path_factory.mktemp("wechatpay")) as world:
        yield world


@pytest.fixture
def wechat_world(wechat_process: WechatWorld, settings: Any) -> Iterator[WechatWorld]:
    """WeChat Pay as our settings know it; callbacks go to `live_server` where a test has one."""
    call_back_to(settings, wechat_process, "http://127.0.0.1:9")
    yield wechat_process
    wechat_process.calm()
    close_client()


@pytest.fixture
def live_site(live_server: LiveServer, wechat_world: WechatWorld, settings: Any) -> LiveServer:
    """Our site over real HTTP, and WeChat Pay calling back to it."""
    call_back_to(settings, wechat_world, live_server.url)
    return live_server


def call_back_to(settings: Any, world: WechatWorld, site: str) -> None:
    settings.PUBLIC_URL = site
    settings.WECHATPAY_MERCHANT_FILE = world.merchant_file
    settings.WECHATPAY = read_merchant(world.merchant_file, f"{site}/wechatpay/notify")
    close_client()


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium; pytest-playwright starts one for each worker that needs it."""
    if not CHROMIUM.exists():
        pytest.fail(HOW_TO_INSTALL)
    return {
        "executable_path": str(CHROMIUM),
        "headless": True,
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
        ],
    }


@pytest.fixture
def anybody() -> ApiClient:
    return ApiClient()


@pytest.fixture
def as_customer() -> Callable[..., ApiClient]:
    """A client signed in with a phone, perhaps through WeChat."""
    return lambda phone, openid="": ApiClient(token_for(phone, openid=openid))


@pytest.fixture
def sent_messages(settings: Any) -> Iterator[list[tuple[str, str, dict[str, str]]]]:
    """What was texted, newest last; messages go out at once."""
    settings.SMS_SENDER = "tests.sms_outbox.Outbox"
    Outbox.sent.clear()
    app.conf.task_always_eager = True
    yield Outbox.sent
    app.conf.task_always_eager = False
