//! A resident with an account and a browser.

use std::{
    collections::BTreeMap,
    error::Error,
    sync::Arc,
    time::{Duration, Instant},
};

use local::{Incoming, Stack};

pub(crate) const PASSWORD: &str = "vK9#qLw2-zebra";

pub(crate) struct Resident {
    stack: Arc<Stack>,
    email: String,
    jar: BTreeMap<String, String>,
    html: String,
}

impl Resident {
    /// With nothing but a browser.
    pub(crate) fn new(stack: &Arc<Stack>, email: &str) -> Self {
        Self { stack: stack.clone(), email: email.to_owned(), jar: BTreeMap::new(), html: String::new() }
    }

    /// Registers, and lets it wait for activation.
    pub(crate) async fn waiting(stack: &Arc<Stack>, number: usize) -> Result<Self, Box<dyn Error>> {
        let mut resident = Self::new(stack, &format!("resident-{number}@account.example"));
        resident.get("/register").await?;
        resident.post("/register", Some(PASSWORD)).await?;
        Ok(resident)
    }

    /// Registers and activates.
    pub(crate) async fn registered(stack: &Arc<Stack>, number: usize) -> Result<Self, Box<dyn Error>> {
        let mut resident = Self::waiting(stack, number).await?;
        let emails = stack.inbox().await?;
        let text = emails.last().ok_or("no email came")?.text.clone();
        let link = text.lines().find_map(|line| line.strip_prefix(&stack.origins.product));
        resident.get(link.ok_or("the email has no link")?).await?;
        resident.get("/activate").await?;
        resident.post("/activate", None).await?;
        Ok(resident)
    }

    /// Opens a page in a browser that was never here before.
    pub(crate) async fn open(&mut self, path: &str) -> Result<(), String> {
        self.jar.clear();
        self.get(path).await
    }

    /// How long the answer to the page's form takes, with this address and, where one is asked for, a wrong password.
    pub(crate) async fn time(&mut self, path: &str) -> Result<Duration, String> {
        let request = self.posting(path, Some("Wrong-9-password"))?;
        let request = self.jar.iter().fold(request, |request, (name, value)| request.cookie(name, value));
        #[expect(clippy::disallowed_methods, reason = "measures real time")]
        let began = Instant::now();
        let reply = self.stack.call(&request).await;
        let taken = began.elapsed();
        if matches!(reply.status, 303 | 422) {
            Ok(taken)
        } else {
            Err(format!("{}: {}", reply.status, reply.text()))
        }
    }

    /// Signs in as a browser does that has signed in before, and is signed out.
    pub(crate) async fn sign_in(&mut self) -> Result<(), String> {
        self.jar.retain(|name, _| name == "__Host-device");
        self.get("/login").await?;
        self.post("/login", Some(PASSWORD)).await?;
        self.jar.get("__Host-session").map(drop).ok_or_else(|| format!("not signed in: {}", self.html))
    }

    async fn get(&mut self, target: &str) -> Result<(), String> {
        self.send(Incoming::get(target)).await
    }

    async fn post(&mut self, target: &str, password: Option<&str>) -> Result<(), String> {
        let request = self.posting(target, password)?;
        self.send(request).await
    }

    fn posting(&self, target: &str, password: Option<&str>) -> Result<Incoming, String> {
        let csrf = self.html.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let mut fields = vec![("csrf", csrf.ok_or("the page has no form")?)];
        if let Some(password) = password {
            fields.extend([("email", self.email.as_str()), ("password", password)]);
        }
        Ok(Incoming::post(target).header("origin", &self.stack.origins.product).form(&fields))
    }

    async fn send(&mut self, request: Incoming) -> Result<(), String> {
        let request = self.jar.iter().fold(request, |request, (name, value)| request.cookie(name, value));
        let reply = self.stack.call(&request).await;
        for (name, value) in reply.set_cookies().filter_map(|line| line.split(';').next()?.split_once('=')) {
            self.jar.insert(name.to_owned(), value.to_owned());
        }
        self.html = reply.text().into_owned();
        if reply.status < 400 { Ok(()) } else { Err(format!("{}: {}", reply.status, self.html)) }
    }
}
