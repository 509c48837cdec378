-- Key pairs whose secret half signs requests: it has to be recoverable, so it is sealed, not hashed.
create table access_keys (
  id {{text}} not null primary key,
  organization_id {{text}} not null references organizations (id),
  name {{text}} not null,
  access_key {{text}} not null unique,
  role {{text}} not null,
  member_id {{text}},
  created_by {{text}} not null,
  organization_key_id {{text}} not null references organization_keys (id),
  secret {{blob}} not null,
  created_at bigint not null,
  revoked_at bigint
);
create index access_keys_by_organization on access_keys (organization_id, id);
create index access_keys_by_key on access_keys (organization_key_id);

-- Signatures of requests that change something: each is good once, while it is good at all.
create table signatures_seen (
  signature {{text}} not null primary key,
  expires_at bigint not null
);
create index signatures_seen_by_expiry on signatures_seen (expires_at);
