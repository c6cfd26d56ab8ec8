"""Applying in groups leaves the tables that Django's own way leaves, with fewer renderings."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, migrations, models
from django.db.migrations import Migration
from django.db.migrations.state import ProjectState

from heating.migrations_in_groups import (
    apply_one_by_one,
    clone_by_copying,
    clone_by_deconstructing,
    migrations_in_groups,
)


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
        migrations.AlterField("room", "name", models.CharField(max_length=20)),
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
def test_leaves_the_same_tables_with_one_rendering_for_each_group(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected, one_by_one = applied(apply_one_by_one, monkeypatch)
    with migrations_in_groups():
        shape, in_groups = applied(Migration.apply, monkeypatch)
    assert shape == expected
    # The second group begins where a table is changed that the first one created.
    assert (len(shape), one_by_one, in_groups) == (22, 7, 2)


@pytest.mark.parametrize(
    "field",
    [
        models.CharField("name", max_length=9, choices=[("a", "A")], default="a", unique=True),
        models.ForeignKey("planted.Room", models.PROTECT, related_name="beds", null=True),
        models.OneToOneField("planted.Room", models.CASCADE, limit_choices_to={"floor": 1}),
        models.ManyToManyField("planted.Room", related_name="+"),
        models.BigAutoField(primary_key=True, auto_created=True),
    ],
    ids=lambda field: type(field).__name__,
)
def test_a_copied_field_is_the_field_that_django_would_build(
    field: "models.Field[Any, Any]",
) -> None:
    copy, clone = clone_by_copying(field), clone_by_deconstructing(field)
    assert copy.deconstruct() == clone.deconstruct()
    assert copy.remote_field is None or copy.remote_field is not field.remote_field
    # Both come after the field in a table, or before all others if the key made itself.
    assert sorted([field, copy, clone]) == (
        [clone, copy, field] if field.creation_counter < 0 else [field, copy, clone]
    )
