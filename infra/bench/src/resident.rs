//! A resident with an account and a browser.

use std::{collections::BTreeMap, error::Error, sync::Arc};

use local::{Incoming, Stack};

pub(crate) const PASSWORD: &str = "vK9#qLw2-zebra";

pub(crate) struct Resident {
    stack: Arc<Stack>,
    email: String,
    jar: BTreeMap<String, String>,
    html: String,
}

impl Resident {
    /// Registers and activates.
    pub(crate) async fn registered(stack: &Arc<Stack>, number: usize) -> Result<Self, Box<dyn Error>> {
        let email = format!("resident-{number}@account.example");
        let mut resident = Self { stack: stack.clone(), email, jar: BTreeMap::new(), html: String::new() };
        resident.get("/register").await?;
        resident.post("/register", true).await?;
        let emails = stack.inbox().await?;
        let text = emails.last().ok_or("no email came")?.text.clone();
        let link = text.lines().find_map(|line| line.strip_prefix(&stack.origins.product));
        resident.get(link.ok_or("the email has no link")?).await?;
        resident.get("/activate").await?;
        resident.post("/activate", false).await?;
        Ok(resident)
    }

    /// Signs in as a browser does that was never here before.
    pub(crate) async fn sign_in(&mut self) -> Result<(), String> {
        self.jar.clear();
        self.get("/login").await?;
        self.post("/login", true).await?;
        self.jar.get("__Host-session").map(drop).ok_or_else(|| format!("not signed in: {}", self.html))
    }

    async fn get(&mut self, target: &str) -> Result<(), String> {
        self.send(Incoming::get(target)).await
    }

    async fn post(&mut self, target: &str, with_account: bool) -> Result<(), String> {
        let csrf = self.html.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let mut fields = vec![("csrf", csrf.ok_or("the page has no form")?)];
        if with_account {
            fields.extend([("email", self.email.as_str()), ("password", PASSWORD)]);
        }
        let request = Incoming::post(target).header("origin", &self.stack.origins.product).form(&fields);
        self.send(request).await
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
