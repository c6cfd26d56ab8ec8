"""The kinds of record that are approved; each app registers its own beside their operations."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from office.language import Text
from office.refusals import Invalid


@dataclass(frozen=True)
class ApprovalKind:
    """A kind of record that passes an approval.

    `table` is the record's model as "app.model". `permissions` are those a level may name,
    `default_levels` the chain where no published rule says otherwise. `by_amount` says whether
    the records have an amount in fen by which rules can differ. No rule may name fewer levels
    than `least_levels`.
    """

    key: str
    label: Text
    table: str
    permissions: tuple[str, ...]
    default_levels: tuple[str, ...]
    by_amount: bool = True
    least_levels: int = 1

    @property
    def view_permission(self) -> str:
        """The permission to open the record's page."""
        app, model = self.table.split(".")
        return f"{app}.view_{model}"

    @property
    def page(self) -> str:
        """The name of the record's page in the admin site."""
        return f"admin:{self.table.replace('.', '_')}_change"


_kinds: dict[str, ApprovalKind] = {}


def register_kind(kind: ApprovalKind) -> ApprovalKind:
    """Adds a kind to the registry and returns it."""
    _kinds[kind.key] = kind
    return kind


def approval_kinds() -> list[ApprovalKind]:
    """Returns every registered kind, in the order of their keys."""
    return [_kinds[key] for key in sorted(_kinds)]


def approval_kind(key: str) -> ApprovalKind:
    """Returns the kind with this key; raises `Invalid` when no app has registered it."""
    if key not in _kinds:
        raise Invalid("approval_kind_unknown", _("没有这种审批事项，请重新选择。"))
    return _kinds[key]
