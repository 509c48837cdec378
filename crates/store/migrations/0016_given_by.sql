-- Who gave a version; unknown of those that were given before, and of those that renewed themselves.
alter table secret_versions add column given_by {{text}};
