"""The import of an organisation list as a background job."""

from typing import Any

from django.core.files.storage import default_storage
from django.utils import timezone

from office.jobs.heartbeat import beating
from office.jobs.queue import RunningJob, job
from office.models import OrganisationListKind
from office.organisation.list_import import import_organisation_list
from office.refusals import NotFound


@job("import_organisation_list")
def carry_out_organisation_list(work: RunningJob) -> dict[str, Any]:
    """Imports the stored list; a repeated start after success returns the first result."""
    company = work.row.company
    if company is None:
        raise NotFound()
    with default_storage.open(work.params["stored"]) as file, beating(work) as heartbeat:
        file.name = work.params["file_name"]
        record = import_organisation_list(
            company,
            OrganisationListKind(work.params["list"]),
            file,
            dry_run=work.params["dry_run"],
            by=work.actor(),
            at=timezone.now(),
            job=work.row,
            progress=heartbeat.progress,
        )
    return {"organisation_list": record.pk, "rows_refused": record.report["rows_refused_count"]}
