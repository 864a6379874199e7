-- Decisions about access, each bound to the one before by its hash: what was changed or taken out afterwards shows. Rows
-- are only ever added; the program that is asked to do otherwise is told no by the database itself.

-- Who somebody is in the log. The log holds the commitment alone: once this row is gone, nobody can tell whose it was, and
-- the chain still verifies.
CREATE TABLE audit_person (
    person     BLOB NOT NULL CONSTRAINT audit_person_pk PRIMARY KEY
                    CONSTRAINT audit_person_fk REFERENCES person (id),
    salt       BLOB NOT NULL,
    commitment BLOB NOT NULL CONSTRAINT audit_person_once UNIQUE,
    CONSTRAINT audit_person_salt_16_bytes CHECK (length(salt) = 16),
    CONSTRAINT audit_person_commitment_32_bytes CHECK (length(commitment) = 32)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    position INTEGER NOT NULL CONSTRAINT audit_pk PRIMARY KEY AUTOINCREMENT,
    at_ms    INTEGER NOT NULL,
    act      TEXT    NOT NULL,
    outcome  TEXT    NOT NULL,
    -- Commitments; NULL where it is nobody, or nobody known.
    who      BLOB,
    whom     BLOB,
    -- Ids without a reference: what they name may go, the log stays.
    project  BLOB,
    document BLOB,
    hash     BLOB    NOT NULL CONSTRAINT audit_hash_once UNIQUE,
    CONSTRAINT audit_outcome_known CHECK (outcome IN ('allowed', 'refused')),
    CONSTRAINT audit_hash_32_bytes CHECK (length(hash) = 32)
) STRICT;

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
