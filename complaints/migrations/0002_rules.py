from django.db import migrations

from complaints.migrations import REPLACED
from office.tables.append_only import protect, unprotect

APPEND_ONLY = (
    "complaints_promiserule",
    "complaints_callbackpolicy",
    "complaints_clockevent",
    "complaints_promise",
    "complaints_visititem",
    "complaints_callbackattempt",
    "complaints_temperaturetest",
    "complaints_temperaturereading",
    "complaints_escalation",
    "complaints_answer",
    "complaints_handover",
    "complaints_notice",
    "complaints_noticerecipient",
    "complaints_ticketnote",
    "complaints_dutyperiod_members",
    "complaints_visitstep",
    "complaints_kpinight",
    "complaints_kpifact",
    "complaints_kpicorrection",
    "complaints_ringingcall",
    "complaints_solutionverdict",
    "complaints_handoverreply",
)

# Whoever writes around the operations cannot put an event before the one that came last.
CLOCK_ORDER = """
CREATE FUNCTION complaints_clock_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM complaints_clockevent e
    WHERE e.ticket_id = NEW.ticket_id AND (e.at > NEW.at OR e.ordinal >= NEW.ordinal)
  ) THEN
    RAISE EXCEPTION 'clock event of ticket % lies before the last one', NEW.ticket_id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER complaints_clock_order BEFORE INSERT ON complaints_clockevent
  FOR EACH ROW EXECUTE FUNCTION complaints_clock_order();
"""
CLOCK_ORDER_REVERSE = """
DROP TRIGGER complaints_clock_order ON complaints_clockevent;
DROP FUNCTION complaints_clock_order();
"""

# The report itself is evidence: what it is called, whose it is and when it came stay as they are.
FROZEN_REPORT = """
CREATE FUNCTION complaints_frozen_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.number, NEW.company_id, NEW.reported_at, NEW.entered_at, NEW.channel)
    IS DISTINCT FROM (OLD.number, OLD.company_id, OLD.reported_at, OLD.entered_at, OLD.channel)
  THEN
    RAISE EXCEPTION 'the report of ticket % never changes', OLD.number
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER complaints_frozen_report BEFORE UPDATE ON complaints_ticket
  FOR EACH ROW EXECUTE FUNCTION complaints_frozen_report();
"""
FROZEN_REPORT_REVERSE = """
DROP TRIGGER complaints_frozen_report ON complaints_ticket;
DROP FUNCTION complaints_frozen_report();
"""

# Answers cite a published version: what was cited must read the same for ever.
FROZEN_ARTICLE = """
CREATE FUNCTION complaints_frozen_article() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'published' THEN
    RAISE EXCEPTION 'a published version of an article never changes'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER complaints_frozen_article BEFORE UPDATE OR DELETE ON complaints_articleversion
  FOR EACH ROW EXECUTE FUNCTION complaints_frozen_article();
"""
FROZEN_ARTICLE_REVERSE = """
DROP TRIGGER complaints_frozen_article ON complaints_articleversion;
DROP FUNCTION complaints_frozen_article();
"""

# A finished visit is what the customer confirmed.
FROZEN_VISIT = """
CREATE FUNCTION complaints_frozen_visit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state IN ('completed', 'withdrawn') THEN
    RAISE EXCEPTION 'visit % is over', OLD.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER complaints_frozen_visit BEFORE UPDATE OR DELETE ON complaints_visit
  FOR EACH ROW EXECUTE FUNCTION complaints_frozen_visit();
"""
FROZEN_VISIT_REVERSE = """
DROP TRIGGER complaints_frozen_visit ON complaints_visit;
DROP FUNCTION complaints_frozen_visit();
"""

# int8range stands in for btree_gist, which not every PostgreSQL has.
NO_OVERLAP = """
ALTER TABLE complaints_dutyperiod ADD CONSTRAINT duties_of_a_crew_do_not_overlap
EXCLUDE USING gist (
    int8range(crew_id, crew_id, '[]') WITH &&,
    tstzrange(starts_at, ends_at, '[)') WITH &&
) WHERE (withdrawn_at IS NULL);
"""
NO_OVERLAP_REVERSE = (
    "ALTER TABLE complaints_dutyperiod DROP CONSTRAINT duties_of_a_crew_do_not_overlap;"
)

# Who was on duty is evidence: a published period can be withdrawn once, and nothing else.
FROZEN_DUTY = """
CREATE FUNCTION complaints_frozen_duty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.withdrawn_at IS NOT NULL
    OR (NEW.crew_id, NEW.starts_at, NEW.ends_at, NEW.phone, NEW.published_at, NEW.published_by_id)
    IS DISTINCT FROM
    (OLD.crew_id, OLD.starts_at, OLD.ends_at, OLD.phone, OLD.published_at, OLD.published_by_id)
  THEN
    RAISE EXCEPTION 'duty % was published: it is withdrawn, never changed', OLD.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER complaints_frozen_duty BEFORE UPDATE OR DELETE ON complaints_dutyperiod
  FOR EACH ROW EXECUTE FUNCTION complaints_frozen_duty();
"""
FROZEN_DUTY_REVERSE = """
DROP TRIGGER complaints_frozen_duty ON complaints_dutyperiod;
DROP FUNCTION complaints_frozen_duty();
"""

# A draw is drawn once; what came of a flat is said once. Neither is changed or deleted after.
FROZEN_DRAW = """
CREATE FUNCTION complaints_frozen_draw() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'complaints_spotcheckplan' THEN
    IF OLD.drawn_at IS NOT NULL THEN
      RAISE EXCEPTION 'spot check plan % is drawn', OLD.id
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  ELSIF TG_OP = 'DELETE' OR OLD.settled_at IS NOT NULL
    OR (NEW.plan_id, NEW.ordinal, NEW.account_id, NEW.station, NEW.position, NEW.digest)
      IS DISTINCT FROM
       (OLD.plan_id, OLD.ordinal, OLD.account_id, OLD.station, OLD.position, OLD.digest)
  THEN
    RAISE EXCEPTION 'spot check % was drawn or settled', OLD.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER complaints_frozen_draw BEFORE UPDATE OR DELETE ON complaints_spotcheckplan
  FOR EACH ROW EXECUTE FUNCTION complaints_frozen_draw();
CREATE TRIGGER complaints_frozen_draw BEFORE UPDATE OR DELETE ON complaints_spotcheckitem
  FOR EACH ROW EXECUTE FUNCTION complaints_frozen_draw();
"""
FROZEN_DRAW_REVERSE = """
DROP TRIGGER complaints_frozen_draw ON complaints_spotcheckitem;
DROP TRIGGER complaints_frozen_draw ON complaints_spotcheckplan;
DROP FUNCTION complaints_frozen_draw();
"""


class Migration(migrations.Migration):
    replaces = REPLACED
    dependencies = [("complaints", "0001_tables")]

    operations = [
        *[migrations.RunSQL(protect(table), unprotect(table)) for table in APPEND_ONLY],
        migrations.RunSQL(CLOCK_ORDER, CLOCK_ORDER_REVERSE),
        migrations.RunSQL(FROZEN_REPORT, FROZEN_REPORT_REVERSE),
        migrations.RunSQL(FROZEN_ARTICLE, FROZEN_ARTICLE_REVERSE),
        migrations.RunSQL(FROZEN_VISIT, FROZEN_VISIT_REVERSE),
        migrations.RunSQL(NO_OVERLAP, NO_OVERLAP_REVERSE),
        migrations.RunSQL(FROZEN_DUTY, FROZEN_DUTY_REVERSE),
        migrations.RunSQL(FROZEN_DRAW, FROZEN_DRAW_REVERSE),
    ]
