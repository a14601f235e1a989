//! `stand_in [ADDRESS]`: what the functions reach, for running one elsewhere, in a container say. It answers on this
//! machine's ADDRESS too, prints the functions' environment as `sam local invoke --env-vars` takes it, and stays.

use std::{
    collections::BTreeMap,
    env, io,
    net::{TcpListener, TcpStream},
    thread,
};

use local::{Options, Stack};
use serde_json::json;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = env::args().nth(1).unwrap_or_else(|| "127.0.0.1".to_owned());
    let stack = Stack::start(Options::default()).await?;
    let mut environment: BTreeMap<_, _> = stack.environment().clone();
    for (name, value) in &mut environment {
        if name.starts_with("AWS_ENDPOINT_URL_") {
            let own = value.trim_start_matches("http://").to_owned();
            *value = value.replace("127.0.0.1", &address);
            // Two of them are one endpoint; the second finds it taken.
            if address != "127.0.0.1"
                && let Ok(listener) = TcpListener::bind(own.replace("127.0.0.1", &address))
            {
                thread::spawn(move || pass_on(&listener, &own));
            }
        }
    }
    serde_json::to_writer(io::stdout().lock(), &json!({ "Parameters": environment }))?;
    io::Write::flush(&mut io::stdout())?;
    tokio::signal::ctrl_c().await?;
    Ok(())
}

fn pass_on(listener: &TcpListener, to: &str) {
    for from in listener.incoming().flatten() {
        let Ok(to) = TcpStream::connect(to) else { return };
        let (Ok(back), Ok(forth)) = (to.try_clone(), from.try_clone()) else { return };
        thread::spawn(move || io::copy(&mut &forth, &mut &to));
        thread::spawn(move || io::copy(&mut &back, &mut &from));
    }
}
