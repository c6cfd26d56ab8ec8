"""What an operation owes: by and at, one transaction, a permission, one line in the journal."""

import ast
from collections.abc import Iterator, Mapping

from heating.rooms import WITH_MODELS
from tests.house.trees import Module, reached

STEP = "A step of "
OWN_TRANSACTION = "transaction of its own"
NO_PERMISSION = "No permission:"
NO_LINE = "No line in the journal:"
_SCREENS = ("admin", "pages", "views", "api", "management")


def faults_of(module: Module, modules: Mapping[str, Module]) -> Iterator[tuple[str, str]]:
    """Yields each public function that is neither operation nor step, and how to mend it."""
    for function in module.functions:
        if function.name.startswith("_") or not _is_judged(module, function):
            continue
        for sentence in _faults(module, function, {**modules, module.name: module}):
            yield f"{module.path} {function.name}", sentence


def _is_judged(module: Module, function: ast.FunctionDef) -> bool:
    parts = module.path.removesuffix(".py").split("/")
    return parts[0] in WITH_MODELS and (
        "operations" in parts
        or (_opens(function) > 0 and not any(part.endswith(_SCREENS) for part in parts))
    )


def _faults(module: Module, function: ast.FunctionDef, modules: dict[str, Module]) -> Iterator[str]:
    says = " ".join((ast.get_docstring(function) or "").split())
    if says.startswith(STEP):
        if _opens(function) and OWN_TRANSACTION not in says:
            yield (
                "is a step that opens a transaction: take `atomic` out, or say in the docstring "
                f"that it runs in a “{OWN_TRANSACTION}”."
            )
        return
    keywords = {argument.arg for argument in function.args.kwonlyargs}
    missing = [name for name in ("by", "at") if name not in keywords]
    if missing:
        yield (
            f"lacks keyword-only {' and '.join(missing)}: take `*, by: Actor, at: datetime`, begin "
            f"the docstring with “{STEP}…” if a caller holds lock and transaction, or move a "
            "question to a module of queries."
        )
        return
    everything = list(reached(module, function, modules))
    names = {name for name, _ in everything}
    if _opens(function) > 1 or not any(
        _opens(node) for node in [function, *(node for _, node in everything)]
    ):
        yield "needs exactly one transaction: decorate it with `@transaction.atomic`."
    if (
        not names
        & {
            "office.permissions.authorise",
            "office.permissions.may",
            "office.refusals.NotAllowed",
        }
        and NO_PERMISSION not in says
    ):
        yield (
            "asks for no permission: call `authorise(by, …)`, or say in the docstring "
            f"“{NO_PERMISSION} …” and the reason."
        )
    lines = {
        *("office.journal.record", "office.journal.record_each", "office.journal.entry"),
        # The island keeps logs of its own.
        *("whistleblowing.case_log.entries.append", "whistleblowing.officers.events.note"),
    }
    if not names & lines and NO_LINE not in says:
        yield (
            "leaves no line in the journal: call `journal.record(verb, record, by=by, at=at)`, or "
            f"say in the docstring “{NO_LINE} …” and the reason."
        )


def _opens(node: ast.AST) -> int:
    """How many transactions the function itself opens, as decorator or in its body."""
    places = [
        *getattr(node, "decorator_list", []),
        *(
            item.context_expr
            for part in ast.walk(node)
            if isinstance(part, ast.With)
            for item in part.items
        ),
    ]
    return sum("transaction.atomic" in ast.unparse(place) for place in places)
