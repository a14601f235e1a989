//! The origins, and what is served at each: the product, the demo services, the demo bank (RULES 9.2).

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use axum::Router;
use bank::Bank;
use domain::partner::Partner;
use serde_json::json;
use tokio::net::TcpListener;

use crate::{
    failure::{Failure, While},
    front, services,
    stack::{Stack, assets_folder},
};

/// Which origins are served to browsers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Listen {
    /// None: requests come by [`Stack::call`].
    #[default]
    No,
    /// None but the demo bank, to which the functions have to speak; the product, for the bank.
    BankAlone,
    /// All, on ports that happen to be free.
    AnyPorts,
    /// All, on the ports that RULES 9.2 names.
    UsualPorts,
}

/// The origins, without a slash at their end.
#[derive(Clone, Debug)]
pub struct Origins {
    /// The product, as browsers and services know it.
    pub product: String,
    /// The product on this computer.
    pub local: String,
    /// A demo service.
    pub service: String,
    /// Another one, of another sector.
    pub other_service: String,
    /// The demo bank.
    pub bank: String,
}

/// The ports that RULES 9.2 names: the product's, the demo services', the demo bank's.
const USUAL_PORTS: [u16; 4] = [4000, 4001, 4002, 4003];

/// The demo bank's name as a partner, and ours there.
const BANK: (&str, &str) = ("demo-bank", "my-ontario-account");

/// The origins' listeners, when they are served.
pub(crate) struct Listeners {
    listen: Listen,
    ports: Option<[TcpListener; 4]>,
}

impl Listeners {
    pub(crate) async fn bind(listen: Listen) -> Result<Self, Failure> {
        let wanted = match listen {
            Listen::No => return Ok(Self { listen, ports: None }),
            Listen::AnyPorts | Listen::BankAlone => [0; 4],
            Listen::UsualPorts => USUAL_PORTS,
        };
        let [product, service, other, bank] = wanted;
        let ports = [bind(product).await?, bind(service).await?, bind(other).await?, bind(bank).await?];
        Ok(Self { listen, ports: Some(ports) })
    }

    pub(crate) fn origins(&self, public: Option<&str>) -> Result<Origins, Failure> {
        let mut ports = USUAL_PORTS;
        if let Some(listeners) = &self.ports {
            for (own, listener) in ports.iter_mut().zip(listeners) {
                *own = port(listener)?;
            }
        }
        let [local, service, other_service, bank] = ports.map(|port| format!("http://localhost:{port}"));
        // Stories speak of the usual product, wherever the bank reaches it.
        let usual = || match self.listen {
            Listen::BankAlone => format!("http://localhost:{}", USUAL_PORTS[0]),
            _ => local.clone(),
        };
        let product = public.map_or_else(usual, |origin| origin.trim_end_matches('/').to_owned());
        Ok(Origins { product, local, service, other_service, bank })
    }

    /// Serves what is to be served; the bank, if that is.
    pub(crate) async fn serve(
        self,
        stack: &Arc<Stack>,
        bank_key: Option<String>,
    ) -> Result<Option<Bank>, Failure> {
        let Some([product, service, other, own]) = self.ports else { return Ok(None) };
        serve(product, front::router(stack, &assets_folder()));
        let bank = open_bank(&stack.origins, bank_key)?;
        serve(own, bank.router());
        if self.listen != Listen::BankAlone {
            let routers = services::routers(stack).await?;
            for (listener, router) in [service, other].into_iter().zip(routers) {
                serve(listener, router);
            }
        }
        Ok(Some(bank))
    }

    /// The partners of the functions, as their environment has them.
    pub(crate) fn partners(&self, origins: &Origins) -> String {
        let (id, client_id) = BANK;
        let name = json!({ "en": "Demo bank", "fr": "Banque de démonstration" });
        let bank =
            json!({ "id": id, "issuer": origins.bank, "client_id": client_id, "name": name, "on": true });
        if self.ports.is_some() { json!([bank]).to_string() } else { "[]".to_owned() }
    }
}

fn open_bank(origins: &Origins, key: Option<String>) -> Result<Bank, Failure> {
    let (id, client_id) = BANK;
    Bank::new(bank::Options {
        issuer: origins.bank.clone(),
        client_id: client_id.to_owned(),
        redirect_uris: vec![format!("{}/federated/callback/{id}", origins.product)],
        client_jwks_uri: format!("{}/.well-known/jwks.json", origins.product),
        reached_at: Some(origins.local.clone()),
        key,
        now: app::clock::now,
        random: |bytes| bytes.copy_from_slice(&random(bytes.len())),
    })
    .while_("opening the demo bank")
}

fn random(length: usize) -> Vec<u8> {
    std::iter::repeat_with(|| app::random::<1>()[0]).take(length).collect()
}

/// A partner as functions have it, for stories about partners of their own.
#[must_use]
pub fn partners_of(partners: &[Partner]) -> String {
    json!(partners).to_string()
}

pub(crate) async fn bind(port: u16) -> Result<TcpListener, Failure> {
    let doing = format!("listening on port {port} (is something else running there?)");
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.while_(&doing)
}

fn port(listener: &TcpListener) -> Result<u16, Failure> {
    listener.local_addr().map(|address| address.port()).while_("listening")
}

/// Until the runtime ends.
pub(crate) fn serve(listener: TcpListener, router: Router) {
    tokio::spawn(async move {
        axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).await
    });
}
