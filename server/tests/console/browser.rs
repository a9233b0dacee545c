//! A browser without a screen: it keeps cookies, reads forms and follows
//! nothing by itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, BodyDataStream, to_bytes};
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use axum::http::request::Builder;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use axum::response::Response;
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use loive_protocol::{CertificateBody, CertificateKind, PublishKey, ReportId};
use loive_server::console::{ConsoleConfig, Publishing, router};
use loive_server::desk::Desk;

use crate::home::{Home, START, hoa, lan, minh};
use crate::phone::Phone;

pub(crate) const PASSWORD: &str = "một mật khẩu dài";
const YEAR_SECONDS: u64 = 31_536_000;
const PAGE_MAX_BYTES: usize = 1_000_000;

/// A hotline with its console; Lan works there, and whoever else is needed.
pub(crate) struct Office {
    pub(crate) home: Home,
    pub(crate) desk: Arc<Desk>,
    pages: Router,
}

impl Office {
    pub(crate) fn new() -> Self {
        Self::open(false, true)
    }

    /// Behind TLS.
    pub(crate) fn secure() -> Self {
        Self::open(true, true)
    }

    /// The publishing key is kept elsewhere.
    pub(crate) fn without_publishing_key() -> Self {
        Self::open(false, false)
    }

    fn open(secure_cookies: bool, has_key: bool) -> Self {
        let home = Home::new();
        let desk = home.desk();
        lan(&desk);
        let config = ConsoleConfig {
            secure_cookies,
            env: home.env.clone(),
            publishing: has_key.then(|| publishing(&home)),
        };
        let pages = router(Arc::clone(&desk), config);
        Self { home, desk, pages }
    }

    /// A report arrives.
    pub(crate) async fn receive(&self, phone: &Phone) -> ReportId {
        self.home.relay.push_envelope(&phone.first());
        self.desk.catch_up().await.unwrap();
        phone.seed.report_id()
    }

    /// A browser in which nobody is logged in.
    pub(crate) fn stranger(&self) -> Browser {
        Browser {
            pages: self.pages.clone(),
            cookies: BTreeMap::new(),
            csrf: String::new(),
        }
    }

    /// A browser in which this person is logged in.
    pub(crate) async fn browser_of(&self, name: &str) -> Browser {
        match name {
            "minh" => minh(&self.desk),
            "hoa" => hoa(&self.desk),
            _ => lan(&self.desk),
        };
        let mut browser = self.stranger();
        let entered = browser.log_in(name, PASSWORD).await;
        assert_eq!(entered.leads_to(), "/", "{name} comes in");
        browser.get("/").await;
        browser
    }
}

/// A key that signs releases, certified by the hotline's root.
fn publishing(home: &Home) -> Publishing {
    let key = PublishKey::generate(&mut home.env.rng());
    let kind = CertificateKind::Publish;
    let body = CertificateBody::new(kind, 1, key.public(), START, START + YEAR_SECONDS);
    Publishing::new(key, home.root.certify(body))
}

/// One browser.
pub(crate) struct Browser {
    pages: Router,
    pub(crate) cookies: BTreeMap<String, String>,
    pub(crate) csrf: String,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn leads_to(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.text);
        self.headers[LOCATION].to_str().unwrap()
    }

    pub(crate) fn says(&self, text: &str) -> bool {
        self.text.contains(text)
    }

    /// The value of the first hidden field of this name.
    pub(crate) fn hidden(&self, name: &str) -> Option<&str> {
        let (_, rest) = self.text.split_once(&format!("name=\"{name}\" value=\""))?;
        rest.split('"').next()
    }

    /// The part of the page with this id, up to the next part.
    pub(crate) fn part(&self, id: &str) -> &str {
        let (_, rest) = self.text.split_once(&format!("id=\"{id}\"")).unwrap();
        rest.split("</section>").next().unwrap()
    }
}

impl Browser {
    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[], Body::empty()).await
    }

    /// As the script fetches fresh parts.
    pub(crate) async fn get_live(&mut self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[("x-live", "1")], Body::empty())
            .await
    }

    /// Sends a form with the token of the last page.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf.clone();
        let fields: Vec<_> = fields
            .iter()
            .copied()
            .chain([("csrf", csrf.as_str())])
            .collect();
        self.post_exactly(path, &fields).await
    }

    /// Sends exactly these fields.
    pub(crate) async fn post_exactly(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let encoded: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        let kind = [(CONTENT_TYPE.as_str(), "application/x-www-form-urlencoded")];
        self.ask(Method::POST, path, &kind, Body::from(encoded.join("&")))
            .await
    }

    pub(crate) async fn log_in(&mut self, name: &str, password: &str) -> Answer {
        self.get("/login").await;
        self.post("/login", &[("name", name), ("password", password)])
            .await
    }

    /// Listens to the news, as the script does.
    pub(crate) async fn listen(&self) -> BodyDataStream {
        let request = self.request(Method::GET, "/events", &[]);
        let response = self.send(request, Body::empty()).await;
        assert_eq!(response.headers()[CONTENT_TYPE], "text/event-stream");
        response.into_body().into_data_stream()
    }

    fn request(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Builder {
        let jar: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut request = Request::builder().method(method).uri(path);
        if !jar.is_empty() {
            request = request.header(COOKIE, jar.join("; "));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request
    }

    async fn send(&self, request: Builder, body: Body) -> Response {
        let service = TowerToHyperService::new(self.pages.clone());
        service.call(request.body(body).unwrap()).await.unwrap()
    }

    async fn ask(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Answer {
        let response = self.send(self.request(method, path, headers), body).await;
        let (parts, body) = response.into_parts();
        self.keep_cookies(&parts.headers);
        let bytes = to_bytes(body, PAGE_MAX_BYTES).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let answer = Answer {
            status: parts.status,
            headers: parts.headers,
            text,
        };
        if let Some(csrf) = answer.hidden("csrf") {
            csrf.clone_into(&mut self.csrf);
        }
        answer
    }

    fn keep_cookies(&mut self, headers: &HeaderMap) {
        for line in headers.get_all(SET_COOKIE) {
            let line = line.to_str().unwrap();
            let (name, rest) = line.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if line.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

/// As a browser encodes a form: line ends as CR LF, everything but letters and
/// digits as bytes.
fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    let text = text.replace('\n', "\r\n");
    text.bytes()
        .fold(String::with_capacity(text.len() * 3), |mut out, byte| {
            if byte.is_ascii_alphanumeric() {
                out.push(char::from(byte));
            } else {
                write!(out, "%{byte:02X}").unwrap();
            }
            out
        })
}
