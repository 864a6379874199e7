-- Who invites, and what they want to say: shown to whoever opens the link, before they come in. A previous program
-- still running neither reads nor writes them.
ALTER TABLE login_link ADD COLUMN invited_by BLOB CONSTRAINT login_link_invited_by_fk REFERENCES person (id);
ALTER TABLE login_link ADD COLUMN message TEXT NOT NULL DEFAULT ''
    CONSTRAINT login_link_message_up_to_500 CHECK (length(message) <= 500);
