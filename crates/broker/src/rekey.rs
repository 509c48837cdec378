//! Rekey: a new root key, every key wrapped again, every secret sealed again – online, and from
//! wherever a crash left it.
//!
//! 1. The new root key is added to the key file (both are in it now), then announced in the ring.
//! 2. The instance's keys and the organizations' keys are wrapped by the new one, some at a time.
//! 3. Every organization gets a new key, and its secrets are sealed again under it, some at a time;
//!    an old key without secrets is destroyed.
//! 4. The ring says the new root key is in force; only then the old one leaves the file.
//!
//! Each step looks at what is there and does what is missing, so running it again goes on. A server
//! that runs meanwhile reads the key file again when it meets a key it does not hold.

use domain::Error;
use domain::Result;
use domain::audit::Action;
use domain::id::OrganizationKeyId;
use store::keys;
use store::keys::StoredOrganizationKey;
use store::sealed;
use store::sealed::SealedTable;

use crate::Broker;
use crate::boxed;
use crate::guarded::About;
use crate::keyring::to_stored;
use crate::keyring::to_wrapped;
use crate::sealing::at_place;

/// Rows changed by one unit of work, so that lends do not wait long.
const ROWS_PER_UNIT: i64 = 100;

/// What was done.
#[derive(Clone, Debug, Default)]
pub struct Rekeyed {
    /// The root key in force now.
    pub root_key_id: String,
    /// Keys wrapped again.
    pub keys: usize,
    /// Secrets sealed again.
    pub secrets: usize,
}

impl Broker {
    /// Replaces the root key and every key under it. `progress` hears of every step.
    #[boxed]
    pub async fn rekey(&self, progress: &(dyn Fn(&str) + Send + Sync)) -> Result<Rekeyed> {
        // One rekey at a time on this machine; the conditions in SQL hold across machines.
        let _held = self.keyring.lock_file()?;
        let mut done = Rekeyed::default();
        if let Some(finished) = self.finish_rekey().await? {
            progress("the last rekey was finished: its old root key left the file");
            return Ok(finished);
        }
        let (old, new) = self.announce_root_key().await?;
        progress(&format!("root key {new} takes over from {old}"));
        self.rewrap_system_keys(&old, &new, &mut done).await?;
        self.rewrap_organization_keys(&old, &new, &mut done).await?;
        progress(&format!("{} keys wrapped again", done.keys));
        self.renew_organization_keys(&new).await?;
        self.reseal_secrets(progress, &mut done).await?;
        let (from, to) = (old.clone(), new.clone());
        self.committer
            .change(move |session| {
                Box::pin(async move {
                    keys::complete_next(session, &from, &to).await?;
                    Ok(((), Vec::new()))
                })
            })
            .await?;
        self.keyring.with_file(vault::RootKeyFile::drop_older_keys)?;
        self.record_rekey(&new).await?;
        progress(&format!("root key {new} is in force; {old} is gone"));
        done.root_key_id = new;
        Ok(done)
    }

    /// Step 4 again, if a crash came between its two halves: the ring names the new key, and the old
    /// one is still in the file.
    async fn finish_rekey(&self) -> Result<Option<Rekeyed>> {
        let ring = keys::ring(&mut self.store.session().await?)
            .await?
            .ok_or_else(|| Error::internal("there is no key ring"))?;
        let is_left = self.keyring.with_file(|file| {
            let is_left = ring.next.is_none()
                && file.key_count() > 1
                && file.newest()?.id() == ring.root_key_id;
            if is_left {
                file.drop_older_keys()?;
            }
            Ok(is_left)
        })?;
        if !is_left {
            return Ok(None);
        }
        self.record_rekey(&ring.root_key_id).await?;
        Ok(Some(Rekeyed { root_key_id: ring.root_key_id, ..Rekeyed::default() }))
    }

    /// Step 1: gives the old and the new root key's ids.
    async fn announce_root_key(&self) -> Result<(String, String)> {
        let ring = keys::ring(&mut self.store.session().await?)
            .await?
            .ok_or_else(|| Error::internal("there is no key ring"))?;
        if let Some((next, _)) = ring.next {
            return Ok((ring.root_key_id, next));
        }
        let entropy = self.entropy.as_ref();
        let (id, check) = self.keyring.with_file(|file| {
            // A key that was added but never announced is the one to go on with.
            if file.newest()?.id() == ring.root_key_id {
                file.add_key(entropy)?;
            }
            let key = file.newest()?;
            Ok((key.id().to_owned(), key.check_value(entropy)?))
        })?;
        let (announced, old) = (id.clone(), ring.root_key_id.clone());
        self.committer
            .change(move |session| {
                Box::pin(async move {
                    keys::announce_next(session, &old, &announced, &check).await?;
                    Ok(((), Vec::new()))
                })
            })
            .await?;
        Ok((ring.root_key_id, id))
    }

    async fn rewrap_system_keys(&self, old: &str, new: &str, done: &mut Rekeyed) -> Result<()> {
        let stored = keys::system_under(&mut self.store.session().await?, old).await?;
        for (purpose, key) in stored {
            let wrapped = self.keyring.with_file(|file| {
                let (older, newer) = both(file, old, new)?;
                older.hand_over_system_key(
                    newer,
                    self.entropy.as_ref(),
                    &purpose,
                    &to_wrapped(&key),
                )
            })?;
            let wrapped = to_stored(wrapped);
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        keys::rewrap_system(session, &purpose, &wrapped).await?;
                        Ok(((), Vec::new()))
                    })
                })
                .await?;
            done.keys += 1;
        }
        Ok(())
    }

    async fn rewrap_organization_keys(
        &self,
        old: &str,
        new: &str,
        done: &mut Rekeyed,
    ) -> Result<()> {
        loop {
            let mut session = self.store.session().await?;
            let stored = keys::organizations_under(&mut session, old, ROWS_PER_UNIT).await?;
            drop(session);
            if stored.is_empty() {
                return Ok(());
            }
            let wrapped: Result<Vec<_>> =
                stored.iter().map(|key| self.hand_over(key, old, new)).collect();
            let wrapped = wrapped?;
            done.keys += wrapped.len();
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        for (id, key) in &wrapped {
                            keys::rewrap_organization(session, *id, key).await?;
                        }
                        Ok(((), Vec::new()))
                    })
                })
                .await?;
        }
    }

    fn hand_over(
        &self,
        key: &StoredOrganizationKey,
        old: &str,
        new: &str,
    ) -> Result<(OrganizationKeyId, keys::Wrapped)> {
        let wrapped = self.keyring.with_file(|file| {
            let (older, newer) = both(file, old, new)?;
            older.hand_over_organization_key(
                newer,
                self.entropy.as_ref(),
                key.id,
                key.organization_id,
                &to_wrapped(&key.wrapped),
            )
        })?;
        Ok((key.id, to_stored(wrapped)))
    }

    /// Step 3, first half: organizations whose key was made before this rekey get a new one. A key is
    /// outdated exactly if another is current, so a second run finds it and makes no third.
    async fn renew_organization_keys(&self, new: &str) -> Result<()> {
        let mut session = self.store.session().await?;
        let outdated = keys::outdated(&mut session).await?;
        for organization in store::organizations::all(&mut session).await? {
            if outdated.iter().any(|key| key.organization_id == organization.id) {
                continue;
            }
            let key =
                self.keyring.new_organization_key(self.clock.as_ref(), organization.id, new)?;
            let now = self.clock.now();
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        keys::insert_organization(session, &key, now).await?;
                        store::organizations::move_epoch(session, key.organization_id).await?;
                        Ok(((), Vec::new()))
                    })
                })
                .await?;
            self.epoch_moved(organization.id).await;
        }
        Ok(())
    }

    /// Step 3, second half.
    async fn reseal_secrets(
        &self,
        progress: &(dyn Fn(&str) + Send + Sync),
        done: &mut Rekeyed,
    ) -> Result<()> {
        let outdated = keys::outdated(&mut self.store.session().await?).await?;
        for key in outdated {
            loop {
                let mut moved = 0;
                for table in SealedTable::ALL {
                    moved += self.reseal_some(table, &key).await?;
                }
                done.secrets += moved;
                if moved == 0 {
                    break;
                }
                progress(&format!("{} secrets sealed again", done.secrets));
            }
            self.destroy_key(&key).await?;
        }
        Ok(())
    }

    /// Seals some secrets of a table again; says how many.
    async fn reseal_some(&self, table: SealedTable, key: &StoredOrganizationKey) -> Result<usize> {
        let mut session = self.store.session().await?;
        let found = sealed::under_key(&mut session, table, key.id, ROWS_PER_UNIT).await?;
        let older = self.keyring.by_id(&mut session, key.id).await?;
        let newer = self.keyring.current(&mut session, key.organization_id).await?;
        drop(session);
        let mut again = Vec::with_capacity(found.len());
        for read in found {
            // What was destroyed has nothing left to seal.
            let envelope = match read.envelope.is_empty() {
                true => Vec::new(),
                false => at_place(&read, |place| {
                    vault::rewrap(&older, &newer, self.entropy.as_ref(), place, &read.envelope)
                })?,
            };
            again.push((read, envelope));
        }
        let (count, new_key, organization) = (again.len(), newer.id(), key.organization_id);
        if count > 0 {
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        for (read, envelope) in &again {
                            sealed::replace(session, read, new_key, envelope).await?;
                        }
                        store::organizations::move_epoch(session, organization).await?;
                        Ok(((), Vec::new()))
                    })
                })
                .await?;
            self.epoch_moved(organization).await;
        }
        Ok(count)
    }

    /// Destroys an old key. The database refuses while a secret is still under it: one that was sealed
    /// by another replica in this very moment is found by the next round.
    async fn destroy_key(&self, key: &StoredOrganizationKey) -> Result<()> {
        let id = key.id;
        self.committer
            .change(move |session| {
                Box::pin(async move {
                    if !sealed::is_any_under(session, id).await? {
                        keys::delete_organization(session, id).await?;
                    }
                    Ok(((), Vec::new()))
                })
            })
            .await
    }

    async fn record_rekey(&self, new: &str) -> Result<()> {
        let organizations = store::organizations::all(&mut self.store.session().await?).await?;
        for organization in organizations {
            let caller = self.system(organization.id);
            let record = self.done(&caller, Action::AdminRekey, About::target(new));
            self.committer.record(organization.id, vec![record], None).await?;
        }
        Ok(())
    }
}

fn both<'a>(
    file: &'a vault::RootKeyFile,
    old: &str,
    new: &str,
) -> Result<(&'a vault::RootKey, &'a vault::RootKey)> {
    match (file.key(old), file.key(new)) {
        (Some(older), Some(newer)) => Ok((older, newer)),
        _ => Err(Error::unavailable(format!("The key file does not hold both {old} and {new}."))
            .hint("put the file back as it was when the rekey began; nothing else can go on")),
    }
}
