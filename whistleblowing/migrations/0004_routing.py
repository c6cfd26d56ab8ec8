"""Who handles a report by the rank of the accused, with the first rules."""

import uuid
from datetime import date

from django.db import migrations, models

SOURCE = "默认值，以集团反舞弊管理制度为准"
# Rank of the accused, and the lowest level that handles the report.
LEVELS = (
    ("staff", 1),
    ("department_head", 1),
    ("company_leader", 2),
    ("group_leader", 3),
    ("partner", 2),
    ("unknown", 2),
)


def add_rules(apps, schema_editor):
    rule = apps.get_model("whistleblowing", "RoutingRule")
    for rank, level in LEVELS:
        rule.objects.create(
            id=uuid.uuid4(), rank=rank, level=level, starts=date(2020, 1, 1), source=SOURCE
        )


class Migration(migrations.Migration):

    dependencies = [
        ("office", "0011_organisation"),
        ("whistleblowing", "0003_identity_and_figures"),
    ]

    operations = [
        migrations.CreateModel(
            name="RoutingRule",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("rank", models.CharField(choices=[("staff", "一般员工"), ("department_head", "部门负责人"), ("company_leader", "下属公司领导"), ("group_leader", "集团领导人员"), ("partner", "外部合作方"), ("unknown", "不清楚")], max_length=20, verbose_name="被检举人的层级")),
                ("level", models.PositiveSmallIntegerField(choices=[(1, "所在公司审计"), (2, "集团审计"), (3, "董事会、监事会")], verbose_name="受理层级")),
                ("starts", models.DateField(verbose_name="施行日期")),
                ("source", models.CharField(max_length=120, verbose_name="依据")),
            ],
            options={
                "verbose_name": "受理层级",
                "verbose_name_plural": "受理层级",
                "default_permissions": (),
                "constraints": [models.UniqueConstraint(fields=("rank", "starts"), name="one_routing_rule_per_day")],
            },
        ),
        migrations.RunPython(add_rules, migrations.RunPython.noop),
    ]
