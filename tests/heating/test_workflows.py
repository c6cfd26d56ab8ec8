"""The page of the workflows is what the tables say."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from billing.states import WORKFLOWS as BILLING
from heating.management.commands.workflows import PAGE, describe_workflows
from office.states import WORKFLOWS as OFFICE


class TestWorkflows:
    def test_the_committed_page_is_current(self) -> None:
        call_command("workflows", check=True)

    def test_every_workflow_and_verb_is_told(self) -> None:
        page = describe_workflows()
        for workflow in (*BILLING, *OFFICE):
            assert f"## {workflow.name} · " in page
            for move in workflow.moves:
                assert f"| `{move.verb}` | {move.label} |" in page

    def test_a_stale_page_is_noticed_and_written_anew(self, tmp_path: Path, settings: Any) -> None:
        settings.BASE_DIR = tmp_path
        (tmp_path / PAGE).parent.mkdir()
        (tmp_path / PAGE).write_text("# old\n")
        with pytest.raises(CommandError, match="run manage"):
            call_command("workflows", check=True)
        call_command("workflows")
        call_command("workflows", check=True)
        assert (tmp_path / PAGE).read_text() == describe_workflows()
