-- Ways in that one has oneself: a mailbox that was proved to be one's own, codes sent to it, a password. A previous
-- program still running knows only links.

-- One person has at most one mailbox, and a mailbox one person. Addresses are kept in lower case: nobody has two that
-- differ in that alone, and people type them either way.
CREATE TABLE mailbox (
    person          BLOB    NOT NULL CONSTRAINT mailbox_pk PRIMARY KEY
                            CONSTRAINT mailbox_person_fk REFERENCES person (id),
    address         TEXT    NOT NULL CONSTRAINT mailbox_once UNIQUE,
    confirmed_at_ms INTEGER NOT NULL,
    CONSTRAINT mailbox_address_3_to_254 CHECK (length(address) BETWEEN 3 AND 254)
) STRICT, WITHOUT ROWID;

-- A code that was asked for. `ticket` is the hash of what the browser that asked holds, `code` that of the ticket and the
-- code together: whoever has this table can work out neither. There is a row for every address asked about, known or
-- not, so that asking tells nobody which are.
CREATE TABLE mail_code (
    ticket        BLOB    NOT NULL CONSTRAINT mail_code_pk PRIMARY KEY,
    address       TEXT    NOT NULL,
    -- Whose mailbox it becomes; NULL: a code to sign in with.
    person        BLOB    CONSTRAINT mail_code_person_fk REFERENCES person (id),
    code          BLOB    NOT NULL,
    tries_left    INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    CONSTRAINT mail_code_ticket_32_bytes CHECK (length(ticket) = 32),
    CONSTRAINT mail_code_code_32_bytes CHECK (length(code) = 32),
    CONSTRAINT mail_code_tries_from_0 CHECK (tries_left >= 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX mail_code_by_end ON mail_code (expires_at_ms);

-- `hash` is in the PHC form: it names how it was made.
CREATE TABLE password (
    person        BLOB    NOT NULL CONSTRAINT password_pk PRIMARY KEY
                          CONSTRAINT password_person_fk REFERENCES person (id),
    hash          TEXT    NOT NULL,
    changed_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The mailbox an invitation was sent to. Only whoever reads that mailbox has seen such a link, so opening it proves it.
ALTER TABLE login_link ADD COLUMN mailbox TEXT;
