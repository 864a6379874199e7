-- The first schema. Migrations are history: only ever add files, each safe with the previous
-- program still running.
--
-- All tables are STRICT: SQLite otherwise stores any value in any column. Times are Unix
-- milliseconds by the server's clock; ids are 16 bytes; secrets are SHA-256, never themselves.

-- People live in a table of their own so that a name can be erased without touching history:
-- changes and logs hold the opaque id.
CREATE TABLE person (
    id            BLOB    NOT NULL CONSTRAINT person_pk PRIMARY KEY,
    name          TEXT    NOT NULL,
    standing      TEXT    NOT NULL,
    created_at_ms INTEGER NOT NULL,
    CONSTRAINT person_id_16_bytes CHECK (length(id) = 16),
    CONSTRAINT person_name_1_to_80 CHECK (length(name) BETWEEN 1 AND 80),
    CONSTRAINT person_standing_known CHECK (standing IN ('host', 'guest'))
) STRICT, WITHOUT ROWID;

CREATE TABLE project (
    id            BLOB    NOT NULL CONSTRAINT project_pk PRIMARY KEY,
    name          TEXT    NOT NULL,
    client        TEXT    NOT NULL,
    language      TEXT    NOT NULL,
    created_at_ms INTEGER NOT NULL,
    CONSTRAINT project_id_16_bytes CHECK (length(id) = 16),
    CONSTRAINT project_name_1_to_120 CHECK (length(name) BETWEEN 1 AND 120),
    CONSTRAINT project_client_up_to_120 CHECK (length(client) <= 120),
    CONSTRAINT project_language_known CHECK (language IN ('zh-CN', 'en'))
) STRICT, WITHOUT ROWID;

CREATE TABLE member (
    project     BLOB    NOT NULL CONSTRAINT member_project_fk REFERENCES project (id),
    person      BLOB    NOT NULL CONSTRAINT member_person_fk REFERENCES person (id),
    role        TEXT    NOT NULL,
    added_at_ms INTEGER NOT NULL,
    CONSTRAINT member_pk PRIMARY KEY (project, person),
    CONSTRAINT member_role_known CHECK (role IN ('owner', 'member', 'client', 'reader'))
) STRICT, WITHOUT ROWID;

-- "Which projects am I in" starts from the person.
CREATE INDEX member_by_person ON member (person);

CREATE TABLE document (
    id            BLOB    NOT NULL CONSTRAINT document_pk PRIMARY KEY,
    project       BLOB    NOT NULL CONSTRAINT document_project_fk REFERENCES project (id),
    kind          TEXT    NOT NULL,
    title         TEXT    NOT NULL,
    language      TEXT    NOT NULL,
    audience      TEXT    NOT NULL,
    author        BLOB    NOT NULL CONSTRAINT document_author_fk REFERENCES person (id),
    -- The heads at the last commit, 32 bytes each, joined. Lists and checks read them without
    -- loading the document.
    heads         BLOB    NOT NULL,
    stored_bytes  INTEGER NOT NULL DEFAULT 0,
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    CONSTRAINT document_id_16_bytes CHECK (length(id) = 16),
    CONSTRAINT document_language_known CHECK (language IN ('zh-CN', 'en')),
    CONSTRAINT document_audience_known CHECK (audience IN ('project', 'author')),
    CONSTRAINT document_heads_whole CHECK (length(heads) % 32 = 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX document_by_project ON document (project, created_at_ms);

-- Append-only and keyed by content: writing a chunk twice is the same as once, so a client may
-- resend whatever it is unsure of. `position` keeps the order of writing; it is the rowid, so
-- appending touches the end of the table. Kinds: 0 snapshot, 1 change.
CREATE TABLE chunk (
    position INTEGER NOT NULL CONSTRAINT chunk_pk PRIMARY KEY AUTOINCREMENT,
    document BLOB    NOT NULL CONSTRAINT chunk_document_fk REFERENCES document (id),
    hash     BLOB    NOT NULL,
    kind     INTEGER NOT NULL,
    bytes    BLOB    NOT NULL,
    CONSTRAINT chunk_once UNIQUE (document, hash),
    CONSTRAINT chunk_hash_32_bytes CHECK (length(hash) = 32),
    CONSTRAINT chunk_kind_known CHECK (kind IN (0, 1)),
    CONSTRAINT chunk_not_empty CHECK (length(bytes) > 0)
) STRICT;

-- What compaction took out. Kept because the column store underneath is young: should a snapshot
-- ever turn out wrong, the chunks it was made from are here.
CREATE TABLE chunk_archive (
    position       INTEGER NOT NULL CONSTRAINT chunk_archive_pk PRIMARY KEY,
    document       BLOB    NOT NULL CONSTRAINT chunk_archive_document_fk REFERENCES document (id),
    hash           BLOB    NOT NULL,
    kind           INTEGER NOT NULL,
    bytes          BLOB    NOT NULL,
    merged_into    BLOB    NOT NULL,
    archived_at_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX chunk_archive_by_document ON chunk_archive (document, position);

-- Who made which change and when, by the server's account. Also the memory of every change ever
-- accepted: a change merged into a snapshot is still known here.
CREATE TABLE change_log (
    position INTEGER NOT NULL CONSTRAINT change_log_pk PRIMARY KEY AUTOINCREMENT,
    document BLOB    NOT NULL CONSTRAINT change_log_document_fk REFERENCES document (id),
    hash     BLOB    NOT NULL,
    actor    BLOB    NOT NULL,
    -- NULL: the server itself, giving items their numbers.
    person   BLOB    CONSTRAINT change_log_person_fk REFERENCES person (id),
    at_ms    INTEGER NOT NULL,
    CONSTRAINT change_log_once UNIQUE (document, hash),
    CONSTRAINT change_log_hash_32_bytes CHECK (length(hash) = 32)
) STRICT;

-- An actor belongs to the person whose connection first used it; changes by it from anybody else
-- are refused.
CREATE TABLE actor (
    document      BLOB    NOT NULL CONSTRAINT actor_document_fk REFERENCES document (id),
    actor         BLOB    NOT NULL,
    person        BLOB    NOT NULL CONSTRAINT actor_person_fk REFERENCES person (id),
    bound_at_ms   INTEGER NOT NULL,
    CONSTRAINT actor_pk PRIMARY KEY (document, actor),
    CONSTRAINT actor_1_to_64_bytes CHECK (length(actor) BETWEEN 1 AND 64)
) STRICT, WITHOUT ROWID;

-- R-001, G-002: counted per project and kind, given once, never given again.
CREATE TABLE item_number (
    project BLOB    NOT NULL CONSTRAINT item_number_project_fk REFERENCES project (id),
    item    TEXT    NOT NULL,
    kind    TEXT    NOT NULL,
    number  INTEGER NOT NULL,
    CONSTRAINT item_number_pk PRIMARY KEY (project, item),
    CONSTRAINT item_number_once UNIQUE (project, kind, number),
    CONSTRAINT item_number_from_1 CHECK (number >= 1)
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
    id            BLOB    NOT NULL CONSTRAINT session_pk PRIMARY KEY,
    secret        BLOB    NOT NULL CONSTRAINT session_secret_once UNIQUE,
    person        BLOB    NOT NULL CONSTRAINT session_person_fk REFERENCES person (id),
    created_at_ms INTEGER NOT NULL,
    seen_at_ms    INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    revoked_at_ms INTEGER,
    CONSTRAINT session_secret_32_bytes CHECK (length(secret) = 32)
) STRICT, WITHOUT ROWID;

CREATE INDEX session_by_person ON session (person);

CREATE TABLE login_link (
    id            BLOB    NOT NULL CONSTRAINT login_link_pk PRIMARY KEY,
    secret        BLOB    NOT NULL CONSTRAINT login_link_secret_once UNIQUE,
    purpose       TEXT    NOT NULL,
    person        BLOB    CONSTRAINT login_link_person_fk REFERENCES person (id),
    project       BLOB    CONSTRAINT login_link_project_fk REFERENCES project (id),
    max_uses      INTEGER NOT NULL,
    uses          INTEGER NOT NULL DEFAULT 0,
    created_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    revoked_at_ms INTEGER,
    CONSTRAINT login_link_secret_32_bytes CHECK (length(secret) = 32),
    CONSTRAINT login_link_purpose_known CHECK (purpose IN ('set_up', 'login', 'invitation')),
    -- Only the set-up link is for nobody yet.
    CONSTRAINT login_link_for_somebody CHECK ((purpose = 'set_up') = (person IS NULL)),
    CONSTRAINT login_link_uses_within CHECK (uses BETWEEN 0 AND max_uses)
) STRICT, WITHOUT ROWID;

CREATE TABLE access_token (
    id            BLOB    NOT NULL CONSTRAINT access_token_pk PRIMARY KEY,
    secret        BLOB    NOT NULL CONSTRAINT access_token_secret_once UNIQUE,
    person        BLOB    NOT NULL CONSTRAINT access_token_person_fk REFERENCES person (id),
    -- The one project it reaches; NULL is all the person's projects.
    project       BLOB    CONSTRAINT access_token_project_fk REFERENCES project (id),
    created_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    revoked_at_ms INTEGER,
    CONSTRAINT access_token_secret_32_bytes CHECK (length(secret) = 32)
) STRICT, WITHOUT ROWID;

-- Written by /readyz to prove that the disk takes writes.
CREATE TABLE heartbeat (
    one   INTEGER NOT NULL CONSTRAINT heartbeat_pk PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    CONSTRAINT heartbeat_single CHECK (one = 1)
) STRICT;
