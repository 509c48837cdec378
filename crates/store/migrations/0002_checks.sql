-- What the last check of a credential found, and when it is looked at next. A check is claimed by a
-- conditional update; a claim that nobody finishes runs out.
create table checks (
  credential_id {{text}} not null primary key references credentials (id) on delete cascade,
  organization_id {{text}} not null,
  report {{text}},
  checked_at bigint,
  next_check_at bigint not null,
  refused_since bigint,
  refusals bigint not null default 0,
  claimed_until bigint not null default 0
);
create index checks_by_next on checks (next_check_at);

insert into checks (credential_id, organization_id, next_check_at)
  select id, organization_id, 0 from credentials;

-- Every change of a shown status, and why.
create table status_history (
  id {{text}} not null primary key,
  credential_id {{text}} not null references credentials (id) on delete cascade,
  organization_id {{text}} not null,
  at bigint not null,
  status {{text}} not null,
  reason {{text}} not null
);
create index status_history_by_credential on status_history (credential_id, id);

-- Refuse to store what could not be checked; try harmless writes to prove a right to write; from
-- which age in days a value is old (null: the built-in one).
alter table organizations add column requires_checks bigint not null default 0;
alter table organizations add column allows_write_probes bigint not null default 0;
alter table organizations add column value_age_days_max bigint;
