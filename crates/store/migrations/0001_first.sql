-- The first schema. Three column types only: TEXT, BIGINT and {{blob}}; one text for both engines.
-- Times are milliseconds since the Unix epoch, flags 0 or 1, ids hyphenated UUIDs, lists JSON.
-- {{text}} is TEXT, compared byte by byte on both engines; folding happens before it gets here.

create table meta (
  name {{text}} not null primary key,
  value {{text}} not null
);

-- One row. Whoever inserts it first has made the instance; a key that does not prove itself
-- against it is refused. The second pair is filled only while `admin rekey` is under way.
create table key_ring (
  id bigint not null primary key check (id = 1),
  root_key_id {{text}} not null,
  check_value {{blob}} not null,
  next_root_key_id {{text}},
  next_check_value {{blob}}
);

create table system_keys (
  purpose {{text}} not null primary key,
  root_key_id {{text}} not null,
  wrapped {{blob}} not null
);

create table organizations (
  id {{text}} not null primary key,
  slug {{text}} not null unique,
  name {{text}} not null,
  delete_in_use_warns_only bigint not null default 0,
  epoch bigint not null default 1,
  created_at bigint not null
);

create table organization_keys (
  id {{text}} not null primary key,
  organization_id {{text}} not null references organizations (id),
  root_key_id {{text}} not null,
  wrapped {{blob}} not null,
  is_current bigint not null,
  created_at bigint not null
);
create index organization_keys_by_organization on organization_keys (organization_id);
create index organization_keys_by_root on organization_keys (root_key_id);

create table members (
  id {{text}} not null primary key,
  organization_id {{text}} not null references organizations (id),
  email {{text}} not null,
  name {{text}} not null,
  role {{text}} not null,
  created_at bigint not null,
  unique (organization_id, email)
);

create table api_tokens (
  id {{text}} not null primary key,
  organization_id {{text}} not null references organizations (id),
  name {{text}} not null,
  role {{text}} not null,
  member_id {{text}},
  hash {{text}} not null unique,
  created_at bigint not null,
  expires_at bigint,
  revoked_at bigint
);
create index api_tokens_by_organization on api_tokens (organization_id, id);

create table hosts (
  id {{text}} not null primary key,
  organization_id {{text}} not null references organizations (id),
  provider {{text}} not null,
  url {{text}} not null,
  authority {{text}} not null,
  ca_pem {{text}},
  created_at bigint not null,
  unique (organization_id, url)
);
create index hosts_by_authority on hosts (organization_id, authority);

create table credentials (
  id {{text}} not null primary key,
  organization_id {{text}} not null references organizations (id),
  handle {{text}} not null,
  name {{text}} not null,
  description {{text}} not null,
  host_id {{text}} not null references hosts (id),
  workspace {{text}},
  kind {{text}} not null,
  username {{text}},
  repository {{text}},
  covers {{text}} not null,
  is_default bigint not null,
  authentication {{text}} not null,
  capability {{text}} not null,
  lifecycle {{text}} not null,
  expires_at bigint,
  expiry_source {{text}} not null,
  current_version bigint not null,
  created_by {{text}} not null,
  created_at bigint not null,
  updated_at bigint not null,
  last_used_at bigint,
  unique (organization_id, handle)
);
create index credentials_by_organization on credentials (organization_id, id);
create index credentials_by_name on credentials (organization_id, name);
create index credentials_by_host on credentials (host_id);

-- Search by the beginning of a word of name, handle or host.
create table credential_words (
  organization_id {{text}} not null,
  word {{text}} not null,
  credential_id {{text}} not null references credentials (id) on delete cascade,
  primary key (organization_id, word, credential_id)
);
create index credential_words_by_credential on credential_words (credential_id);

-- What each credential serves: prefixes in the form they are compared by, '' for the whole host.
create table credential_covers (
  host_id {{text}} not null,
  prefix_key {{text}} not null,
  credential_id {{text}} not null references credentials (id) on delete cascade,
  prefix {{text}} not null,
  is_repository bigint not null,
  primary key (host_id, prefix_key, credential_id)
);
create index credential_covers_by_credential on credential_covers (credential_id);

create table secret_versions (
  credential_id {{text}} not null references credentials (id) on delete cascade,
  version bigint not null,
  organization_id {{text}} not null,
  organization_key_id {{text}} not null references organization_keys (id),
  -- The host's address and authority it was given for; authenticated by the envelope.
  bound_to {{text}} not null,
  envelope {{blob}} not null,
  fingerprint {{text}} not null,
  created_at bigint not null,
  primary key (credential_id, version)
);
create index secret_versions_by_key on secret_versions (organization_key_id);
create index secret_versions_by_fingerprint on secret_versions (organization_id, fingerprint);

create table services (
  id {{text}} not null primary key,
  organization_id {{text}} not null references organizations (id),
  name {{text}} not null,
  repository {{text}} not null,
  credential_id {{text}} not null references credentials (id),
  created_at bigint not null,
  unique (organization_id, name)
);
create index services_by_credential on services (credential_id);

create table leases (
  id {{text}} not null primary key,
  organization_id {{text}} not null,
  hash {{text}} not null unique,
  host_id {{text}} not null,
  repository {{text}} not null,
  access {{text}} not null,
  refs {{text}} not null,
  maker_id {{text}} not null,
  credential_id {{text}} not null,
  is_pinned bigint not null,
  created_at bigint not null,
  expires_at bigint not null,
  revoked_at bigint
);
create index leases_by_organization on leases (organization_id, id);
create index leases_by_expiry on leases (expires_at);

-- The audit log. A lane is one process's chain; a row of audit_batches is what one commit wrote:
-- a line per record, its MAC in front. audit_index finds records and is filled afterwards.
create table audit_lanes (
  lane bigint not null primary key,
  owner {{text}} not null,
  sequence bigint not null,
  mac {{text}} not null,
  indexed bigint not null,
  touched_at bigint not null,
  is_released bigint not null
);

create table audit_batches (
  lane bigint not null,
  first_sequence bigint not null,
  record_count bigint not null,
  body {{text}} not null,
  primary key (lane, first_sequence)
);

create table audit_index (
  lane bigint not null,
  sequence bigint not null,
  first_sequence bigint not null,
  record_id {{text}} not null,
  organization_id {{text}} not null,
  credential_id {{text}},
  at bigint not null,
  primary key (lane, sequence)
);
create index audit_index_by_organization on audit_index (organization_id, record_id);
create index audit_index_by_credential on audit_index (credential_id, record_id);
