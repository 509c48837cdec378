-- Browsers that are signed in to the console. Only hashes of their secrets are here.
create table sessions (
  id {{text}} not null primary key,
  organization_id {{text}} not null references organizations (id),
  api_token_id {{text}} references api_tokens (id),
  member_id {{text}} references members (id) on delete cascade,
  hash {{text}} not null unique,
  way {{text}} not null,
  user_agent {{text}} not null,
  made_at bigint not null,
  seen_at bigint not null,
  expires_at bigint not null,
  ended_at bigint
);
create index sessions_by_organization on sessions (organization_id, id);
create index sessions_by_member on sessions (member_id);
create index sessions_by_expiry on sessions (expires_at);

-- Links that sign somebody in, once. The one that sets an empty server up belongs to nobody.
create table sign_in_links (
  hash {{text}} not null primary key,
  organization_id {{text}} references organizations (id),
  api_token_id {{text}} references api_tokens (id),
  member_id {{text}} references members (id) on delete cascade,
  made_at bigint not null,
  expires_at bigint not null,
  used_at bigint
);
create index sign_in_links_by_expiry on sign_in_links (expires_at);
create index sign_in_links_by_member on sign_in_links (member_id);
