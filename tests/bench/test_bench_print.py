"""How many papers a core prints: `pytest -s tests/bench/test_bench_print.py`. Judges nothing."""

import resource
import time

from office.pdf import render_pdf, stamp_pages
from tests.office.papers import a_receipt

PILE = 100_000
SINGLES = 20


def test_stamped_against_laid_out_receipts() -> None:
    render_pdf("billing/payments/receipt.html", {"paper": a_receipt()})
    begun = time.process_time()
    for number in range(SINGLES):
        render_pdf("billing/payments/receipt.html", {"paper": a_receipt(number)})
    plain = SINGLES / (time.process_time() - begun)

    begun, pages, size = time.process_time(), 0, 0
    for file in stamp_pages("billing/payments/receipt.html", map(a_receipt, range(PILE))):
        pages, size = pages + file.pages, size + len(file.content)
        assert file.laid_out == 0
    stamped = pages / (time.process_time() - begun)

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"\nreceipts per CPU second: laid out {plain:.1f}, stamped {stamped:,.0f}"
        f" (1:{stamped / plain:.0f}); {size / pages:.0f} bytes a page, peak {peak} MB"
    )
    assert pages == PILE
