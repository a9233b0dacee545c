//! A counsellor's browser: cookies, forms and their tokens, and nothing else.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;

use crate::http::{Reply, request};

/// Pages that send on to each other are followed so often.
const REDIRECTS_MAX_COUNT: usize = 4;

/// A browser at one console.
pub struct Browser {
    console: SocketAddr,
    cookies: BTreeMap<String, String>,
}

/// A page as it was shown.
pub struct Page {
    /// 200 and so on.
    pub status: u16,
    /// Where it is.
    pub path: String,
    /// The page.
    pub html: String,
}

impl Page {
    /// What the page put into a hidden field of its (first such) form.
    ///
    /// # Panics
    /// If there is no such field.
    pub fn hidden(&self, name: &str) -> &str {
        self.html
            .split_once(&format!("name=\"{name}\" value=\""))
            .and_then(|(_, rest)| rest.split_once('"'))
            .map(|(value, _)| value)
            .expect("the form has this hidden field")
    }

    /// Whether the page shows this.
    pub fn shows(&self, text: &str) -> bool {
        self.html.contains(text)
    }
}

impl Browser {
    /// A browser that was never here.
    pub const fn new(console: SocketAddr) -> Self {
        Self {
            console,
            cookies: BTreeMap::new(),
        }
    }

    /// Opens a page.
    pub async fn open(&mut self, path: &str) -> Page {
        self.ask("GET", path, &[]).await
    }

    /// Sends a form of `page`, with the hidden token that it carries.
    pub async fn send(&mut self, page: &Page, action: &str, fields: &[(&str, &str)]) -> Page {
        let mut all = vec![("csrf", page.hidden("csrf")), ("back", page.path.as_str())];
        all.extend_from_slice(fields);
        self.ask("POST", action, &all).await
    }

    /// Logs in.
    ///
    /// # Panics
    /// If the console does not take the password.
    pub async fn log_in(&mut self, name: &str, password: &str) -> Page {
        let door = self.open("/login").await;
        let inside = self
            .send(&door, "/login", &[("name", name), ("password", password)])
            .await;
        assert_eq!(
            (inside.status, inside.path.as_str()),
            (200, "/"),
            "the login was not taken"
        );
        inside
    }

    async fn ask(&mut self, method: &str, path: &str, fields: &[(&str, &str)]) -> Page {
        let (mut method, mut path) = (method.to_owned(), path.to_owned());
        let mut body = encode(fields);
        for _ in 0..=REDIRECTS_MAX_COUNT {
            let reply = self.exchange(&method, &path, &body).await;
            self.keep_cookies(&reply);
            let Some(next) = reply.headers("location").next() else {
                return Page {
                    status: reply.status,
                    path,
                    html: reply.text(),
                };
            };
            // What stands behind a `#` is for the browser alone.
            next.split('#').next().unwrap_or("/").clone_into(&mut path);
            (method, body) = ("GET".to_owned(), String::new());
        }
        panic!("the console sends in circles");
    }

    async fn exchange(&self, method: &str, path: &str, body: &str) -> Reply {
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let cookies = cookies.join("; ");
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("cookie", cookies.as_str()),
        ];
        request(self.console, method, path, &headers, body.as_bytes()).await
    }

    fn keep_cookies(&mut self, reply: &Reply) {
        for line in reply.headers("set-cookie") {
            let pair = line.split(';').next().unwrap_or_default();
            let Some((name, value)) = pair.split_once('=') else {
                continue;
            };
            if line.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

/// Fields as a browser encodes them (WHATWG URL, `application/x-www-form-urlencoded`).
fn encode(fields: &[(&str, &str)]) -> String {
    let pairs: Vec<_> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", percent(name), percent(value)))
        .collect();
    pairs.join("&")
}

/// Bytes other than letters and digits as `%XX`.
pub(crate) fn percent(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
