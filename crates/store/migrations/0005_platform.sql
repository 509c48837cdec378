-- Where services belong, what they are built from, who is invited, and what repositories tell us.

create table projects (
  id {{text}} not null primary key,
  organization_id {{text}} not null references organizations (id),
  name {{text}} not null,
  description {{text}} not null,
  -- What a client wants kept beside it, as JSON.
  document {{text}} not null,
  created_at bigint not null,
  updated_at bigint not null,
  unique (organization_id, name)
);

create table environments (
  id {{text}} not null primary key,
  organization_id {{text}} not null references organizations (id),
  project_id {{text}} not null references projects (id) on delete cascade,
  name {{text}} not null,
  mode {{text}} not null,
  document {{text}} not null,
  created_at bigint not null,
  updated_at bigint not null,
  unique (project_id, name)
);

-- Services that were bound before there were environments are in one called default; where there
-- are such services, it and its project have the id of their organization.
insert into projects (id, organization_id, name, description, document, created_at, updated_at)
  select id, id, 'default', '', '{}', created_at, created_at from organizations
  where id in (select organization_id from services);
insert into environments
  (id, organization_id, project_id, name, mode, document, created_at, updated_at)
  select id, id, id, 'default', 'production', '{}', created_at, created_at from organizations
  where id in (select organization_id from services);

alter table services rename to services_before;

create table services (
  id {{text}} not null primary key,
  organization_id {{text}} not null references organizations (id),
  environment_id {{text}} not null references environments (id) on delete cascade,
  kind {{text}} not null,
  name {{text}} not null,
  description {{text}} not null,
  -- What it is built from; all null if that is no Git repository.
  provider {{text}},
  repository {{text}},
  branch {{text}},
  root_path {{text}},
  dockerfile_path {{text}},
  -- Null: a repository that everybody may read, or one that its maker's own account reads.
  credential_id {{text}} references credentials (id) on delete set null,
  -- A second repository, where the values of a Helm chart are.
  values_repository {{text}},
  values_branch {{text}},
  values_credential_id {{text}} references credentials (id) on delete set null,
  auto_deploy bigint not null,
  auto_preview bigint not null,
  document {{text}} not null,
  member_id {{text}} references members (id) on delete set null,
  created_at bigint not null,
  updated_at bigint not null,
  unique (environment_id, name)
);
insert into services
  (id, organization_id, environment_id, kind, name, description, repository, credential_id,
   auto_deploy, auto_preview, document, created_at, updated_at)
  select id, organization_id, organization_id, 'application', name, '', repository, credential_id,
   0, 0, '{}', created_at, created_at from services_before;
drop table services_before;
create index services_of_organization on services (organization_id, id);
create index services_of_credential on services (credential_id);
create index services_of_values_credential on services (values_credential_id);
create index services_of_repository on services (organization_id, repository);

create table invitations (
  id {{text}} not null primary key,
  organization_id {{text}} not null references organizations (id),
  email {{text}} not null,
  role {{text}} not null,
  inviter {{text}} not null,
  created_at bigint not null,
  unique (organization_id, email)
);
create index members_by_email on members (email);

-- The address of its host as a client gave it.
alter table credentials add column given_url {{text}};
alter table api_tokens add column description {{text}} not null default '';
alter table api_tokens add column created_by {{text}} not null default '';
-- How people and organizations present themselves, as JSON.
alter table members add column profile {{text}} not null default '{}';
alter table organizations add column profile {{text}} not null default '{}';

-- The webhooks we made, one for each repository that services are built from. The opaque word is the
-- end of the path it sends to.
create table repository_hooks (
  id {{text}} not null primary key,
  organization_id {{text}} not null references organizations (id),
  host_id {{text}} not null references hosts (id),
  provider {{text}} not null,
  repository {{text}} not null,
  opaque {{text}} not null unique,
  -- The provider's own id of it; null until it was made.
  remote_id {{text}},
  organization_key_id {{text}} not null references organization_keys (id),
  secret {{blob}} not null,
  created_at bigint not null,
  unique (organization_id, repository)
);
create index repository_hooks_by_key on repository_hooks (organization_key_id);
create index repository_hooks_by_host on repository_hooks (host_id);

-- What they told us, as it came; the same delivery is kept once.
create table events (
  id {{text}} not null primary key,
  organization_id {{text}} not null references organizations (id),
  hook_id {{text}} not null references repository_hooks (id) on delete cascade,
  delivery {{text}} not null,
  kind {{text}} not null,
  body {{blob}} not null,
  -- Of the body: most providers prove the body and not the name of a delivery.
  digest {{text}} not null,
  received_at bigint not null,
  unique (hook_id, delivery),
  unique (hook_id, digest)
);
create index events_by_organization on events (organization_id, id);
