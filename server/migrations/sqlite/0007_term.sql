-- What words mean in a project (L5). Read by everybody in it, kept by its own side. Deleted for good when
-- taken out. A previous program still running neither reads nor writes them.
CREATE TABLE term (
    id            BLOB    NOT NULL CONSTRAINT term_pk PRIMARY KEY,
    project       BLOB    NOT NULL CONSTRAINT term_project_fk REFERENCES project (id),
    word          TEXT    NOT NULL,
    -- How else it is written: in the other language, or in short. May be empty.
    also          TEXT    NOT NULL,
    meaning       TEXT    NOT NULL,
    created_at_ms INTEGER NOT NULL,
    CONSTRAINT term_id_16_bytes CHECK (length(id) = 16),
    CONSTRAINT term_word_1_to_60 CHECK (length(word) BETWEEN 1 AND 60),
    CONSTRAINT term_also_up_to_60 CHECK (length(also) <= 60),
    CONSTRAINT term_meaning_1_to_500 CHECK (length(meaning) BETWEEN 1 AND 500)
) STRICT, WITHOUT ROWID;

CREATE INDEX term_by_project ON term (project, id);
