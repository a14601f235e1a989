//! A function's binary under Lambda's runtime emulator.

use std::{
    collections::BTreeMap,
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicU16, Ordering},
    },
    time::Duration,
};

use reqwest::RequestBuilder;
use serde_json::Value;
use tokio::{runtime::Handle, task, time};

use super::root;

/// A function under its emulator; dropping this ends both.
pub(super) struct Function {
    emulator: Child,
    address: SocketAddr,
    log: PathBuf,
    /// The processor time after the start, and after each invocation.
    processor: Mutex<Vec<Duration>>,
}

/// What the process of a function used.
pub(super) struct Usage {
    /// From its start until it had responded once.
    pub(super) first: Duration,
    /// For each of the other invocations.
    pub(super) later: Vec<Duration>,
    /// The most memory at one time, in bytes.
    pub(super) memory: u64,
}

impl Function {
    pub(super) fn start(binary: &Path, logs: &Path, environment: &BTreeMap<&'static str, String>) -> Self {
        let (address, runtime) = free_addresses();
        let log = logs.join(binary.file_name().unwrap()).with_extension("log");
        let out = fs::File::create(&log).unwrap();
        let emulator = Command::new(emulator_program())
            .args(["--runtime-interface-emulator-address", &address.to_string()])
            .args(["--runtime-api-address", &runtime.to_string()])
            .arg(binary)
            .env_clear()
            .envs(environment)
            .stdin(Stdio::null())
            .stdout(out.try_clone().unwrap())
            .stderr(out)
            .spawn()
            .unwrap();
        Self { emulator, address, log, processor: Mutex::default() }
    }

    /// What the function returns for this event.
    pub(super) fn invoke(&self, event: &Value) -> Value {
        let returned = task::block_in_place(|| Handle::current().block_on(self.returned(event)));
        self.processor.lock().unwrap().push(self.processor_time());
        returned
    }

    /// What it used; `None` if it was never invoked.
    pub(super) fn usage(&self) -> Option<Usage> {
        let times = self.processor.lock().unwrap();
        let later = times.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).collect();
        let status = fs::read_to_string(format!("/proc/{}/status", self.process()?)).ok()?;
        let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        let memory = kilobytes.trim().trim_end_matches(" kB").parse::<u64>().ok()? * 1024;
        Some(Usage { first: *times.first()?, later, memory })
    }

    /// The processor time of all threads of the function, as Linux counts it.
    fn processor_time(&self) -> Duration {
        let threads = self.process().and_then(|process| fs::read_dir(format!("/proc/{process}/task")).ok());
        let times = threads.into_iter().flatten().flatten().filter_map(|thread| {
            let times = fs::read_to_string(thread.path().join("schedstat")).ok()?;
            times.split(' ').next()?.parse::<u64>().ok()
        });
        Duration::from_nanos(times.sum())
    }

    /// The process that the emulator started.
    fn process(&self) -> Option<String> {
        let threads = fs::read_dir(format!("/proc/{}/task", self.emulator.id())).ok()?;
        let children =
            threads.flatten().filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
        children.flat_map(|ids| ids.split_whitespace().map(ToOwned::to_owned).collect::<Vec<_>>()).next()
    }

    pub(super) async fn returned(&self, event: &Value) -> Value {
        let url = format!("http://{}/2015-03-31/functions/function/invocations", self.address);
        let client = reqwest::Client::builder().timeout(Duration::from_mins(1)).build().unwrap();
        let request = client.post(url).body(event.to_string());
        let answer = self.send(&request).await;
        serde_json::from_str(&answer).unwrap_or_else(|_| panic!("{answer}\n{}", self.log()))
    }

    /// Sends a request as soon as the emulator listens; returns the response's body.
    async fn send(&self, request: &RequestBuilder) -> String {
        for _ in 0..500 {
            match request.try_clone().unwrap().send().await {
                Ok(response) => return response.text().await.unwrap(),
                Err(error) if error.is_connect() => time::sleep(Duration::from_millis(20)).await,
                Err(error) => panic!("{error}:\n{}", self.log()),
            }
        }
        panic!("the emulator does not listen:\n{}", self.log());
    }

    /// What the function and its emulator wrote.
    pub(super) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        // The function ends with the emulator's runtime API.
        let _ = self.emulator.kill();
        let _ = self.emulator.wait();
    }
}

/// Two free ports below the range from which the system takes the ports of outgoing connections.
fn free_addresses() -> (SocketAddr, SocketAddr) {
    static NEXT: AtomicU16 = AtomicU16::new(20_000);
    let mut free = std::iter::repeat_with(|| (Ipv4Addr::LOCALHOST, NEXT.fetch_add(1, Ordering::Relaxed)))
        .filter(|address| TcpListener::bind(address).is_ok());
    (free.next().unwrap().into(), free.next().unwrap().into())
}

/// The emulator that is part of sam.
fn emulator_program() -> PathBuf {
    let processor = if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" };
    let pythons = fs::read_dir(root().join(".tools/lib")).into_iter().flatten().flatten();
    let rapid = format!("site-packages/samcli/local/rapid/aws-lambda-rie-{processor}");
    let mut programs = pythons.map(|python| python.path().join(&rapid));
    let found = programs.find(|program| program.exists());
    found.expect("Lambda's runtime emulator is not in .tools: run scripts/test, or scripts/tools tests alone")
}
