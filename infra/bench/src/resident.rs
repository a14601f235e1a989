//! A resident with a browser.

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
    /// Where the last response leads.
    location: String,
}

impl Resident {
    /// A resident without an account.
    pub(crate) fn new(stack: &Arc<Stack>, email: &str) -> Self {
        Self {
            stack: stack.clone(),
            email: email.to_owned(),
            jar: BTreeMap::new(),
            html: String::new(),
            location: String::new(),
        }
    }

    /// Registers without activating the account.
    pub(crate) async fn unactivated(stack: &Arc<Stack>, number: usize) -> Result<Self, Box<dyn Error>> {
        let mut resident = Self::new(stack, &format!("resident-{number}@account.example"));
        resident.get("/register").await?;
        resident.post("/register", Some(PASSWORD)).await?;
        Ok(resident)
    }

    /// Registers and activates the account.
    pub(crate) async fn registered(stack: &Arc<Stack>, number: usize) -> Result<Self, Box<dyn Error>> {
        let mut resident = Self::unactivated(stack, number).await?;
        let emails = stack.inbox().await?;
        let text = emails.last().ok_or("no email was sent")?.text.clone();
        let link = text.lines().find_map(|line| line.strip_prefix(&stack.origins.product));
        resident.get(link.ok_or("the email has no link")?).await?;
        let page = resident.location.clone();
        resident.get(&page).await?;
        resident.post(&page, None).await?;
        Ok(resident)
    }

    /// Opens a page in a new browser.
    pub(crate) async fn open(&mut self, path: &str) -> Result<(), String> {
        self.jar.clear();
        self.get(path).await
    }

    /// The response time of the page's form, with this address and, where the form has one, a wrong password.
    pub(crate) async fn time(&mut self, path: &str) -> Result<Duration, String> {
        let request = self.posting(path, Some("Wrong-9-password"))?;
        let request = self.jar.iter().fold(request, |request, (name, value)| request.cookie(name, value));
        #[expect(clippy::disallowed_methods, reason = "measures real time")]
        let start = Instant::now();
        let response = self.stack.call(&request).await;
        let time = start.elapsed();
        if matches!(response.status, 303 | 422) {
            Ok(time)
        } else {
            Err(format!("{}: {}", response.status, response.text()))
        }
    }

    /// Signs in with a known browser without a session.
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
        let response = self.stack.call(&request).await;
        for (name, value) in response.set_cookies().filter_map(|line| line.split(';').next()?.split_once('='))
        {
            self.jar.insert(name.to_owned(), value.to_owned());
        }
        self.html = response.text().into_owned();
        response.header("location").unwrap_or_default().clone_into(&mut self.location);
        if response.status < 400 { Ok(()) } else { Err(format!("{}: {}", response.status, self.html)) }
    }
}
