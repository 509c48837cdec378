-- Accounts that members connect, Apps that mint tokens, and who renews a grant at the moment.
alter table credentials add column member_id {{text}} references members (id);
alter table credentials add column app_id {{text}};
alter table credentials add column installation_id {{text}};
-- One account of a member at a host; the organization's credentials have no member.
create unique index credentials_by_member on credentials (member_id, host_id);

-- A sign-in at a provider that was begun. Its state is known by the hash only, and is good once.
create table oauth_flows (
  state_hash {{text}} not null primary key,
  organization_id {{text}} not null references organizations (id),
  member_id {{text}} not null references members (id) on delete cascade,
  host_id {{text}} not null references hosts (id) on delete cascade,
  provider {{text}} not null,
  organization_key_id {{text}} not null,
  verifier {{blob}} not null,
  created_at bigint not null,
  expires_at bigint not null
);
create index oauth_flows_by_expiry on oauth_flows (expires_at);
create index oauth_flows_by_member on oauth_flows (member_id);

-- What only one process may do at a time, until when by the database's clock. The intent says what
-- was begun; while it stands, nobody knows how that ended.
create table claims (
  name {{text}} not null primary key,
  owner {{text}} not null,
  fencing bigint not null,
  expires_at bigint not null,
  intent {{text}}
);
