-- Whose the accounts are that members connected, by the provider's own id: they sign in by it.
create table account_identities (
  credential_id {{text}} not null primary key references credentials (id) on delete cascade,
  identity {{text}} not null
);
create index account_identities_by_identity on account_identities (identity);
