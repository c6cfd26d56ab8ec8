"""Applying in groups leaves the tables that Django's own way leaves, with fewer renderings."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from heating.migrations_in_groups import apply_in_groups, apply_one_by_one


def planted_migration() -> migrations.Migration:
    """Two tables, of which the second points to the first, two columns, an index and a rule."""
    key = ("id", models.BigAutoField(primary_key=True))
    of_room = models.ForeignKey("planted.Room", models.CASCADE)
    planted = migrations.Migration("0001_planted", "planted")
    planted.operations = [  # type: ignore[misc]
        migrations.CreateModel("Room", [key, ("name", models.CharField(max_length=9))]),
        migrations.CreateModel("Bed", [key, ("room", of_room)]),
        migrations.AddField("room", "floor", models.IntegerField(default=1)),
        migrations.AddField("bed", "spare", models.ForeignKey("planted.Room", models.CASCADE, "+")),
        migrations.AddIndex("room", models.Index(fields=["floor"], name="planted_floor")),
        migrations.AddConstraint(
            "room",
            models.CheckConstraint(condition=models.Q(floor__gte=0), name="planted_above_ground"),
        ),
    ]
    return planted


def applied(
    apply: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> tuple[list[tuple[str, ...]], int]:
    """Returns columns, rules and indexes afterwards, and how often models were rendered."""
    state = ProjectState(real_apps={config.label for config in apps.get_app_configs()})
    assert state.apps  # Rendered, as it is while migrating.
    reload, reloads = state._reload, count()  # type: ignore[attr-defined]
    monkeypatch.setattr(state, "_reload", lambda models: (next(reloads), reload(models)))
    with connection.schema_editor(atomic=False) as editor:
        state = apply(planted_migration(), state, editor)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns"
            " WHERE table_name LIKE 'planted_%'"
            " UNION ALL SELECT conrelid::regclass::text, contype::text, pg_get_constraintdef(oid)"
            " FROM pg_constraint WHERE conrelid::regclass::text LIKE 'planted_%'"
            " UNION ALL SELECT tablename, '', indexdef FROM pg_indexes"
            " WHERE tablename LIKE 'planted_%' ORDER BY 1, 2, 3"
        )
        shape = cursor.fetchall()
        cursor.execute("DROP TABLE planted_bed, planted_room")
    return shape, next(reloads)


@pytest.mark.django_db
def test_leaves_the_same_tables_with_one_rendering_for_each_kind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected, one_by_one = applied(apply_one_by_one, monkeypatch)
    shape, in_groups = applied(apply_in_groups, monkeypatch)
    assert shape == expected
    assert (len(shape), one_by_one, in_groups) == (22, 6, 3)
