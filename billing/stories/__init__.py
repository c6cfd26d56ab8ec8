"""Stories: what happened to an account, played through the operations of staff and compared."""
