-- The members among whom whoever is signed in may choose, with blanks between their ids: those that the
-- sign-in has proven. Empty if there is no choice.
alter table sessions add column memberships {{text}} not null default '';
