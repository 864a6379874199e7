-- The client's people as the project's own side keeps them: who they are and how they like to be
-- reached. They need not be people of this server. Deleted for good when taken out. A previous program
-- still running neither reads nor writes them.
CREATE TABLE contact (
    id            BLOB    NOT NULL CONSTRAINT contact_pk PRIMARY KEY,
    project       BLOB    NOT NULL CONSTRAINT contact_project_fk REFERENCES project (id),
    name          TEXT    NOT NULL,
    post          TEXT    NOT NULL,
    -- A word; one that the program does not know is shown as "other".
    channel       TEXT    NOT NULL,
    address       TEXT    NOT NULL,
    created_at_ms INTEGER NOT NULL,
    CONSTRAINT contact_id_16_bytes CHECK (length(id) = 16),
    CONSTRAINT contact_name_1_to_80 CHECK (length(name) BETWEEN 1 AND 80),
    CONSTRAINT contact_post_up_to_80 CHECK (length(post) <= 80),
    CONSTRAINT contact_channel_1_to_20 CHECK (length(channel) BETWEEN 1 AND 20),
    CONSTRAINT contact_address_up_to_200 CHECK (length(address) <= 200)
) STRICT, WITHOUT ROWID;

CREATE INDEX contact_by_project ON contact (project, id);
