"""Until when closed reports are kept, and what lets go of a log that is destroyed."""

import uuid
from datetime import date

import django.db.models.deletion
from django.db import migrations, models

from office.tables.append_only import protect, unprotect

SOURCE = "默认值，以集团档案管理制度为准"
# How many months reports are kept, by their conclusion.
MONTHS = (("opened", 120), ("declined", 36))

# Of the log nothing is changed, and only a whole report's entries are deleted: in the transaction
# that destroys the report.
LOG = """
CREATE OR REPLACE FUNCTION whistleblowing_caseentry_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE'
     AND current_setting('whistleblowing.destroying', true) = OLD.report_id::text THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION '% is append-only: corrections are new rows', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER whistleblowing_caseentry_kept BEFORE UPDATE OR DELETE ON whistleblowing_caseentry
  FOR EACH ROW EXECUTE FUNCTION whistleblowing_caseentry_refuse_change();
"""
NO_LOG = """
DROP TRIGGER IF EXISTS whistleblowing_caseentry_kept ON whistleblowing_caseentry;
DROP FUNCTION IF EXISTS whistleblowing_caseentry_refuse_change();
"""


def add_rules(apps, schema_editor):
    rule = apps.get_model("whistleblowing", "RetentionRule")
    for conclusion, months in MONTHS:
        rule.objects.create(
            id=uuid.uuid4(),
            conclusion=conclusion,
            months=months,
            starts=date(2020, 1, 1),
            source=SOURCE,
        )


def _id():
    return models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)


def _key(to, related_name):
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=to)


class Migration(migrations.Migration):

    dependencies = [
        ("whistleblowing", "0004_routing"),
    ]

    operations = [
        migrations.CreateModel(
            name="RetentionRule",
            fields=[
                ("id", _id()),
                ("conclusion", models.CharField(choices=[("opened", "已立案办结"), ("declined", "不予立案")], max_length=10, verbose_name="结论")),
                ("months", models.PositiveSmallIntegerField(verbose_name="保存月数")),
                ("starts", models.DateField(verbose_name="施行日期")),
                ("source", models.CharField(max_length=120, verbose_name="依据")),
            ],
            options={
                "verbose_name": "保存期限",
                "verbose_name_plural": "保存期限",
                "default_permissions": (),
                "constraints": [models.UniqueConstraint(fields=("conclusion", "starts"), name="one_retention_rule_per_day")],
            },
        ),
        migrations.CreateModel(
            name="Retention",
            fields=[
                ("id", _id()),
                ("last_day", models.DateField(verbose_name="保存至")),
                ("held_at", models.DateTimeField(null=True, verbose_name="保全时间")),
                ("report", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="retention", to="whistleblowing.report")),
                ("rule", _key("whistleblowing.retentionrule", "+")),
            ],
            options={
                "verbose_name": "保存",
                "verbose_name_plural": "保存",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Destruction",
            fields=[
                ("id", _id()),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("rule", _key("whistleblowing.retentionrule", "+")),
            ],
            options={
                "verbose_name": "销毁记录",
                "verbose_name_plural": "销毁记录",
                "ordering": ["-at"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="RetentionWarning",
            fields=[
                ("id", _id()),
                ("days", models.PositiveSmallIntegerField(verbose_name="提前天数")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("retention", _key("whistleblowing.retention", "warnings")),
            ],
            options={
                "verbose_name": "销毁预告",
                "verbose_name_plural": "销毁预告",
                "default_permissions": (),
                "constraints": [models.UniqueConstraint(fields=("retention", "days"), name="warned_once_per_term")],
            },
        ),
        migrations.AlterField(
            model_name="identityrecord",
            name="report",
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="identity", to="whistleblowing.report"),
        ),
        migrations.AddField(
            model_name="identitydecision",
            name="sealed_reasons",
            field=models.BinaryField(db_default=b"", default=bytes),
        ),
        migrations.RunSQL(unprotect("whistleblowing_caseentry"), protect("whistleblowing_caseentry")),
        migrations.RunSQL(LOG, NO_LOG),
        migrations.RunSQL(protect("whistleblowing_destruction"), unprotect("whistleblowing_destruction")),
        migrations.RunPython(add_rules, migrations.RunPython.noop),
    ]
