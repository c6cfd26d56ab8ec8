"""催缴: how old open debts are, who is to be reminded, and how."""
