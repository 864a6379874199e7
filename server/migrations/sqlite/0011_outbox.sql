-- Mail on its way, so that nothing is lost when whoever carries it is down. What was in it goes once it is delivered:
-- it may hold a code or a link.
CREATE TABLE mail (
    id             BLOB    NOT NULL CONSTRAINT mail_pk PRIMARY KEY,
    recipient      TEXT    NOT NULL,
    subject        TEXT    NOT NULL,
    -- Both as composed; empty once delivered.
    plain          TEXT    NOT NULL,
    html           TEXT    NOT NULL,
    created_at_ms  INTEGER NOT NULL,
    -- When it is tried next; NULL: delivered, or given up.
    next_try_at_ms INTEGER,
    tries          INTEGER NOT NULL DEFAULT 0,
    sent_at_ms     INTEGER,
    -- What whoever carries it said last; empty when nothing went wrong.
    failure        TEXT    NOT NULL DEFAULT '',
    CONSTRAINT mail_id_16_bytes CHECK (length(id) = 16)
) STRICT, WITHOUT ROWID;

CREATE INDEX mail_by_next_try ON mail (next_try_at_ms) WHERE next_try_at_ms IS NOT NULL;
