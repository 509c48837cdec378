-- How many days before an end a channel warns; an empty list means the usual ones.
alter table channels add column days {{text}} not null default '[]';
