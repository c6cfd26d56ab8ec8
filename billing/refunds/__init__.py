"""Money paid back out of advances, approved by others and posted when the bank has paid it."""
