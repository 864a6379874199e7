-- Images of documents, beside them and named by their content: an id that is written into a document
-- never comes to name other bytes, and the same image twice is one row. In the database, so that a
-- backup, a check and a restore of it are those of the images too. They stay when a document no longer
-- shows them: its history does, and undoing brings them back. A previous program still running
-- neither reads nor writes them.
CREATE TABLE image (
    document       BLOB    NOT NULL CONSTRAINT image_document_fk REFERENCES document (id),
    -- SHA-256 of the bytes.
    hash           BLOB    NOT NULL,
    media_type     TEXT    NOT NULL,
    width_px       INTEGER NOT NULL,
    height_px      INTEGER NOT NULL,
    uploaded_by    BLOB    NOT NULL CONSTRAINT image_uploaded_by_fk REFERENCES person (id),
    uploaded_at_ms INTEGER NOT NULL,
    -- Last: what stands in front of it is read without it.
    bytes          BLOB    NOT NULL,
    CONSTRAINT image_pk PRIMARY KEY (document, hash),
    CONSTRAINT image_hash_32_bytes CHECK (length(hash) = 32),
    CONSTRAINT image_media_type_known CHECK (media_type IN ('image/jpeg', 'image/png')),
    CONSTRAINT image_size_1_to_2560 CHECK (width_px BETWEEN 1 AND 2560 AND height_px BETWEEN 1 AND 2560),
    CONSTRAINT image_not_empty CHECK (length(bytes) > 0)
) STRICT;
