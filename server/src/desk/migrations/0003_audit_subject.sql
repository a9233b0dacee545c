-- What a line of the audit log is about, where it is no report: an item of the
-- library and the string in it, or a release.
ALTER TABLE audit ADD COLUMN subject TEXT;
