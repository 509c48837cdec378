//! A public address that leads to a server, also after it was started again elsewhere.

use std::sync::Arc;
use std::sync::Mutex;

use tokio::net::TcpListener;
use tokio::net::TcpStream;

pub(super) struct Front {
    pub url: String,
    target: Arc<Mutex<String>>,
}

impl Front {
    pub async fn start() -> Front {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let target = Arc::new(Mutex::new(String::new()));
        let leads = Arc::clone(&target);
        tokio::spawn(async move {
            while let Ok((mut from, _)) = listener.accept().await {
                let address = leads.lock().unwrap().clone();
                tokio::spawn(async move {
                    let Ok(mut to) = TcpStream::connect(address).await else { return };
                    let _ = tokio::io::copy_bidirectional(&mut from, &mut to).await;
                });
            }
        });
        Front { url, target }
    }

    pub fn lead_to(&self, url: &str) {
        *self.target.lock().unwrap() = url.trim_start_matches("http://").to_owned();
    }
}
