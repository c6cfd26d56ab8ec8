"""Check 9: retention over: content, keys and files are gone, the figures are unchanged; a hold
stops it; warnings come 90, 30 and 7 days before."""

from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from office.refusals import Refused
from tests.whistleblowing.closed_cases import a_closed_case
from tests.whistleblowing.island_records import NOON, a_report, an_officer, signed_in
from whistleblowing.figures.counting import yearly_figures
from whistleblowing.keys.report_keys import Reader, newest_key
from whistleblowing.models import (
    CaseEntry,
    ConcludedCase,
    Destruction,
    FilePiece,
    Report,
    ReportKey,
    Retention,
    RetentionWarning,
    SealedFile,
    SealedKey,
)
from whistleblowing.process.operations import Words, take_step
from whistleblowing.retention.operations import hold_report, release_report, warn_and_destroy
from whistleblowing.words import KeyPurpose

pytestmark = pytest.mark.django_db
# Declined on 3 March 2026 and kept for 36 months, to 3 March 2029.
OVER = datetime(2029, 3, 4, 4, tzinfo=UTC)


@pytest.fixture
def head() -> Reader:
    return an_officer()


def night(at: datetime) -> int:
    return warn_and_destroy(by="tests", at=at)


class TestDestroy:
    def test_everything_of_the_report_goes_and_the_figures_stay(self, head: Reader) -> None:
        report = a_closed_case(head, opened=False)
        other_report, _ = a_report(form_key="k" * 40)
        file = SealedFile.objects.create(
            report=report,
            key=newest_key(report, KeyPurpose.TALK),
            sealed_facts=b"x",
            received_at=NOON,
        )
        FilePiece.objects.create(file_id=file.pk, number=0, sealed=b"x", written_at=NOON)
        before = yearly_figures(2026, OVER.date())
        assert (night(OVER - timedelta(days=1)), Report.objects.count()) == (0, 2)
        assert night(OVER) == 1
        assert list(Report.objects.all()) == [other_report]
        assert {row.report_id for row in CaseEntry.objects.all()} == {other_report.pk}
        assert {row.report_id for row in ReportKey.objects.all()} == {other_report.pk}
        assert {row.key.report_id for row in SealedKey.objects.select_related("key")} == {
            other_report.pk
        }
        assert (SealedFile.objects.count(), FilePiece.objects.count()) == (0, 0)
        assert (Retention.objects.count(), RetentionWarning.objects.count()) == (0, 0)
        assert yearly_figures(2026, OVER.date()) == before
        assert ConcludedCase.objects.count() == 1
        assert Destruction.objects.get().rule.conclusion == "declined"

    def test_no_table_with_a_row_of_a_report_is_forgotten(self) -> None:
        destroyed = {
            *("report", "reportkey", "sealedkey", "caseentry", "sealedfile"),
            *("owedstep", "notice", "retention", "retentionwarning"),
            *("identityrecord", "identityshare", "identityrequest", "identitydecision"),
            "findingscopy",
        }
        pending: list[type[Model]] = [Report]
        tables = {"report"}
        while pending:
            for relation in pending.pop()._meta.related_objects:
                model = relation.related_model
                if isinstance(model, type) and model._meta.model_name not in tables:
                    tables.add(str(model._meta.model_name))
                    pending.append(model)
        assert tables == destroyed
        assert apps.get_model("whistleblowing", "filepiece") is FilePiece

    def test_the_log_lets_go_of_nothing_else(self, head: Reader) -> None:
        report = a_closed_case(head, opened=False)
        other, _ = a_report(form_key="k" * 40)
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            CaseEntry.objects.filter(report=report).delete()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('whistleblowing.destroying', %s, true)", [str(report.pk)]
            )
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            CaseEntry.objects.filter(report=other).delete()

    def test_an_open_report_is_never_destroyed_and_reopening_ends_retention(
        self, head: Reader
    ) -> None:
        report = a_closed_case(head, opened=False)
        take_step(report, "reopen_case", Words("新证据", ""), by=head, at=NOON)
        assert (night(OVER), Report.objects.count()) == (0, 1)


class TestHold:
    def test_a_hold_stops_it_until_it_is_released(self, head: Reader) -> None:
        report = a_closed_case(head, opened=False)
        hold_report(report, "诉讼中", by=head, at=NOON)
        with pytest.raises(Refused, match="已经保全"):
            hold_report(report, "再次", by=head, at=NOON)
        assert (night(OVER), Report.objects.count()) == (0, 1)
        release_report(report, "诉讼已结束", by=head, at=OVER)
        assert (night(OVER), Report.objects.count()) == (1, 0)

    def test_who_holds_no_key_finds_nothing_to_hold(self, head: Reader) -> None:
        report = a_closed_case(head, opened=False)
        stranger = an_officer("王二", by=head)
        with pytest.raises(Refused) as refusal:
            hold_report(report, "诉讼中", by=stranger, at=NOON)
        assert refusal.value.code == "not_found"
        assert Retention.objects.get().held_at is None


class TestWarnings:
    def test_each_is_given_once_and_the_reader_sees_the_day(self, head: Reader) -> None:
        a_closed_case(head, opened=False)
        for days in (91, 90, 89, 30, 7, 6):
            night(OVER - timedelta(days=days + 1))
        warned_days = RetentionWarning.objects.order_by("at").values_list("days", flat=True)
        assert list(warned_days) == [90, 30, 7]
        assert "2029-03-03" in signed_in(head).get("/audit/").content.decode()
