-- The user name that a check found by trying; a name that people gave stays in its own column.
alter table credentials add column guessed_username {{text}};
