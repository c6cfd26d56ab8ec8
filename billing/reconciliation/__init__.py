"""对账: each day of a payment channel, compared line by line with the ledger."""
