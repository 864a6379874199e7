-- Who wrote last, for lists: reading it from the log would mean sorting the log of every document
-- shown. NULL: only the server has written since, or a previous program, which does not keep it.
ALTER TABLE document ADD COLUMN changed_by BLOB
    CONSTRAINT document_changed_by_fk REFERENCES person (id);

UPDATE document SET changed_by = (
    SELECT person FROM change_log
    WHERE change_log.document = document.id AND person IS NOT NULL
    ORDER BY position DESC LIMIT 1
);

-- A document in the bin: who put it there and when. Both are NULL or neither is. Nothing of the
-- document itself is touched, then or later: chunks are append-only, and a clock that jumps must
-- not cost anybody a document. How long one can be taken out again is for whoever asks. A previous
-- program still running shows the document as if nothing had happened.
ALTER TABLE document ADD COLUMN removed_by BLOB
    CONSTRAINT document_removed_by_fk REFERENCES person (id);
ALTER TABLE document ADD COLUMN removed_at_ms INTEGER
    CONSTRAINT document_removed_by_somebody CHECK ((removed_at_ms IS NULL) = (removed_by IS NULL));
