"""Workflows as tables: states, the verbs that move between them, and the permission each needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from office.language import Text
from office.refusals import Refused


@dataclass(frozen=True)
class Move:
    """An allowed step: `verb` leads from one of `sources` to `target`."""

    verb: str
    label: Text
    sources: tuple[str, ...]
    target: str
    permission: str = ""


@dataclass(frozen=True)
class Workflow:
    """The states of a kind of record; it feeds the buttons, the database guard and the diagram."""

    name: Text
    table: str
    column: str
    states: type[TextChoices]
    initial: str
    moves: tuple[Move, ...]

    def next_state(self, state: str, verb: str) -> str:
        """Returns the state to which `verb` leads; refuses with what is possible instead."""
        for move in self.moves:
            if move.verb == verb and state in move.sources:
                return move.target
        here = self.states(state).label
        wanted_label = next((move.label for move in self.moves if move.verb == verb), verb)
        raise Refused(
            "wrong_state",
            _("%(name)s现在是“%(here)s”，不能%(asked)s。"),
            name=self.name,
            here=here,
            asked=wanted_label,
            state=state,
        )

    def moves_from(self, state: str) -> list[Move]:
        return [move for move in self.moves if state in move.sources]

    def pairs(self) -> list[tuple[str, str]]:
        """Returns every (from, to) that the database lets pass, sorted."""
        return sorted({(s, m.target) for m in self.moves for s in m.sources if s != m.target})

    def mermaid(self) -> str:
        """Returns the diagram of this workflow for the docs."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        lines += [
            f"    {source} --> {move.target}: {move.verb} {move.label}"
            for move in self.moves
            for source in move.sources
        ]
        lines += [f"    {value}: {value} {label}" for value, label in self.states.choices]
        return "\n".join(lines)

    def guard_sql(self) -> str:
        """Returns the trigger that refuses every change of state the table does not list."""
        return guard_sql(self.table, self.column, self.initial, self.pairs())


def guard_sql(table: str, column: str, initial: str, pairs: Iterable[tuple[str, str]]) -> str:
    """Returns the SQL of the state guard; migrations keep a literal copy, a test compares it."""
    allowed = ", ".join(f"('{a}', '{b}')" for a, b in pairs)
    return f"""
CREATE OR REPLACE FUNCTION {table}_{column}_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.{column} <> '{initial}' THEN
      RAISE EXCEPTION '{table} begins as {initial}, not %', NEW.{column};
    END IF;
  ELSIF NEW.{column} <> OLD.{column}
    AND (OLD.{column}, NEW.{column}) NOT IN ({allowed}) THEN
    RAISE EXCEPTION '{table}: no way from % to %', OLD.{column}, NEW.{column};
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS {table}_{column}_guard ON {table};
CREATE TRIGGER {table}_{column}_guard BEFORE INSERT OR UPDATE ON {table}
  FOR EACH ROW EXECUTE FUNCTION {table}_{column}_guard();
"""
