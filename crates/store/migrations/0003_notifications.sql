-- Warnings to people: the channels they are told by, what was told, and how each telling went.

create table channels (
  id {{text}} not null primary key,
  organization_id {{text}} not null references organizations (id),
  name {{text}} not null,
  kind {{text}} not null,
  recipients {{text}} not null,
  -- Scheme and host of its URL, for people; the whole URL is a secret.
  address {{text}},
  only_kinds {{text}} not null,
  quiet_hours {{text}},
  is_enabled bigint not null,
  created_at bigint not null,
  -- Who tells by it at the moment, until when by the database's clock.
  claimed_by {{text}} not null default '',
  claimed_until bigint not null default 0,
  unique (organization_id, name)
);

create table channel_secrets (
  channel_id {{text}} not null references channels (id) on delete cascade,
  purpose {{text}} not null,
  version bigint not null,
  organization_id {{text}} not null,
  organization_key_id {{text}} not null references organization_keys (id),
  envelope {{blob}} not null,
  primary key (channel_id, purpose)
);
create index channel_secrets_by_key on channel_secrets (organization_key_id);

create table notifications (
  id {{text}} not null primary key,
  organization_id {{text}} not null references organizations (id),
  credential_id {{text}} references credentials (id) on delete set null,
  handle {{text}} not null,
  name {{text}} not null,
  kind {{text}} not null,
  days bigint,
  -- The same thing is told once.
  once_key {{text}} not null,
  sentence {{text}} not null,
  group_key {{text}} not null,
  created_at bigint not null,
  unique (organization_id, credential_id, once_key)
);
create index notifications_by_organization on notifications (organization_id, id);
create index notifications_by_credential on notifications (credential_id);
create index notifications_by_time on notifications (created_at);

-- One row for each recipient of a channel; channels without recipients have one, with an empty text.
create table notification_deliveries (
  notification_id {{text}} not null references notifications (id) on delete cascade,
  channel_id {{text}} not null references channels (id) on delete cascade,
  recipient {{text}} not null,
  state {{text}} not null,
  attempts bigint not null,
  next_attempt_at bigint not null,
  last_error {{text}},
  changed_at bigint not null,
  primary key (notification_id, channel_id, recipient)
);
create index notification_deliveries_by_channel on notification_deliveries (channel_id);
create index notification_deliveries_waiting on notification_deliveries (next_attempt_at)
  where state = 'waiting';
