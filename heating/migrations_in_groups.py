"""Migrating with fewer and cheaper renderings of the models.

Django renders anew, after each operation of a migration, every model that is related to the one
that was changed. Here nearly all of 250 models are related through the user and the company: half
a second for each of several hundred operations. Operations in a row that do not touch each other
need the models only once, after the last of them.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    AlterModelOptions,
    CreateModel,
    Migration,
)
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import Field
from pgtrigger.migrations import AddTrigger

# Each of these leaves the same in the database whether or not the state already has what the
# next ones add, as long as none of them creates a model that another one changes: a model that
# is rendered with a later column or constraint would be created with it, and adding it would fail.
ON_A_MODEL = (AddConstraint, AddIndex, AddTrigger)
ON_A_FIELD = (AddField, AlterField)


def target(operation: Operation) -> tuple[str, ...] | None:
    """Returns what the operation changes, or None if it has to be rendered alone."""
    if type(operation) in ON_A_MODEL:
        return (operation.model_name.lower(),)  # type: ignore[attr-defined]
    if type(operation) in ON_A_FIELD:
        return (operation.model_name.lower(), operation.name.lower())  # type: ignore[attr-defined]
    if type(operation) in (CreateModel, AlterModelOptions):
        return (operation.name.lower(),)  # type: ignore[attr-defined]
    return None


def groups(operations: list[Operation]) -> Iterator[list[Operation]]:
    """Yields the operations in their order, in runs that may share one rendering."""
    group: list[Operation] = []
    created: set[str] = set()
    fields: set[tuple[str, ...]] = set()
    for operation in operations:
        changed = target(operation)
        if changed is None or changed[0] in created or changed in fields:
            if group:
                yield group
            group, created, fields = [], set(), set()
        if changed is None:
            yield [operation]
            continue
        group.append(operation)
        if type(operation) is CreateModel:
            created.add(changed[0])
        elif len(changed) == 2:
            fields.add(changed)
    if group:
        yield group


def apply_in_groups(
    migration: Migration,
    state: ProjectState,
    schema_editor: BaseDatabaseSchemaEditor,
    collect_sql: bool = False,
) -> ProjectState:
    """Applies the migration as `Migration.apply` does, with one rendering for each group."""
    operations = migration.operations
    for group in groups(list(operations)):
        migration.operations = group  # type: ignore[misc]
        if len(group) == 1 or collect_sql:
            apply_one_by_one(migration, state, schema_editor, collect_sql)
        else:
            apply_together(migration, state, schema_editor)
    migration.operations = operations  # type: ignore[misc]
    return state


apply_one_by_one = Migration.apply


def apply_together(
    migration: Migration, state: ProjectState, schema_editor: BaseDatabaseSchemaEditor
) -> None:
    state_before = state.clone()
    with one_reload(state):
        for operation in migration.operations:
            operation.state_forwards(migration.app_label, state)
    for operation in migration.operations:
        operation.database_forwards(migration.app_label, schema_editor, state_before, state)


@contextmanager
def one_reload(state: ProjectState) -> Iterator[None]:
    """Renders once, at the end, the models that Django would render after each change."""
    changed: set[tuple[str, str]] = set()
    delays: set[bool] = set()

    def remember(app_label: str, model_name: str, delay: bool = False) -> None:
        changed.add((app_label, model_name))
        delays.add(delay)

    state.reload_model = remember  # type: ignore[method-assign]
    yield
    del state.reload_model
    state.reload_models(list(changed), delay=all(delays))


clone_by_deconstructing = Field.clone


def clone_by_copying(field: "Field[Any, Any]") -> "Field[Any, Any]":
    """Returns a copy of the field like `Field.clone`, in a third of its time.

    A field that no model owns holds nothing but its arguments, so it need not be taken apart and
    built again. Its place among the fields of a model is the order in which they were made.
    """
    if hasattr(field, "model"):
        return clone_by_deconstructing(field)
    copy = field.__deepcopy__({})
    if field.creation_counter < 0:
        copy.creation_counter = Field.auto_creation_counter
        Field.auto_creation_counter -= 1
    else:
        copy.creation_counter = Field.creation_counter
        Field.creation_counter += 1
    return copy


@contextmanager
def migrations_in_groups() -> Iterator[None]:
    """Lets `migrate` apply every migration in groups while the block runs."""
    Migration.apply = apply_in_groups  # type: ignore[method-assign, assignment]
    Field.clone = clone_by_copying  # type: ignore[method-assign, assignment]
    # Classes that a later rendering replaces are few beside those that stay, and each collection
    # walks them all: with Python's own thresholds that is a third of the time.
    thresholds = gc.get_threshold()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        Migration.apply = apply_one_by_one  # type: ignore[method-assign]
        Field.clone = clone_by_deconstructing  # type: ignore[method-assign]
        gc.set_threshold(*thresholds)
