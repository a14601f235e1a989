//! A proxy in front of one of the services of AWS, which can stop answering.

use std::sync::{Arc, Mutex, OnceLock};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::{Duration, sleep},
};

/// How the proxy treats requests, also on connections that are open already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// It passes them on.
    Pass,
    /// It reads them and never answers.
    Silent,
    /// It answers with headers, without the body that they announce.
    Headers,
    /// It answers one byte at a time, without end.
    Trickle,
    /// It never answers these operations, and passes the others on.
    SilentFor(&'static str),
    /// It never answers on connections that were open when this began, as if they had died while the function was frozen.
    DeadConnections,
    /// It closes connections that were open when this began, when they are used.
    ClosedConnections,
}

/// The proxy.
pub(crate) struct Hanging {
    /// Its URL.
    pub(crate) url: String,
    state: Arc<State>,
}

struct State {
    upstream: OnceLock<String>,
    mode: Mutex<(Mode, usize)>,
    /// How many connections were made.
    connections: Mutex<usize>,
}

impl Hanging {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = State {
            upstream: OnceLock::new(),
            mode: Mutex::new((Mode::Pass, 0)),
            connections: Mutex::new(0),
        };
        let state = Arc::new(state);
        let serving = state.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let number = {
                    let mut count = serving.connections.lock().unwrap();
                    *count += 1;
                    *count
                };
                tokio::spawn(serve(serving.clone(), number, client));
            }
        });
        Self { url, state }
    }

    /// Sets the service behind it, once.
    pub(crate) fn pass_to(&self, url: &str) {
        self.state.upstream.set(url.strip_prefix("http://").unwrap().to_owned()).unwrap();
    }

    pub(crate) fn set(&self, mode: Mode) {
        *self.state.mode.lock().unwrap() = (mode, self.connections());
    }

    pub(crate) fn connections(&self) -> usize {
        *self.state.connections.lock().unwrap()
    }
}

async fn serve(state: Arc<State>, number: usize, mut client: TcpStream) -> Option<()> {
    let mut upstream = None;
    loop {
        let request = Box::pin(message(&mut client)).await?;
        let (mode, open_before) = *state.mode.lock().unwrap();
        let is_silent = match mode {
            Mode::ClosedConnections if number <= open_before => return None,
            Mode::Pass | Mode::ClosedConnections => false,
            Mode::DeadConnections => number <= open_before,
            Mode::SilentFor(operation) => {
                String::from_utf8_lossy(&request).contains(&format!(".{operation}\r\n"))
            }
            Mode::Silent => true,
            Mode::Headers | Mode::Trickle => {
                let head = "HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: 9999\r\n\r\n{";
                client.write_all(head.as_bytes()).await.ok()?;
                if mode == Mode::Headers {
                    true
                } else {
                    loop {
                        sleep(Duration::from_millis(20)).await;
                        client.write_all(b" ").await.ok()?;
                    }
                }
            }
        };
        if is_silent {
            // Until the client gives up.
            while client.read(&mut [0; 1024]).await.ok()? > 0 {}
            return None;
        }
        let connection = match &mut upstream {
            Some(connection) => connection,
            None => upstream.insert(TcpStream::connect(state.upstream.get()?).await.ok()?),
        };
        connection.write_all(&request).await.ok()?;
        let response = Box::pin(message(connection)).await?;
        client.write_all(&response).await.ok()?;
    }
}

/// One HTTP message with a `content-length`.
async fn message(connection: &mut TcpStream) -> Option<Vec<u8>> {
    let mut read = Vec::new();
    loop {
        if let Some(end) = read.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&read[..end]).to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
            let length: usize = length.and_then(|length| length.trim().parse().ok()).unwrap_or(0);
            if read.len() >= end + 4 + length {
                return Some(read);
            }
        }
        let mut buffer = [0; 16 * 1024];
        match connection.read(&mut buffer).await.ok()? {
            0 => return None,
            count => read.extend_from_slice(&buffer[..count]),
        }
    }
}
