-- Whose an account is signs a member in from now on only if the member was there when it was connected.
-- Which of those that are known were connected so is not known.
delete from account_identities;
