//! A few lines of HTTP/1.1, so that a story says exactly what goes over the
//! wire: one request a connection, plain, to this machine.

use std::fmt::Write as _;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What came back.
pub struct Reply {
    /// 200 and so on.
    pub status: u16,
    headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// Every value of a header. Names are in small letters.
    pub fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers
            .iter()
            .filter(move |(found, _)| found == name)
            .map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Sends one request and reads the whole answer.
///
/// # Panics
/// If nobody answers, or not in HTTP.
pub async fn request(
    to: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Reply {
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {to}\r\nconnection: close\r\n");
    for (name, value) in headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    let _ = write!(head, "content-length: {}\r\n\r\n", body.len());
    let mut stream = TcpStream::connect(to).await.expect("somebody listens");
    stream
        .write_all(head.as_bytes())
        .await
        .expect("the head is taken");
    // Whoever turns a large body away need not read it to its end.
    let _ = stream.write_all(body).await;
    let mut bytes = Vec::new();
    stream
        .read_to_end(&mut bytes)
        .await
        .expect("the answer ends");
    parse(&bytes).expect("the answer is HTTP")
}

fn parse(bytes: &[u8]) -> Option<Reply> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let (head, rest) = bytes.split_at_checked(end)?;
    let mut lines = std::str::from_utf8(head).ok()?.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let reply = Reply {
        status,
        headers,
        body: rest.get(4..)?.to_vec(),
    };
    // None of ours is sent in chunks to who asks for one answer a connection,
    // but for streams, which no story reads.
    let whole = reply.headers("content-length").next().is_none_or(|length| {
        length
            .parse()
            .is_ok_and(|length: usize| length == reply.body.len())
    });
    (whole && reply.headers("transfer-encoding").next().is_none()).then_some(reply)
}
