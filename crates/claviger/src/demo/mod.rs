//! `claviger demo`: everything at once on throw-away data.
//!
//! A private Git host, a server and some machines are made in a temporary folder; the scenes are then
//! played with the real commands and real git. The real user's configuration, credentials and
//! repository are not touched.

mod client;
mod command;
mod fold;
mod limits;
mod machine;
mod repository;
mod requirements;
mod scenes;
mod search;
mod show;
mod stage;

use std::path::Path;
use std::path::PathBuf;

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use serde_json::json;
use tempfile::TempDir;
use tokio::signal::unix::Signal;
use tokio::signal::unix::SignalKind;
use tokio::signal::unix::signal;

use crate::args::DemoArgs;
use crate::data::shown;
use crate::hardening;
use crate::logging;
use machine::unwritten;
use scenes::Played;
use show::Show;
use stage::Stage;

/// What is said at the end when nothing stays up.
const WHERE_TO_GO: [&str; 3] = [
    "claviger demo           the same, and it stays up for you to try",
    "claviger serve --help   a server of your own",
    "README.md               the way from here to there",
];

/// Plays it all; stays up until it is told to stop, unless once is enough.
pub async fn run(args: DemoArgs) -> Result<()> {
    let executable = std::env::current_exe().map_err(Error::internal)?;
    let from = source(args.from.as_deref())?;
    if std::env::var_os("CLAVIGER_LOG").is_some() {
        logging::start(false);
    }
    hardening::apply();
    let mut signals = Signals::listen()?;
    let root = tempfile::Builder::new().prefix("claviger-demo-").tempdir().map_err(unwritten)?;
    let mut show = Show::new(args.json);
    let outcome = play(&args, &mut show, &mut signals, root.path(), &executable, &from).await;
    remove(root).await?;
    show.closing();
    outcome
}

async fn play(
    args: &DemoArgs,
    show: &mut Show,
    signals: &mut Signals,
    root: &Path,
    executable: &Path,
    from: &Path,
) -> Result<()> {
    show.opening();
    let prepare = async {
        requirements::check(root).await?;
        Stage::set(root, executable, from, show).await
    };
    let stage = tokio::select! {
        stage = prepare => stage?,
        () = signals.any() => return Err(stopped()),
    };
    let played = tokio::select! {
        played = scenes::play(&stage, show) => Ok(played),
        () = signals.any() => Err(stopped()),
    };
    let outcome = match played {
        Ok(played) => finish(args, show, signals, &stage, executable, &played).await,
        Err(error) => Err(error),
    };
    stage.strike().await;
    outcome
}

/// Says what came of it, and stays up if wanted.
async fn finish(
    args: &DemoArgs,
    show: &mut Show,
    signals: &mut Signals,
    stage: &Stage,
    executable: &Path,
    played: &[Played],
) -> Result<()> {
    let failed: Vec<&str> = played.iter().filter(|it| !it.is_held).map(|it| it.name).collect();
    show.sum(played.len() - failed.len(), played.len());
    if args.json {
        show.answer(&report(stage, played, !args.once))?;
    }
    if args.once {
        show.next("Where to go from here", &WHERE_TO_GO.map(str::to_owned));
    } else {
        stay(show, stage, executable);
        if !show.is_closed() {
            signals.any().await;
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    let message = format!("These steps of the demo did not hold: {}.", failed.join(", "));
    Err(Error::new(ErrorKind::Internal, message).hint("each says above what it saw instead"))
}

fn report(stage: &Stage, played: &[Played], stays_up: bool) -> serde_json::Value {
    let steps =
        played.iter().map(|it| json!({ "name": it.name, "held": it.is_held, "detail": it.detail }));
    // A server that is about to end is no use to anybody, and its token need not be seen.
    let server = stays_up.then(|| {
        json!({
            "url": stage.server_url,
            "api_token": stage.owner_token,
            "repository_url": stage.url(),
            "gateway_url": stage.gateway_url(),
        })
    });
    json!({
        "steps": steps.collect::<Vec<_>>(),
        "held": played.iter().all(|it| it.is_held),
        "repository": {
            "generated": stage.repository.is_generated,
            "told": stage.repository.told,
        },
        "server": server,
    })
}

fn stay(show: &mut Show, stage: &Stage, executable: &Path) {
    let (url, token) = (&stage.server_url, &stage.owner_token);
    show.next(
        "It stays up for you to try. In another terminal:",
        &[format!("export CLAVIGER_URL={url}"), format!("export CLAVIGER_TOKEN={token}")],
    );
    let claviger = typed(executable);
    let helper = fold::quoted(&format!("!{claviger} git-credential"));
    show.next(
        "Then, for example:",
        &[
            format!("{claviger} status"),
            format!("{claviger} credential list"),
            format!("{claviger} why {}", stage.url()),
            format!("{claviger} audit list"),
            "git -c credential.helper= -c credential.useHttpPath=true \\".to_owned(),
            format!("    -c credential.helper={helper} \\"),
            format!("    clone {}", stage.gateway_url()),
        ],
    );
    let docs = format!("{url}/claviger/v1/docs");
    let rows = [
        [docs.as_str(), "the API, from the running server"],
        ["README.md", "from here to a server of your own"],
    ];
    show.next("To read", &fold::table(&rows.map(|row| row.map(str::to_owned).to_vec())));
    show.next("Ctrl-C ends it and removes everything.", &[]);
}

/// How a user types this program: by its name if that finds it, else by its path.
fn typed(executable: &Path) -> String {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join("claviger"));
    let found = found.filter_map(|file| file.canonicalize().ok()).next();
    if found.is_some_and(|file| executable.canonicalize().is_ok_and(|own| own == file)) {
        return "claviger".to_owned();
    }
    fold::quoted(&executable.display().to_string())
}

/// The folder whose repository is shown.
fn source(from: Option<&Path>) -> Result<PathBuf> {
    let path = from.unwrap_or(Path::new("."));
    let found = path.canonicalize().map_err(|error| {
        Error::invalid(format!("There is no folder {}: {error}.", shown(path)))
            .hint("--from takes the folder of a Git repository")
    })?;
    if found.is_dir() {
        return Ok(found);
    }
    Err(Error::invalid(format!("{} is not a folder.", shown(path)))
        .hint("--from takes the folder of a Git repository"))
}

fn stopped() -> Error {
    Error::unavailable("The demo was stopped before its end.").hint("everything of it is removed")
}

/// Removes everything; a child that was just ended may still have been writing.
async fn remove(root: TempDir) -> Result<()> {
    let path = root.keep();
    let mut outcome = Ok(());
    for _ in 0..limits::REMOVE_TRIES {
        outcome = std::fs::remove_dir_all(&path);
        if outcome.is_ok() || !path.exists() {
            return Ok(());
        }
        tokio::time::sleep(limits::REMOVE_PAUSE).await;
    }
    outcome.map_err(|error| {
        Error::unavailable(format!("{} cannot be removed: {error}.", shown(&path)))
            .hint("remove it yourself; it holds throw-away data only")
    })
}

/// The signals that end it.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
}

impl Signals {
    fn listen() -> Result<Signals> {
        let listen = |kind| signal(kind).map_err(Error::internal);
        Ok(Signals {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            hang_up: listen(SignalKind::hangup())?,
        })
    }

    async fn any(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hang_up.recv() => {}
        }
    }
}
