-- When the provider first refused a version that is to be ended there: a later refusal confirms it.
alter table secret_versions add column refused_at bigint;
