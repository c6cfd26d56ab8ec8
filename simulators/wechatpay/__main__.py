"""Run the simulator: `python -m simulators.wechatpay --port 8100 --data var/wechatpay`."""

import argparse
import signal
import sys
from pathlib import Path

from simulators.wechatpay.server import Simulator


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m simulators.wechatpay", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8100)
    parser.add_argument(
        "--data",
        type=Path,
        required=True,
        help="keys, merchant.json and simulator.sqlite3 live here",
    )
    parser.add_argument(
        "--public-url",
        default="",
        help="how browsers and the merchant reach it; default http://host:port",
    )
    parser.add_argument("--merchant-name", default="城市供热有限公司")
    parser.add_argument(
        "--notify-allow",
        action="append",
        metavar="HOST[:PORT]",
        help="where callbacks and OAuth may go; repeatable; default 127.0.0.1 and localhost",
    )
    parser.add_argument(
        "--time-scale", type=float, default=1.0, help="factor on the callback retry table"
    )
    parser.add_argument(
        "--web-codes", action="store_true", help="code_url is the payer page instead of weixin://…"
    )
    options = parser.parse_args()
    simulator = Simulator(
        options.data,
        host=options.host,
        port=options.port,
        public_url=options.public_url,
        merchant_name=options.merchant_name,
        notify_allow=frozenset(options.notify_allow or ("127.0.0.1", "localhost")),
        time_scale=options.time_scale,
        web_codes=options.web_codes,
        quiet=False,
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    simulator.start()
    print(
        f"WeChat Pay simulator at {simulator.url}, merchant settings in {simulator.merchant_file}",
        flush=True,
    )
    try:
        simulator.wait()
    except KeyboardInterrupt:
        pass
    finally:
        simulator.stop()


if __name__ == "__main__":
    main()
