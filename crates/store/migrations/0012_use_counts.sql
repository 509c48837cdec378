-- How often credentials were used, and how often something was refused, per day; counted when records
-- are indexed. The rows without a credential are the organization's sums.
create table use_counts (
  organization_id {{text}} not null,
  credential_id {{text}} not null,
  day bigint not null,
  uses bigint not null,
  refusals bigint not null,
  primary key (organization_id, credential_id, day)
);
create index use_counts_by_day on use_counts (day);

-- What ends next, and what needs attention.
create index credentials_by_end on credentials (organization_id, expires_at);
create index credentials_by_axes on credentials (organization_id, lifecycle, authentication, capability);
-- The order of ends, those without one last; as it stands in the query.
create index credentials_by_ending on credentials
  (organization_id, (coalesce(expires_at, 9223372036854775807)), id);
