"""Cases of one officer by the hundred for the benchmarks: one is filed, the others are its rows.

Every case has keys, seals, first entry and owed steps of its own; what is sealed is made once, so
that opening a row costs what it costs in any case.
"""

import hashlib
import uuid
from datetime import timedelta

from tests.whistleblowing.island_records import a_report
from whistleblowing.models import CaseEntry, OwedStep, Report, ReportKey, SealedKey


def many_cases(count: int) -> list[Report]:
    """Files one report and copies its rows until there are `count`; a few bulk statements."""
    filed, _receipt = a_report()
    reports = [
        Report(
            receipt_key=uuid.uuid4().bytes * 2,
            form_digest=hashlib.sha256(str(number).encode()).hexdigest(),
            received_at=filed.received_at + timedelta(seconds=number),
        )
        for number in range(1, count)
    ]
    Report.objects.bulk_create(reports)
    for key in filed.keys.all():
        keys = ReportKey.objects.bulk_create(
            ReportKey(
                report=report,
                purpose=key.purpose,
                public_key=key.public_key,
                created_at=key.created_at,
            )
            for report in reports
        )
        seals = list(key.sealed_keys.all())
        SealedKey.objects.bulk_create(
            SealedKey(key=copy, officer_id=seal.officer_id, sealed=seal.sealed)
            for copy in keys
            for seal in seals
        )
        entries = list(filed.entries.filter(key=key))
        CaseEntry.objects.bulk_create(
            CaseEntry(
                report_id=copy.report_id,
                number=entry.number,
                key=copy,
                sealed=entry.sealed,
                at=entry.at,
                digest=entry.digest,
            )
            for copy in keys
            for entry in entries
        )
    steps = list(filed.owed_steps.all())
    OwedStep.objects.bulk_create(
        OwedStep(
            report=report,
            step=step.step,
            rule_id=step.rule_id,
            begins_at=step.begins_at,
            due_at=step.due_at,
        )
        for report in reports
        for step in steps
    )
    return [filed, *reports]
