"""What the steps, the job and the page of a run have to know of its kind."""

from collections.abc import Mapping
from dataclasses import dataclass

from office.approvals.kinds import ApprovalKind
from office.workflow import Workflow


@dataclass(frozen=True)
class RunKind:
    """One kind of run, such as billing runs.

    `job` is the kind of its background job. `working` names the states in which that job works,
    each with the permission by which a person starts or resumes it.
    """

    job: str
    workflow: Workflow
    approval: ApprovalKind
    working: Mapping[str, str]
