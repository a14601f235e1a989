//! The origins and their servers: the product, the demo services and the demo bank.

use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use domain::partner::Partner;
use serde_json::json;
use tokio::net::TcpListener;

use crate::{
    arguments::PORTS,
    failure::{Context, Failure},
};

/// The origins that listen on ports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Listen {
    /// No origin listens; requests are made with [`Stack::call`](crate::Stack::call).
    #[default]
    No,
    /// Only the demo bank, which the functions call, and the product, which the bank calls.
    BankAlone,
    /// All origins, on free ports.
    AnyPorts,
    /// All origins, on consecutive ports from this one.
    Ports(u16),
}

/// The origins, without a trailing slash.
#[derive(Clone, Debug)]
pub struct Origins {
    /// The product's public origin.
    pub product: String,
    /// The product's origin on this computer.
    pub local: String,
    /// The first demo service.
    pub service: String,
    /// The second demo service, of another sector.
    pub other_service: String,
    /// The demo bank.
    pub bank: String,
}

/// The default port of the product.
const DEFAULT_PORT: u16 = 4000;

/// The partner ID of the demo bank.
pub(crate) const BANK_ID: &str = "demo-bank";

/// The client ID of the product at the demo bank.
pub(crate) const BANK_CLIENT_ID: &str = "my-ontario-account";

/// The bound ports of the origins.
pub(crate) struct Listeners {
    pub(crate) listen: Listen,
    pub(crate) ports: Option<[TcpListener; PORTS as usize]>,
}

impl Listeners {
    pub(crate) async fn bind(listen: Listen) -> Result<Self, Failure> {
        let wanted = match listen {
            Listen::No => return Ok(Self { listen, ports: None }),
            Listen::AnyPorts | Listen::BankAlone => [0; PORTS as usize],
            Listen::Ports(first) => consecutive(first),
        };
        let [product, service, other, bank] = wanted;
        let ports = [bind(product).await?, bind(service).await?, bind(other).await?, bind(bank).await?];
        Ok(Self { listen, ports: Some(ports) })
    }

    pub(crate) fn origins(&self, public: Option<&str>) -> Result<Origins, Failure> {
        let mut ports = consecutive(DEFAULT_PORT);
        if let Some(listeners) = &self.ports {
            for (number, listener) in ports.iter_mut().zip(listeners) {
                *number = port(listener)?;
            }
        }
        let [local, service, other_service, bank] = ports.map(|port| format!("http://localhost:{port}"));
        // Scenarios expect the default origin, on whichever port the bank reaches the product.
        let default = || match self.listen {
            Listen::BankAlone => format!("http://localhost:{DEFAULT_PORT}"),
            _ => local.clone(),
        };
        let product = public.map_or_else(default, |origin| origin.trim_end_matches('/').to_owned());
        Ok(Origins { product, local, service, other_service, bank })
    }

    /// The value of the functions' environment variable `PARTNERS`.
    pub(crate) fn partners(&self, origins: &Origins) -> String {
        let name = json!({ "en": "Demo bank", "fr": "Banque de démonstration" });
        let bank = json!({ "id": BANK_ID, "issuer": origins.bank, "client_id": BANK_CLIENT_ID, "name": name, "on": true });
        if self.ports.is_some() { json!([bank]).to_string() } else { "[]".to_owned() }
    }
}

/// The value of the functions' environment variable `PARTNERS` with these partners.
#[must_use]
pub fn partners_json(partners: &[Partner]) -> String {
    json!(partners).to_string()
}

pub(crate) async fn bind(port: u16) -> Result<TcpListener, Failure> {
    let action = format!(
        "listening on port {port} (another program may use it; scripts/dev --port selects another one)"
    );
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.context(&action)
}

/// The ports of the origins in the order product, demo services, demo bank.
fn consecutive(first: u16) -> [u16; PORTS as usize] {
    std::array::from_fn(|index| first.saturating_add(u16::try_from(index).unwrap_or(PORTS)))
}

fn port(listener: &TcpListener) -> Result<u16, Failure> {
    listener.local_addr().map(|address| address.port()).context("listening")
}

/// Serves until the runtime shuts down.
pub(crate) fn serve(listener: TcpListener, router: Router) {
    tokio::spawn(async move {
        axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).await
    });
}
