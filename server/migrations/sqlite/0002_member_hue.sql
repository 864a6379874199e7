-- The colour of a member within a project, 0 to 7: given when they come in, so that people who
-- write together are told apart. A previous program adds members without one; they get 0.
ALTER TABLE member ADD COLUMN hue INTEGER NOT NULL DEFAULT 0
    CONSTRAINT member_hue_0_to_7 CHECK (hue BETWEEN 0 AND 7);

UPDATE member SET hue = (
    SELECT count(*) FROM member AS earlier
    WHERE earlier.project = member.project
      AND (earlier.added_at_ms, earlier.person) < (member.added_at_ms, member.person)
) % 8;
