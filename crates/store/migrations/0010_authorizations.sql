-- Sign-ins that an organization's client begins and ends itself belong to no member. A column cannot
-- lose its "not null" on both engines, so the table is made again; sign-ins under way are kept.
create table oauth_flows_anew (
  state_hash {{text}} not null primary key,
  organization_id {{text}} not null references organizations (id),
  member_id {{text}} references members (id) on delete cascade,
  host_id {{text}} not null references hosts (id) on delete cascade,
  provider {{text}} not null,
  organization_key_id {{text}} not null,
  verifier {{blob}} not null,
  created_at bigint not null,
  expires_at bigint not null
);
insert into oauth_flows_anew (state_hash, organization_id, member_id, host_id, provider,
  organization_key_id, verifier, created_at, expires_at)
  select state_hash, organization_id, member_id, host_id, provider, organization_key_id, verifier,
  created_at, expires_at from oauth_flows;
drop table oauth_flows;
alter table oauth_flows_anew rename to oauth_flows;
create index oauth_flows_by_expiry on oauth_flows (expires_at);
create index oauth_flows_by_member on oauth_flows (organization_id, member_id);

-- A word of a client's own, which it sees again.
alter table credentials add column tag {{text}};
