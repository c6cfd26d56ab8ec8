"""The guard of a workflow as the database has it, beside the one its table says."""

from django.db import connection

from office.workflow import Workflow


def body_of_guard(workflow: Workflow) -> tuple[str, str]:
    """Returns the body that the workflow's table says and the one that stands in the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT prosrc FROM pg_proc WHERE proname = %s",
            [f"{workflow.table}_{workflow.column}_guard"],
        )
        rows = cursor.fetchall()
    (body,) = [row[0] for row in rows]
    return workflow.guard_sql().split("$$")[1].strip(), body.strip()
