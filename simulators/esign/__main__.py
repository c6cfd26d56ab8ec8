"""Run the simulator: `python -m simulators.esign --port 8101 --data var/esign`.

It writes `service.json` (address, key, public key) into its folder, which ESIGN_SERVICE_FILE names.
"""

import argparse
import contextlib
import signal
import sys
from pathlib import Path

from simulators.esign.server import EsignSimulator


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m simulators.esign", description=__doc__)
    parser.add_argument("--port", type=int, default=8101)
    parser.add_argument("--data", type=Path, required=True, help="service.json is written here")
    options = parser.parse_args()
    simulator = EsignSimulator(options.data, port=options.port)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"E-sign simulator at {simulator.url}", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        simulator.serve()


if __name__ == "__main__":
    main()
