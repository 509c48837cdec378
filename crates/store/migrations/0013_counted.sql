-- The overview counts from one index and never looks at a row.
drop index credentials_by_axes;
create index credentials_by_axes on credentials
  (organization_id, lifecycle, authentication, capability, expires_at, member_id);

-- What needs attention is found where nothing does, too; the condition as it stands in the query.
create index credentials_in_trouble on credentials (organization_id, id)
  where lifecycle = 'pending' or (lifecycle = 'active' and (authentication in ('rejected', 'expired')
  or capability = 'insufficient'));

-- The orders, with what lists are filtered by: a status that few have is found without its rows.
drop index credentials_by_name;
create index credentials_by_name on credentials (organization_id, name, id, lifecycle,
  authentication, capability, expires_at, member_id, host_id);
drop index credentials_by_ending;
create index credentials_by_ending on credentials (organization_id,
  (coalesce(expires_at, 9223372036854775807)), id, lifecycle, authentication, capability, expires_at,
  member_id, host_id);
-- The order of ends serves what this one did.
drop index credentials_by_end;
