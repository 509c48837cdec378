//! The committer: one queue, one task, one commit for all that waits.
//!
//! Changes run in savepoints, so that one refused unit does not undo its neighbours. Mere uses bring
//! only records (and perhaps a lease) and cost no statement of their own. All records of a batch are
//! chained and written with the changes they tell of; then one commit, one sync to disk; then
//! everybody is answered. If the commit fails, everybody hears so and the chain stays where it was:
//! the lane is read again before the next batch, which also settles a commit whose answer was lost.

use std::collections::HashMap;
use std::collections::HashSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use domain::Clock;
use domain::Error;
use domain::Result;
use domain::audit::ChainMac;
use domain::audit::Record;
use domain::id::OrganizationId;
use tokio::sync::mpsc;
use tokio::sync::oneshot;

use crate::audit;
use crate::epoch::Epoch;
use crate::lane::Lane;
use crate::leases;
use crate::leases::NewLease;
use crate::limits;
use crate::organizations;
use crate::session::Session;
use crate::session::Store;

/// What a change gives: its value, and the records that tell of it.
pub type Changed<T> = (T, Vec<Record>);
/// A change under way.
pub type ChangeFuture<'a, T> = Pin<Box<dyn Future<Output = Result<Changed<T>>> + Send + 'a>>;

/// The handle to the queue; clones share it.
#[derive(Clone)]
pub struct Committer {
    queue: mpsc::Sender<Work>,
}

enum Work {
    Change(Box<dyn Unit>),
    Use(Box<UseUnit>),
    Stop(oneshot::Sender<()>),
}

struct UseUnit {
    records: Vec<Record>,
    lease: Option<NewLease>,
    organization_id: OrganizationId,
    reply: oneshot::Sender<Result<Epoch>>,
}

/// A change with its types hidden, so that one queue takes all.
trait Unit: Send {
    fn run<'a>(
        &'a mut self,
        session: &'a mut Session,
    ) -> Pin<Box<dyn Future<Output = Result<Vec<Record>>> + Send + 'a>>;
    fn finish(self: Box<Self>, outcome: Result<()>);
}

struct Change<F, T> {
    run: Option<F>,
    value: Option<T>,
    reply: Option<oneshot::Sender<Result<T>>>,
}

impl<F, T> Unit for Change<F, T>
where
    F: for<'a> FnOnce(&'a mut Session) -> ChangeFuture<'a, T> + Send,
    T: Send,
{
    fn run<'a>(
        &'a mut self,
        session: &'a mut Session,
    ) -> Pin<Box<dyn Future<Output = Result<Vec<Record>>> + Send + 'a>> {
        Box::pin(async move {
            let run = self.run.take().ok_or_else(|| Error::internal("a unit of work ran twice"))?;
            let (value, records) = run(session).await?;
            self.value = Some(value);
            Ok(records)
        })
    }

    fn finish(mut self: Box<Self>, outcome: Result<()>) {
        let answer = outcome.and_then(|()| {
            self.value.take().ok_or_else(|| Error::internal("a unit of work was never run"))
        });
        if let Some(reply) = self.reply.take() {
            // Whoever asked may have gone; the change stands all the same.
            let _ = reply.send(answer);
        }
    }
}

impl Committer {
    /// Starts the committer of this process. `owner` names the process in its lane.
    pub fn start(
        store: Store,
        key: Arc<dyn ChainMac>,
        clock: Arc<dyn Clock>,
        owner: String,
    ) -> Committer {
        let (queue, inbox) = mpsc::channel(limits::QUEUE_UNITS_MAX);
        let task = Task { store, key, clock, owner, session: None, lane: None };
        tokio::spawn(task.run(inbox));
        Committer { queue }
    }

    /// Runs a change and waits until it is durable together with its records.
    pub async fn change<T, F>(&self, run: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'a> FnOnce(&'a mut Session) -> ChangeFuture<'a, T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let unit = Change { run: Some(run), value: None, reply: Some(reply) };
        self.send(Work::Change(Box::new(unit))).await?;
        answer.await.map_err(|_| stopped())?
    }

    /// Writes records of mere uses, and a lease if one was made, and waits until they are durable.
    /// Gives the organization's epoch as of that commit.
    pub async fn record(
        &self,
        organization_id: OrganizationId,
        records: Vec<Record>,
        lease: Option<NewLease>,
    ) -> Result<Epoch> {
        let (reply, answer) = oneshot::channel();
        let unit = UseUnit { records, lease, organization_id, reply };
        self.send(Work::Use(Box::new(unit))).await?;
        answer.await.map_err(|_| stopped())?
    }

    /// Brings the index of the audit log up to date, a limited number of records at a time so that
    /// nobody else waits long.
    pub async fn index_audit(&self, store: &Store) -> Result<()> {
        while audit::has_unindexed(&mut store.session().await?).await? {
            self.change(|session| -> ChangeFuture<'_, ()> {
                Box::pin(async move {
                    audit::index_some(session).await?;
                    Ok(((), Vec::new()))
                })
            })
            .await?;
        }
        Ok(())
    }

    /// Finishes what waits, gives the lane back and ends.
    pub async fn stop(&self) {
        let (reply, answer) = oneshot::channel();
        if self.send(Work::Stop(reply)).await.is_ok() {
            let _ = answer.await;
        }
    }

    /// Waits until the committer has ended, which it does only when stopped or broken.
    pub async fn ended(&self) {
        self.queue.closed().await;
    }

    async fn send(&self, work: Work) -> Result<()> {
        self.queue.send(work).await.map_err(|_| stopped())
    }
}

fn stopped() -> Error {
    Error::unavailable("The server is stopping; whether this was stored is not known.".to_owned())
        .hint("look, then try again")
}

struct Task {
    store: Store,
    key: Arc<dyn ChainMac>,
    clock: Arc<dyn Clock>,
    owner: String,
    session: Option<Session>,
    lane: Option<Lane>,
}

/// Units of one batch that wait for the commit.
#[derive(Default)]
struct Waiting {
    changes: Vec<Box<dyn Unit>>,
    uses: Vec<(OrganizationId, oneshot::Sender<Result<Epoch>>)>,
    records: Vec<Record>,
    leases: Vec<NewLease>,
}

impl Task {
    async fn run(mut self, mut inbox: mpsc::Receiver<Work>) {
        let mut batch = Vec::with_capacity(limits::COMMIT_UNITS_MAX);
        while inbox.recv_many(&mut batch, limits::COMMIT_UNITS_MAX).await > 0 {
            let mut stop = None;
            let mut work = Vec::with_capacity(batch.len());
            for item in batch.drain(..) {
                match item {
                    Work::Stop(reply) => stop = Some(reply),
                    other => work.push(other),
                }
            }
            if !work.is_empty() {
                self.commit(work).await;
            }
            if let Some(reply) = stop {
                self.give_back().await;
                inbox.close();
                let _ = reply.send(());
                return;
            }
        }
        self.give_back().await;
    }

    async fn give_back(&mut self) {
        if let (Some(session), Some(lane)) = (self.session.as_mut(), self.lane.as_ref())
            && let Err(error) = lane.release(session).await
        {
            tracing::warn!(%error, "the audit lane was not given back; another will be opened");
        }
        self.session = None;
    }

    async fn commit(&mut self, work: Vec<Work>) {
        let mut waiting = Waiting::default();
        let outcome = self.try_commit(work, &mut waiting).await;
        let reason = match outcome {
            Ok(epochs) => return waiting.acknowledge(&epochs),
            Err(error) => error,
        };
        tracing::error!(error = %reason, cause = ?std::error::Error::source(&reason), "a commit failed");
        // Neither the connection nor our idea of the lane can be trusted any more.
        self.lane = None;
        if let Some(session) = self.session.take() {
            session.abandon();
        }
        waiting.fail(&reason);
    }

    async fn try_commit(
        &mut self,
        work: Vec<Work>,
        waiting: &mut Waiting,
    ) -> Result<HashMap<OrganizationId, Epoch>> {
        let now = self.clock.now();
        // Until they have run, units wait in `waiting` so that a failure answers them too.
        let mut session = match self.session.take() {
            Some(session) => session,
            None => match self.store.session().await {
                Ok(session) => session,
                Err(error) => {
                    waiting.adopt(work);
                    return Err(error);
                }
            },
        };
        let begin = session.engine().begin();
        let begun = session.command(begin).await;
        self.session = Some(session);
        let Some(session) = self.session.as_mut() else { return Err(stopped()) };
        if let Err(error) = begun {
            waiting.adopt(work);
            return Err(error);
        }
        if self.lane.is_none() {
            match Lane::claim(session, &self.owner, now).await {
                Ok(lane) => self.lane = Some(lane),
                Err(error) => {
                    waiting.adopt(work);
                    return Err(error);
                }
            }
        }
        run_units(session, work, waiting).await?;
        let Some(lane) = self.lane.as_ref() else { return Err(stopped()) };
        let mut head = None;
        if !waiting.records.is_empty() {
            let batch = lane.chain(self.key.as_ref(), &waiting.records)?;
            head = Some(lane.append(session, batch, now).await?);
        }
        if head.is_none() {
            lane.stay(session, now).await?;
        }
        leases::insert_all(session, &waiting.leases).await?;
        let epochs = read_epochs(session, &waiting.uses).await?;
        session.command("commit").await?;
        if let Some(head) = head {
            self.lane = Some(head);
        }
        Ok(epochs)
    }
}

/// Runs every unit; a refused change is undone and answered alone. An error here ends the batch.
async fn run_units(session: &mut Session, work: Vec<Work>, waiting: &mut Waiting) -> Result<()> {
    let mut work = work.into_iter();
    while let Some(item) = work.next() {
        match item {
            Work::Use(unit) => waiting.take_use(*unit),
            Work::Stop(_) => {}
            Work::Change(mut unit) => {
                let ran = run_change(session, unit.as_mut()).await;
                match ran {
                    Ok(Ok(records)) => {
                        waiting.records.extend(records);
                        waiting.changes.push(unit);
                    }
                    Ok(Err(refusal)) => unit.finish(Err(refusal)),
                    Err(error) => {
                        waiting.changes.push(unit);
                        waiting.adopt(work.collect());
                        return Err(error);
                    }
                }
            }
        }
    }
    Ok(())
}

/// The outer error is the database's and ends the batch, the inner one is the unit's own.
async fn run_change(session: &mut Session, unit: &mut dyn Unit) -> Result<Result<Vec<Record>>> {
    session.command("savepoint unit").await?;
    match unit.run(session).await {
        Ok(records) => {
            session.command("release savepoint unit").await?;
            Ok(Ok(records))
        }
        Err(refusal) => {
            session.command("rollback to savepoint unit").await?;
            session.command("release savepoint unit").await?;
            Ok(Err(refusal))
        }
    }
}

async fn read_epochs(
    session: &mut Session,
    uses: &[(OrganizationId, oneshot::Sender<Result<Epoch>>)],
) -> Result<HashMap<OrganizationId, Epoch>> {
    let organizations: HashSet<OrganizationId> = uses.iter().map(|(id, _)| *id).collect();
    let mut epochs = HashMap::with_capacity(organizations.len());
    for id in organizations {
        // One organization that is gone must not fail the others' commit.
        if let Some(organization) = organizations::by_id(session, id).await? {
            epochs.insert(id, organization.epoch);
        }
    }
    Ok(epochs)
}

impl Waiting {
    fn take_use(&mut self, unit: UseUnit) {
        self.records.extend(unit.records);
        self.leases.extend(unit.lease);
        self.uses.push((unit.organization_id, unit.reply));
    }

    /// Takes units that did not run, so that they are answered.
    fn adopt(&mut self, work: Vec<Work>) {
        for item in work {
            match item {
                Work::Change(unit) => self.changes.push(unit),
                Work::Use(unit) => self.uses.push((unit.organization_id, unit.reply)),
                Work::Stop(_) => {}
            }
        }
    }

    fn acknowledge(self, epochs: &HashMap<OrganizationId, Epoch>) {
        for unit in self.changes {
            unit.finish(Ok(()));
        }
        for (organization_id, reply) in self.uses {
            let epoch = epochs.get(&organization_id).copied();
            let _ = reply.send(epoch.ok_or_else(|| Error::not_found("organization")));
        }
    }

    fn fail(self, reason: &Error) {
        let again = || {
            let error = Error::new(reason.kind(), reason.message().to_owned());
            match reason.hint_text() {
                Some(hint) => error.hint(hint.to_owned()),
                None => error,
            }
        };
        for unit in self.changes {
            unit.finish(Err(again()));
        }
        for (_, reply) in self.uses {
            let _ = reply.send(Err(again()));
        }
    }
}
