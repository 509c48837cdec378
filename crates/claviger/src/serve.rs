//! `claviger serve`: open the data, listen, and end well.

use std::sync::Arc;

use broker::Broker;
use broker::Settings;
use console::ConsoleSettings;
use domain::Error;
use domain::Result;
use domain::url::Scheme;
use tokio::signal::unix::SignalKind;
use tokio::signal::unix::signal;
use tokio::sync::watch;

use crate::data::DataLock;
use crate::data::Opened;
use crate::data::shown;
use crate::hardening;
use crate::listen;
use crate::listen::Bound;
use crate::logging;
use crate::settings::ServeArgs;
use crate::settings::ServeSettings;

/// A server that is running.
pub struct Running {
    /// The use cases, for whoever runs the server in its own process.
    pub broker: Arc<Broker>,
    /// Its addresses.
    pub http_address: std::net::SocketAddr,
    /// What was found when the data was opened.
    pub is_first_start: bool,
    has_organizations: bool,
    root_key: std::path::PathBuf,
    public_url: domain::url::WebUrl,
    https_address: Option<std::net::SocketAddr>,
    stop: watch::Sender<bool>,
    tasks: tokio::task::JoinSet<()>,
    lock: Option<DataLock>,
}

/// Runs the server until it is told to stop.
pub async fn run(args: ServeArgs) -> Result<()> {
    let settings = args.settle()?;
    logging::start(settings.log_json);
    hardening::apply();
    let mut terminate = signal(SignalKind::terminate()).map_err(Error::internal)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Error::internal)?;
    let running = start(&settings).await?;
    let setup_url = match running.has_organizations {
        true => None,
        false => {
            let link = running.broker.create_setup_link().await?;
            link.map(|link| running.broker.setup_url(&link))
        }
    };
    announce(&running, &settings);
    if let Some(url) = setup_url {
        announce_setup(&url);
    }
    let outcome = tokio::select! {
        _ = terminate.recv() => Ok(()),
        _ = interrupt.recv() => Ok(()),
        () = running.broker.broken() => {
            Err(Error::unavailable("Nothing can be stored any more; the server ends.".to_owned())
                .hint("the log has the cause; start it again"))
        }
    };
    tracing::info!("stopping: open requests may finish");
    running.stop().await;
    outcome
}

/// Opens the data and starts to listen.
pub async fn start(settings: &ServeSettings) -> Result<Running> {
    settings.data.create()?;
    // Several servers may share one PostgreSQL, but never one embedded database.
    let lock = match settings.data.database_file() {
        Some(_) => Some(DataLock::take(&settings.data.data)?),
        None => None,
    };
    let bound = listen::bind(settings).await?;
    let outbound = listen::outbound(settings);
    let opened =
        settings.data.open(broker_settings(settings, &bound), Arc::clone(&outbound)).await?;
    let (stop, stopped) = watch::channel(false);
    let has_metrics = settings.listen_metrics.is_none();
    let console = ConsoleSettings { is_https: bound.public_url.scheme == Scheme::Https };
    let broker = Arc::clone(&opened.broker);
    let proxies = settings.behind_proxy;
    let origins = &settings.cors_origins;
    let router = listen::router(broker, outbound, has_metrics, origins, console, proxies);
    let mut tasks = tokio::task::JoinSet::new();
    let Bound { http, https, metrics, http_address, https_address, public_url } = bound;
    if let Some(metrics) = metrics {
        let state = web::AppState::new(Arc::clone(&opened.broker));
        tasks.spawn(web::serve(metrics, crate::metrics::own(state), until(stopped.clone())));
    }
    tasks.spawn(web::serve(http, router.clone(), until(stopped.clone())));
    if let Some(https) = https {
        tasks.spawn(web::serve(https, router, until(stopped)));
    }
    tokio::spawn(Arc::clone(&opened.broker).run_background());
    tokio::spawn(Arc::clone(&opened.broker).run_watch());
    tokio::spawn(Arc::clone(&opened.broker).run_notify());
    let Opened { broker, is_first_start, root_key, has_organizations } = opened;
    Ok(Running {
        broker,
        http_address,
        is_first_start,
        has_organizations,
        root_key,
        public_url,
        https_address,
        stop,
        tasks,
        lock,
    })
}

fn broker_settings(settings: &ServeSettings, bound: &Bound) -> Settings {
    Settings {
        public_url: bound.public_url.clone(),
        hooks_url: settings.public_url.clone(),
        allows_plain_http: settings.allow_plain_http,
        cloud_overrides: settings.cloud_overrides.clone(),
        rhythm: settings.rhythm,
        mailer: settings.mailer.clone(),
        oauth_applications: settings.oauth_applications.clone(),
        oidc: settings.oidc.clone(),
    }
}

async fn until(mut stopped: watch::Receiver<bool>) {
    // The sender lives as long as the server; its end means stop as well.
    let _ = stopped.wait_for(|is_stopped| *is_stopped).await;
}

impl Running {
    /// Stops: no new requests, open ones finish, what waits is stored.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        while self.tasks.join_next().await.is_some() {}
        self.broker.stop().await;
        drop(self.lock.take());
    }
}

#[expect(clippy::print_stdout, reason = "people and scripts read where the server listens")]
fn announce(running: &Running, settings: &ServeSettings) {
    println!("listening on http://{}", running.http_address);
    if let Some(address) = running.https_address {
        println!("listening on https://{address}");
    }
    println!("public URL {}", running.public_url);
    if running.is_first_start {
        println!();
        println!("This is the first start. Back up two things, and keep them apart:");
        match settings.data.database_file() {
            Some(file) => {
                println!("  1. the data      {}   (claviger admin backup FILE)", shown(&file));
            }
            None => println!("  1. the data      the PostgreSQL database   (pg_dump)"),
        }
        println!("  2. the root key  {}", shown(&running.root_key));
        println!("Whoever has both can open everything; without the key nobody can open anything.");
    }
    if !running.has_organizations {
        let data = shown(&settings.data.data);
        println!();
        println!("Next, open the link below in a browser, or in another terminal:");
        println!("  claviger bootstrap --data {data} --org acme");
    }
}

/// On standard error, where it does not get between scripts and the lines they read.
#[expect(clippy::print_stderr, reason = "whoever starts an empty server sets it up")]
fn announce_setup(url: &str) {
    eprintln!("set this server up in a browser, within 15 minutes: {url}");
}
