"""Migrating with fewer renderings of the models.

Django renders anew, after each operation of a migration, every model that is related to the one
that was changed. Here nearly all of 200 models are related through the user and the company: half
a second for each of several hundred operations. Operations of one kind in a row need the models
only once, after the last of them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import AddConstraint, AddField, AddIndex, CreateModel, Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger

# Each operation of such a kind leaves the same in the database whether or not the state already
# has its neighbours of that kind. Kinds are not mixed: a model that is created together with a
# constraint would bring the constraint with it, and adding it would fail.
ADDING = [(CreateModel,), (AddField,), (AddConstraint, AddIndex, AddTrigger)]


def kind(operation: Operation) -> object:
    """Returns a value that is equal for operations which may share one rendering."""
    for number, classes in enumerate(ADDING):
        if type(operation) in classes:
            return number
    return id(operation)


def apply_in_groups(
    migration: Migration,
    state: ProjectState,
    schema_editor: BaseDatabaseSchemaEditor,
    collect_sql: bool = False,
) -> ProjectState:
    """Applies the migration as `Migration.apply` does, alike operations with one rendering."""
    operations = migration.operations
    for _, group in groupby(operations, key=kind):
        migration.operations = list(group)  # type: ignore[misc]
        if len(migration.operations) == 1 or collect_sql:
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


@contextmanager
def migrations_in_groups() -> Iterator[None]:
    """Lets `migrate` apply every migration in groups while the block runs."""
    Migration.apply = apply_in_groups  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        Migration.apply = apply_one_by_one  # type: ignore[method-assign]
