"""`python -m heating.embedded stop` stops what a killed process left running."""

import sys

from heating.embedded.attached import servers

if sys.argv[1:] != ["stop"]:
    sys.exit("usage: python -m heating.embedded stop")
for server in servers():
    server.stop()
