"""入网费: what is owed and paid for grid connections, taken at the counter, moved and refunded."""
