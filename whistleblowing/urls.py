"""The island's addresses: the reporters' pages and the auditors' desk."""

from django.urls import path

from whistleblowing.conversation import pages as conversation
from whistleblowing.desk import (
    findings_pages,
    identity_pages,
    integrity_pages,
    key_pages,
    officer_pages,
    pages,
    protection_pages,
    rule_pages,
)
from whistleblowing.filing import pages as filing

urlpatterns = [
    path("report/", filing.choose_language, name="report"),
    path("report/<str:language>/", filing.report_front, name="report_front"),
    path("report/<str:language>/new", filing.report_new, name="report_new"),
    path("report/<str:language>/receipt", conversation.report_receipt, name="report_receipt"),
    path("report/<str:language>/case", conversation.report_case, name="report_case"),
    path("report/<str:language>/renew", conversation.report_renew, name="report_renew"),
    path(
        "report/<str:language>/case/<uuid:file_id>",
        conversation.report_file,
        name="report_file",
    ),
    path("report/<str:language>/leave", conversation.report_leave, name="report_leave"),
    path("audit/", pages.audit_desk, name="audit_desk"),
    path("audit/unlock", key_pages.audit_unlock, name="audit_unlock"),
    path("audit/lock", key_pages.audit_lock, name="audit_lock"),
    path("audit/passphrase", key_pages.audit_passphrase, name="audit_passphrase"),
    path("audit/recovery", key_pages.audit_recovery, name="audit_recovery"),
    path("audit/officers", officer_pages.audit_officers, name="audit_officers"),
    path("audit/findings/<uuid:copy_id>", findings_pages.audit_findings, name="audit_findings"),
    path("audit/identity", identity_pages.audit_identity, name="audit_identity"),
    path("audit/protection", protection_pages.audit_protection, name="audit_protection"),
    path("audit/integrity", integrity_pages.audit_integrity, name="audit_integrity"),
    path("audit/rules", rule_pages.audit_rules, name="audit_rules"),
    path("audit/figures", pages.audit_figures, name="audit_figures"),
    path("audit/events", officer_pages.audit_events, name="audit_events"),
    path("audit/case/<uuid:report_id>", pages.audit_case, name="audit_case"),
    path("audit/case/<uuid:report_id>/<uuid:file_id>", pages.audit_file, name="audit_file"),
]
