"""The comparison of a channel's day with the ledger: sets against sets, in a few statements."""

from datetime import date, datetime

from django.db import connection

from billing.chart import LedgerAccount
from billing.models import Channel

# The ledger account on which the money of a channel stands until the provider pays it out.
CHANNEL_ACCOUNT = {Channel.WECHATPAY: LedgerAccount.WECHAT}

# What the books have on the channel's account that day, and what its provider lists. A payment
# that came to the books twice cannot be: (provider, transaction id) is unique.
_SIDES = """
WITH books AS (
  SELECT payment.id AS payment_id, payment.company_id, payment.transaction_id,
         transfer.amount_fen
  FROM billing_transfer transfer
  JOIN billing_payment payment ON payment.id = transfer.source_id
  WHERE transfer.book = 0 AND transfer.kind = 'payment' AND transfer.source_type = 'payment'
    AND transfer.debit = %(account)s AND transfer.business_date = %(day)s
    AND payment.provider = %(channel)s
), days AS (
  SELECT id, company_id FROM billing_channelday
  WHERE channel = %(channel)s AND day = %(day)s AND state = 'open'
), lines AS (
  SELECT line.* FROM billing_providerline line JOIN days ON days.id = line.day_id
), repaid AS (
  SELECT refund.number, refund.company_id, refund.payment_id, payment.transaction_id
  FROM billing_transfer transfer
  JOIN billing_refundtosource refund ON refund.id = transfer.source_id
  JOIN billing_payment payment ON payment.id = refund.payment_id
  WHERE transfer.book = 0 AND transfer.kind = 'repaid' AND transfer.source_type = 'to_source'
    AND transfer.credit = %(account)s AND transfer.business_date = %(day)s
)
"""
# The amounts of the differences of payments add up to the gap of the day: what stands in the books
# on another day counts as nothing here.
_FOUND = """
found AS (
  SELECT line.day_id, line.transaction_id AS number, line.id AS line_id,
         payment.id AS payment_id, line.amount_fen AS provider_fen, 0 AS books_fen,
         CASE WHEN payment.id IS NULL THEN 'not_in_books' ELSE 'other_day' END AS kind
  FROM lines line
  LEFT JOIN books ON books.transaction_id = line.transaction_id
  LEFT JOIN billing_payment payment
    ON payment.provider = %(channel)s AND payment.transaction_id = line.transaction_id
  WHERE line.kind = 'payment' AND line.occurrence = 1 AND books.payment_id IS NULL
  UNION ALL
  SELECT line.day_id, line.transaction_id, line.id, books.payment_id, line.amount_fen,
         books.amount_fen, 'amount'
  FROM lines line JOIN books ON books.transaction_id = line.transaction_id
  WHERE line.kind = 'payment' AND line.occurrence = 1 AND line.amount_fen <> books.amount_fen
  UNION ALL
  SELECT line.day_id, concat(line.transaction_id, line.refund_id, '#', line.occurrence), line.id,
         NULL, CASE line.kind WHEN 'payment' THEN line.amount_fen ELSE 0 END, 0, 'twice'
  FROM lines line WHERE line.occurrence > 1
  UNION ALL
  SELECT days.id, books.transaction_id, NULL, books.payment_id, 0, books.amount_fen,
         CASE WHEN EXISTS (SELECT FROM billing_providerline other
                           WHERE other.transaction_id = books.transaction_id
                             AND other.kind = 'payment')
              THEN 'other_day' ELSE 'not_at_provider' END
  FROM books JOIN days ON days.company_id = books.company_id
  WHERE NOT EXISTS (SELECT FROM lines line WHERE line.kind = 'payment'
                    AND line.transaction_id = books.transaction_id)
  UNION ALL
  SELECT line.day_id, line.refund_id, line.id, NULL, 0, 0, 'refund_unknown'
  FROM lines line
  WHERE line.kind = 'refund' AND line.occurrence = 1
    AND NOT EXISTS (SELECT FROM billing_reportedrefund refund
                    WHERE refund.provider = %(channel)s AND refund.number = line.refund_id)
    AND NOT EXISTS (SELECT FROM billing_refundtosource refund
                    WHERE refund.number = line.refund_number AND refund.state = 'paid'
                      AND refund.amount_fen = line.amount_fen)
  UNION ALL
  -- A bill lists a refund on the day on which it was asked for, which may be an earlier one.
  SELECT days.id, repaid.number, NULL, repaid.payment_id, 0, 0, 'refund_missing'
  FROM repaid JOIN days ON days.company_id = repaid.company_id
  WHERE NOT EXISTS (SELECT FROM billing_providerline other
                    WHERE other.transaction_id = repaid.transaction_id AND other.kind = 'refund'
                      AND other.refund_number = repaid.number)
)
"""
# A company that has nothing but postings that day has a day too: payments, or refunds of ours.
_DAYS = """
INSERT INTO billing_channelday (company_id, channel, day, state, provider_count, provider_fen,
  refunded_fen, fee_fen, books_count, books_fen, open_count, compared_at)
SELECT DISTINCT transfer.company_id, %(channel)s, %(day)s::date, 'open', 0, 0, 0, 0, 0, 0, 0,
  %(at)s::timestamptz
FROM billing_transfer transfer
WHERE transfer.book = 0 AND transfer.business_date = %(day)s
  AND (transfer.kind = 'payment' AND transfer.debit = %(account)s
       AND EXISTS (SELECT FROM billing_payment payment
                   WHERE payment.id = transfer.source_id AND payment.provider = %(channel)s)
       OR transfer.kind = 'repaid' AND transfer.credit = %(account)s)
ON CONFLICT (company_id, channel, day) DO NOTHING
"""
_KEEP = (
    _SIDES
    + ", "
    + _FOUND
    + """
INSERT INTO billing_channeldifference (day_id, kind, number, line_id, payment_id, provider_fen,
  books_fen, found_at, explanation)
SELECT day_id, kind, number, line_id, payment_id, provider_fen, books_fen, %(at)s, '' FROM found
ON CONFLICT (day_id, kind, number) DO UPDATE SET gone_at = NULL
WHERE billing_channeldifference.gone_at IS NOT NULL
"""
)
_GONE = (
    _SIDES
    + ", "
    + _FOUND
    + """
UPDATE billing_channeldifference difference SET gone_at = %(at)s
FROM days
WHERE difference.day_id = days.id AND difference.gone_at IS NULL
  AND NOT EXISTS (SELECT FROM found WHERE found.day_id = difference.day_id
                  AND found.kind = difference.kind AND found.number = difference.number)
"""
)
# Fees are printed in thousandths of a fen; their sum is rounded once.
_FIGURES = (
    _SIDES
    + """, listed AS (
  SELECT day_id, count(*) FILTER (WHERE kind = 'payment') AS payments,
         COALESCE(sum(amount_fen) FILTER (WHERE kind = 'payment'), 0) AS paid_fen,
         COALESCE(sum(amount_fen) FILTER (WHERE kind = 'refund'), 0) AS refunded_fen,
         round(sum(fee_millifen) / 1000.0) AS fee_fen
  FROM lines GROUP BY day_id
), posted AS (
  SELECT company_id, count(*) AS payments, sum(amount_fen) AS paid_fen
  FROM books GROUP BY company_id
)
UPDATE billing_channelday channel_day SET
  provider_count = COALESCE(listed.payments, 0), provider_fen = COALESCE(listed.paid_fen, 0),
  refunded_fen = COALESCE(listed.refunded_fen, 0), fee_fen = COALESCE(listed.fee_fen, 0),
  books_count = COALESCE(posted.payments, 0), books_fen = COALESCE(posted.paid_fen, 0),
  open_count = (SELECT count(*) FROM billing_channeldifference difference
                WHERE difference.day_id = days.id AND difference.gone_at IS NULL
                  AND difference.explained_at IS NULL),
  compared_at = %(at)s
FROM days LEFT JOIN listed ON listed.day_id = days.id
LEFT JOIN posted ON posted.company_id = days.company_id
WHERE channel_day.id = days.id
"""
)


def compare_sets(channel: Channel, day: date, at: datetime) -> None:
    """A step of the comparison: writes the differences and figures of all companies' open days.

    The number of statements does not grow with the number of payments.
    """
    values: dict[str, str | int | date | datetime] = {
        "channel": channel.value,
        "account": int(CHANNEL_ACCOUNT[channel]),
        "day": day,
        "at": at,
    }
    with connection.cursor() as cursor:
        for statement in (_DAYS, _KEEP, _GONE, _FIGURES):
            cursor.execute(statement, values)
