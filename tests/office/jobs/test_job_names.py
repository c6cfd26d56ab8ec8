"""Every kind of background job has a name that people read."""

from celery import current_app

from office.jobs import queue
from office.jobs.job_names import job_name


def test_every_kind_has_a_name() -> None:
    current_app.loader.import_default_modules()
    kinds = set(queue._handlers)
    assert {"billing_run", "import_accounts", "nightly_kpis", "tell_affected"} <= kinds
    assert {kind for kind in kinds if job_name(kind) == kind} == set()
    assert job_name("import_accounts") == "导入用户台账"
