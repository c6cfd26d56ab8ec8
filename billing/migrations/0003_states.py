"""States move only along the tables in `billing/states.py`; `tests/billing/test_states.py` compares."""

from django.db import migrations

from billing.migrations import REPLACED

GUARDS = [
    """
CREATE OR REPLACE FUNCTION billing_pricedocument_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'draft' THEN
      RAISE EXCEPTION 'billing_pricedocument begins as draft, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('draft', 'published')) THEN
    RAISE EXCEPTION 'billing_pricedocument: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS billing_pricedocument_state_guard ON billing_pricedocument;
CREATE TRIGGER billing_pricedocument_state_guard BEFORE INSERT OR UPDATE ON billing_pricedocument
  FOR EACH ROW EXECUTE FUNCTION billing_pricedocument_state_guard();
""",
    """
CREATE OR REPLACE FUNCTION billing_billingrun_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'scoped' THEN
      RAISE EXCEPTION 'billing_billingrun begins as scoped, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('approved', 'cancelled'), ('approved', 'issuing'), ('approved', 'previewing'), ('issued', 'closed'), ('issuing', 'issued'), ('previewed', 'approved'), ('previewed', 'cancelled'), ('previewed', 'previewing'), ('previewing', 'previewed'), ('scoped', 'cancelled'), ('scoped', 'previewing')) THEN
    RAISE EXCEPTION 'billing_billingrun: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS billing_billingrun_state_guard ON billing_billingrun;
CREATE TRIGGER billing_billingrun_state_guard BEFORE INSERT OR UPDATE ON billing_billingrun
  FOR EACH ROW EXECUTE FUNCTION billing_billingrun_state_guard();
""",
    """
CREATE OR REPLACE FUNCTION billing_shift_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'open' THEN
      RAISE EXCEPTION 'billing_shift begins as open, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('open', 'closed')) THEN
    RAISE EXCEPTION 'billing_shift: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS billing_shift_state_guard ON billing_shift;
CREATE TRIGGER billing_shift_state_guard BEFORE INSERT OR UPDATE ON billing_shift
  FOR EACH ROW EXECUTE FUNCTION billing_shift_state_guard();
""",
    """
CREATE OR REPLACE FUNCTION billing_paymentintent_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'open' THEN
      RAISE EXCEPTION 'billing_paymentintent begins as open, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('cancelled', 'paid'), ('open', 'cancelled'), ('open', 'paid')) THEN
    RAISE EXCEPTION 'billing_paymentintent: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS billing_paymentintent_state_guard ON billing_paymentintent;
CREATE TRIGGER billing_paymentintent_state_guard BEFORE INSERT OR UPDATE ON billing_paymentintent
  FOR EACH ROW EXECUTE FUNCTION billing_paymentintent_state_guard();
""",
    """
CREATE OR REPLACE FUNCTION billing_attempt_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'created' THEN
      RAISE EXCEPTION 'billing_attempt begins as created, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('closed', 'paid'), ('created', 'closed'), ('created', 'failed'), ('created', 'open'), ('created', 'paid'), ('created', 'unknown'), ('failed', 'paid'), ('open', 'closed'), ('open', 'paid'), ('unknown', 'closed'), ('unknown', 'failed'), ('unknown', 'open'), ('unknown', 'paid')) THEN
    RAISE EXCEPTION 'billing_attempt: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS billing_attempt_state_guard ON billing_attempt;
CREATE TRIGGER billing_attempt_state_guard BEFORE INSERT OR UPDATE ON billing_attempt
  FOR EACH ROW EXECUTE FUNCTION billing_attempt_state_guard();
""",
]
REVERSE = """
DROP TRIGGER IF EXISTS billing_pricedocument_state_guard ON billing_pricedocument;
DROP FUNCTION IF EXISTS billing_pricedocument_state_guard();
DROP TRIGGER IF EXISTS billing_billingrun_state_guard ON billing_billingrun;
DROP FUNCTION IF EXISTS billing_billingrun_state_guard();
DROP TRIGGER IF EXISTS billing_shift_state_guard ON billing_shift;
DROP FUNCTION IF EXISTS billing_shift_state_guard();
DROP TRIGGER IF EXISTS billing_paymentintent_state_guard ON billing_paymentintent;
DROP FUNCTION IF EXISTS billing_paymentintent_state_guard();
DROP TRIGGER IF EXISTS billing_attempt_state_guard ON billing_attempt;
DROP FUNCTION IF EXISTS billing_attempt_state_guard();
"""


class Migration(migrations.Migration):
    replaces = REPLACED
    dependencies = [("billing", "0002_rules")]

    operations = [migrations.RunSQL("".join(GUARDS), REVERSE)]
