-- On what somebody signed in, in words they recognise ("Chrome · Windows"): for the list of their devices. Not the
-- browser's own long text. A previous program still running leaves it empty.
ALTER TABLE session ADD COLUMN agent TEXT NOT NULL DEFAULT '';
