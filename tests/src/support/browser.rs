//! A browser without JavaScript.

use std::{collections::BTreeMap, net::IpAddr, sync::Arc};

use domain::{SignedDuration, Timestamp};
use local::{Incoming, Stack};

use crate::support::{
    env::TestEnv,
    html::Html,
    page::{Page, leads_on},
};

/// The answer that the forms of emailed links require (RULES 2.12).
pub(crate) const CONFIRMED: &[(&str, &str)] = &[("choice", "confirmed")];

/// A browser without JavaScript: it keeps cookies, follows redirects within the product and posts forms with their
/// hidden fields.
#[derive(Clone)]
pub(crate) struct Browser {
    stack: Arc<Stack>,
    pub(crate) jar: BTreeMap<String, String>,
    /// When each cookie expires that does not end with the browser.
    pub(crate) expires: BTreeMap<String, Timestamp>,
    pub(crate) language: &'static str,
    pub(crate) html: Html,
    pub(crate) address: IpAddr,
    /// The id of the link that was followed last.
    link: Option<String>,
}

impl Browser {
    pub(crate) fn new(stack: &Arc<Stack>, address: IpAddr) -> Self {
        let stack = stack.clone();
        let (jar, expires) = (BTreeMap::new(), BTreeMap::new());
        Self { stack, jar, expires, language: "en", html: Html::default(), address, link: None }
    }

    /// The same browser in another environment.
    pub(crate) fn moved_to(&self, env: &TestEnv) -> Self {
        Self { stack: env.stack.clone(), ..self.clone() }
    }

    /// Opens a page. That of a followed link is named by its path alone: the link is the one that was followed last.
    pub(crate) async fn get(&mut self, target: &str) -> Page {
        let target = self.with_link(target);
        self.follow(Incoming::get(&target).header("sec-fetch-site", "none")).await
    }

    fn with_link(&self, target: &str) -> String {
        const PAGES: [&str; 11] = [
            "/activate",
            "/unlock/link",
            "/unlock/done",
            "/reset/link",
            "/reset/done",
            "/dispute",
            "/dispute/done",
            "/federated/remove/link",
            "/federated/remove/done",
            "/settings/email/link",
            "/settings/email/done",
        ];
        let is_named = target.contains("token=") || target.contains("link=");
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        match &self.link {
            Some(link) if PAGES.contains(&path) && !is_named => format!("{path}?link={link}&{query}"),
            _ => target.to_owned(),
        }
    }

    /// Posts these fields with the page's `csrf` and `once`, and to the page of a followed link with the link's id.
    pub(crate) async fn post(&mut self, target: &str, fields: &[(&str, &str)]) -> Page {
        let request = self.posting(target, fields);
        self.follow(request).await
    }

    /// Submits the form whose action has this path, with its hidden fields and these.
    pub(crate) async fn press(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let request = self.pressing(path, fields);
        self.follow(request).await
    }

    /// Chooses the verification method whose label contains this, on the page that lists them.
    pub(crate) async fn choose_method(&mut self, label: &str) -> Page {
        let factor = self.html.radio(label);
        self.press("/mfa/choose", &[("factor", &factor)]).await
    }

    /// The request of [`Browser::press`].
    pub(crate) fn pressing(&self, path: &str, fields: &[(&str, &str)]) -> Incoming {
        let form = self.html.form(path);
        let hidden = form.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let own = hidden.filter(|(name, _)| !fields.iter().any(|(given, _)| given == name));
        let all: Vec<_> = own.chain(fields.iter().copied()).collect();
        let origin = &self.stack.origins.product;
        let request = Incoming::post(&form.action).header("sec-fetch-site", "same-origin");
        request.header("origin", origin).form(&all)
    }

    /// The request of [`Browser::post`].
    pub(crate) fn posting(&self, target: &str, fields: &[(&str, &str)]) -> Incoming {
        let own = self.html.values(&["csrf", "once"]);
        let own = own.iter().map(|(name, value)| (*name, value.as_str()));
        let all: Vec<_> = fields.iter().copied().chain(own).collect();
        let origin = &self.stack.origins.product;
        let action = self.html.attribute(&format!("form[action^='{target}?link=']"), "action");
        Incoming::post(action.as_deref().unwrap_or(target))
            .header("sec-fetch-site", "same-origin")
            .header("origin", origin)
            .form(&all)
    }

    /// The request of [`Browser::get`].
    pub(crate) fn getting(&self, target: &str) -> Incoming {
        Incoming::get(&self.with_link(target)).header("sec-fetch-site", "none")
    }

    /// The request with this browser's cookies and the headers of all its requests.
    pub(crate) fn with_cookies(&self, request: Incoming) -> Incoming {
        let agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";
        let request = request
            .from_address(self.address)
            .header("host", "localhost:4000")
            .header("accept-language", self.language)
            .header("user-agent", agent);
        self.jar.iter().fold(request, |request, (name, value)| request.cookie(name, value))
    }

    /// Sends a request with this browser's cookies, and follows nothing. Every page leads on (RULES 8.4).
    pub(crate) async fn send(&mut self, request: Incoming) -> local::GatewayResponse {
        let request = self.with_cookies(request);
        let reply = self.stack.call(&request).await;
        if let Some((_, link)) = reply.header("location").and_then(|location| location.split_once("?link=")) {
            self.link = Some(link.to_owned());
        }
        self.keep_cookies(&reply);
        let text = reply.text();
        let is_page = text.contains("<main");
        assert!(!is_page || leads_on(&text), "{} leads nowhere: {text}", request.target());
        reply
    }

    /// Keeps the cookies of a response, as of another tab.
    pub(crate) fn keep_cookies(&mut self, reply: &local::GatewayResponse) {
        for line in reply.set_cookies() {
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            let lasts = line.split("Max-Age=").nth(1).map(|rest| rest.split(';').next().unwrap());
            let lasts: Option<i64> = lasts.map(|seconds| seconds.parse().unwrap());
            self.expires.remove(name);
            if lasts == Some(0) {
                self.jar.remove(name);
                continue;
            }
            self.jar.insert(name.to_owned(), value.to_owned());
            let expires = |seconds| app::clock::now() + SignedDuration::from_secs(seconds);
            self.expires.extend(lasts.map(|seconds| (name.to_owned(), expires(seconds))));
        }
    }

    /// Drops the cookies that have expired by now.
    pub(crate) fn drop_expired(&mut self) {
        let now = app::clock::now();
        self.jar.retain(|name, _| self.expires.get(name).is_none_or(|expires| *expires > now));
    }

    /// Closes the browser and opens it again: only cookies with a lifetime are left.
    pub(crate) fn restart(&mut self) {
        self.drop_expired();
        self.jar.retain(|name, _| self.expires.contains_key(name));
    }

    /// Sends a request and follows the redirects.
    pub(crate) async fn follow(&mut self, request: Incoming) -> Page {
        let mut path = request.target();
        let mut reply = self.send(request.clone()).await;
        for _ in 0..5 {
            let Some(location) = reply.header("location").map(ToOwned::to_owned) else { break };
            if !location.starts_with('/') {
                return Page::left(reply.status, &location);
            }
            reply = self
                .send(match reply.status {
                    307 => request.clone().repeated_at(&location),
                    _ => Incoming::get(&location).header("sec-fetch-site", "same-origin"),
                })
                .await;
            path = location;
        }
        self.html = reply.text().into_owned().into();
        if let Some(refresh) = self.html.attribute("meta[http-equiv='refresh']", "content") {
            // The page continues by itself.
            return Page::left(reply.status, refresh.strip_prefix("0; url=").unwrap());
        }
        let path = path.split('?').next().unwrap().to_owned();
        Page::shown(reply.status, path, self.html.clone())
    }

    /// Opens the sign-in page and submits it.
    pub(crate) async fn sign_in(&mut self, email: &str, password: &str) -> Page {
        self.get("/login").await;
        self.post("/login", &[("email", email), ("password", password)]).await
    }
}
