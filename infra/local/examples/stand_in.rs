//! `stand_in [ADDRESS]`: a stack for functions that run elsewhere, for example in a container.
//!
//! It also listens on the given address of this computer, prints the functions' environment in the format of
//! `sam local invoke --env-vars`, and runs until it is interrupted.

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
            let endpoint = value.trim_start_matches("http://").to_owned();
            *value = value.replace("127.0.0.1", &address);
            // Two variables share an endpoint; its address can be bound only once.
            if address != "127.0.0.1"
                && let Ok(listener) = TcpListener::bind(endpoint.replace("127.0.0.1", &address))
            {
                thread::spawn(move || forward(&listener, &endpoint));
            }
        }
    }
    serde_json::to_writer(io::stdout().lock(), &json!({ "Parameters": environment }))?;
    io::Write::flush(&mut io::stdout())?;
    tokio::signal::ctrl_c().await?;
    Ok(())
}

fn forward(listener: &TcpListener, endpoint: &str) {
    for client in listener.incoming().flatten() {
        let Ok(server) = TcpStream::connect(endpoint) else { return };
        let (Ok(response), Ok(request)) = (server.try_clone(), client.try_clone()) else { return };
        thread::spawn(move || io::copy(&mut &request, &mut &server));
        thread::spawn(move || io::copy(&mut &response, &mut &client));
    }
}
