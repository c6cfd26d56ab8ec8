"""Area changes: dated areas, approved by others, charged by the policy of the company."""
