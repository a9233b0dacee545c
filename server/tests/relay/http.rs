//! The relay's public port: what goes over the wire, and what does not.

use std::time::Duration;

use crate::support::{Home, client, client_trusting, post, push};
use loive_protocol::{
    Ack, DeskRequest, DeskResponse, Lane, MailboxCursor, SignedDeskRequest, SyncRequest,
    SyncResponse, Wire,
};
use loive_server::desk::link::{DeskLink, LinkError, LocalLink, RemoteLink};
use loive_server::http::ListenError;
use loive_server::relay::MetricsFor;
use loive_server::{Hotline, StartError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test]
async fn a_phone_pushes_over_http_and_is_acknowledged() {
    let home = Home::new();
    let running = home.serve().await;
    let body = push(&[home.report()]).to_bytes();
    let (status, body) = post(&format!("{}/v1/sync", running.relay_url), body).await;
    assert_eq!(status, 200);
    assert_eq!(SyncResponse::from_bytes(&body).unwrap().acks, [Ack::Stored]);
    running.stop().await;
}

/// Writes bytes on a connection and reads until the answer's body is complete.
async fn exchange(stream: &mut TcpStream, request: &[u8]) -> Vec<u8> {
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    loop {
        let mut some = [0; 4_096];
        let count = stream.read(&mut some).await.unwrap();
        answer.extend_from_slice(&some[..count]);
        if count == 0 || body_of(&answer).is_some() {
            return answer;
        }
    }
}

/// The body, once as much of it has come as the head announced.
fn body_of(answer: &[u8]) -> Option<Vec<u8>> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = String::from_utf8(answer[..end].to_vec()).unwrap();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))?;
    let body = answer[end..].to_vec();
    (body.len() >= length.parse().unwrap()).then_some(body)
}

fn http_post(path: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: relay.example\r\ncontent-type: application/cbor\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

#[tokio::test]
async fn a_sync_with_nothing_new_costs_less_than_200_bytes_both_ways() {
    let home = Home::new();
    let running = home.serve().await;
    let mut stream = TcpStream::connect(running.relay_addr).await.unwrap();
    let list = home.keys.certificates.clone();
    let mut publish = DeskRequest::new(home.env.now());
    publish.certificates = list.list().to_vec();
    let signed = home.signed(&publish);
    running.relay.desk(signed).await.unwrap();
    let first = exchange(
        &mut stream,
        &http_post("/v1/sync", &SyncRequest::new(Lane::Report).to_bytes()),
    )
    .await;
    let log = SyncResponse::from_bytes(&body_of(&first).unwrap())
        .unwrap()
        .log;

    // A phone with one report that waits for an answer.
    let mut request = SyncRequest::new(Lane::Report);
    request.log = Some(log);
    request.mailboxes = vec![MailboxCursor { shard: 5, after: 0 }];
    request.certificates_seen = Some(list.fingerprint());
    let request = http_post("/v1/sync", &request.to_bytes());
    let answer = exchange(&mut stream, &request).await;
    let response = SyncResponse::from_bytes(&body_of(&answer).unwrap()).unwrap();
    assert!(response.pages.is_empty() && response.certificates.is_empty());
    let head = String::from_utf8_lossy(&answer).to_lowercase();
    for header in [
        "date:",
        "server:",
        "content-type:",
        "connection:",
        "set-cookie:",
    ] {
        assert!(!head.contains(header), "{header} in {head}");
    }
    let both_ways = request.len() + answer.len();
    assert!(
        both_ways <= 200,
        "{} + {} bytes",
        request.len(),
        answer.len()
    );
    running.stop().await;
}

#[tokio::test]
async fn garbage_is_answered_by_an_empty_400_and_counted() {
    let home = Home::new();
    let running = home.serve().await;
    let whole = push(&[home.report()]).to_bytes();
    let mut trailing = whole.clone();
    trailing.push(0);
    let bodies = [
        Vec::new(),
        b"hello".to_vec(),
        vec![0xff; 10_000],
        // 2^64-1 elements, said in nine bytes.
        vec![0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        vec![0x81; 100_000],
        whole[..whole.len() - 1].to_vec(),
        trailing,
    ];
    for path in ["sync", "desk"] {
        for body in &bodies {
            let answer = post(&format!("{}/v1/{path}", running.relay_url), body.clone()).await;
            assert_eq!(answer, (400, Vec::new()));
        }
    }
    assert_eq!(
        running.relay.metrics().bad_requests.get(),
        2 * bodies.len() as u64
    );
    assert_eq!(running.relay.metrics().stored_envelopes.get(), 0);
    running.stop().await;
}

#[tokio::test]
async fn every_byte_of_a_request_may_be_flipped_and_the_relay_stays_up() {
    let home = Home::new();
    let running = home.serve().await;
    let url = format!("{}/v1/sync", running.relay_url);
    let whole = push(&[home.report()]).to_bytes();
    let client = client();
    for position in 0..whole.len() {
        let mut body = whole.clone();
        body[position] ^= 0x11;
        let response = client.post(&url).body(body).send().await.unwrap();
        assert!(
            matches!(response.status().as_u16(), 200 | 400),
            "{}",
            response.status()
        );
        // Far too many requests for one source: time passes between them.
        home.clock.advance_seconds(1);
    }
    assert_eq!(post(&url, whole).await.0, 200);
    running.stop().await;
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_before_it_is_taken_in() {
    let home = Home::new();
    let running = home.serve().await;
    // Announced: refused by the head alone.
    let mut stream = TcpStream::connect(running.relay_addr).await.unwrap();
    let head = "POST /v1/sync HTTP/1.1\r\nhost: r\r\ncontent-length: 2097153\r\n\r\n";
    let answer = exchange(&mut stream, head.as_bytes()).await;
    assert!(
        answer.starts_with(b"HTTP/1.1 413 "),
        "{}",
        String::from_utf8_lossy(&answer)
    );

    // Not announced: refused when it grows over it.
    let mut stream = TcpStream::connect(running.relay_addr).await.unwrap();
    let head = "POST /v1/sync HTTP/1.1\r\nhost: r\r\ntransfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let (mut read, mut write) = stream.into_split();
    let sending = tokio::spawn(async move {
        let chunk = [b"10000\r\n".as_slice(), &vec![0; 0x10000], b"\r\n"].concat();
        // The relay may hang up in the middle.
        for _ in 0..64 {
            if write.write_all(&chunk).await.is_err() {
                break;
            }
        }
        write
    });
    let mut answer = [0; 13];
    read.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413 ");
    drop(sending.await);
    assert_eq!(running.relay.metrics().oversized_requests.get(), 2);
    assert_eq!(running.relay.metrics().received_bytes.get(), 0);
    running.stop().await;
}

#[tokio::test]
async fn the_port_has_four_doors_and_no_more() {
    let home = Home::new();
    let running = home.serve().await;
    let client = client();
    let url = &running.relay_url;
    let status = async |request: reqwest::RequestBuilder| {
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.text().await.unwrap())
    };
    assert_eq!(
        status(client.get(format!("{url}/healthz"))).await,
        (200, "ok\n".into())
    );
    for path in ["", "/", "/v1", "/v1/sync/", "/login", "/v1/../metrics/x"] {
        assert_eq!(
            status(client.get(format!("{url}{path}"))).await,
            (404, String::new())
        );
    }
    assert_eq!(
        status(client.get(format!("{url}/v1/sync"))).await,
        (405, String::new())
    );
    assert_eq!(
        status(client.put(format!("{url}/metrics"))).await,
        (405, String::new())
    );
    let (code, text) = status(client.get(format!("{url}/metrics"))).await;
    assert_eq!(code, 200);
    assert!(
        text.contains("# TYPE loive_relay_sync_requests_total counter\n"),
        "{text}"
    );
    running.stop().await;

    let mut config = home.config();
    config.relay.metrics = MetricsFor::Nobody;
    let running = Hotline::start_relay(config).await.unwrap();
    let metrics = client.get(format!("{}/metrics", running.relay_url));
    assert_eq!(status(metrics).await, (404, String::new()));
    running.stop().await;
}

#[tokio::test]
async fn a_source_that_asks_too_often_is_told_when_to_come_back() {
    let home = Home::new();
    let mut config = home.config();
    config.relay.source_requests_per_minute = 60;
    config.relay.source_burst_requests = 2;
    let running = Hotline::start_relay(config).await.unwrap();
    let url = format!("{}/v1/sync", running.relay_url);
    let body = SyncRequest::new(Lane::Report).to_bytes();
    assert_eq!(post(&url, body.clone()).await.0, 200);
    assert_eq!(post(&url, body.clone()).await.0, 200);
    let third = client().post(&url).body(body.clone()).send().await.unwrap();
    assert_eq!(third.status().as_u16(), 429);
    assert_eq!(third.headers()["retry-after"], "30");
    home.clock.advance_seconds(1);
    assert_eq!(post(&url, body).await.0, 200);
    running.stop().await;
}

#[tokio::test]
async fn behind_a_proxy_each_phone_has_its_own_budget_and_cannot_pretend_to_be_another() {
    let home = Home::new();
    let mut config = home.config();
    config.relay.behind_proxy = true;
    config.relay.source_requests_per_minute = 0;
    config.relay.source_burst_requests = 1;
    let running = Hotline::start_relay(config).await.unwrap();
    let ask = async |path: &str, forwarded: &str| {
        let url = format!("{}/{path}", running.relay_url);
        let request = client().get(url).header("x-forwarded-for", forwarded);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(ask("healthz", "203.0.113.7").await, 200);
    assert_eq!(ask("healthz", "203.0.113.7").await, 429);
    // What stands before the proxy's own word is the phone's claim.
    assert_eq!(ask("healthz", "198.51.100.1, 203.0.113.7").await, 429);
    assert_eq!(ask("healthz", "203.0.113.8").await, 200);
    assert_eq!(ask("metrics", "203.0.113.9").await, 404);
    running.stop().await;
}

#[tokio::test]
async fn over_tls_a_phone_that_trusts_the_hotlines_authority_gets_through_and_no_other() {
    let home = Home::new();
    let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificate, key) = (
        home.dir.path().join("relay.pem"),
        home.dir.path().join("relay.key"),
    );
    std::fs::write(&certificate, certified.cert.pem()).unwrap();
    std::fs::write(&key, certified.signing_key.serialize_pem()).unwrap();
    let mut config = home.config();
    config.relay.listen = "0.0.0.0:0".parse().unwrap();
    (config.relay.tls_certificate, config.relay.tls_key) = (certificate.clone(), key);
    let running = Hotline::start_relay(config).await.unwrap();
    assert!(running.relay_url.starts_with("https://"));

    let url = format!("https://localhost:{}/healthz", running.relay_addr.port());
    let trusting = client_trusting(Some(&certificate));
    assert_eq!(
        trusting.get(&url).send().await.unwrap().status().as_u16(),
        200
    );
    assert!(client().get(&url).send().await.is_err());
    let plain = url.replace("https", "http");
    assert!(client().get(&plain).send().await.is_err());

    // The desk reaches it the same way.
    let base = format!("https://localhost:{}", running.relay_addr.port());
    let link = RemoteLink::new(&base, Some(&certificate)).unwrap();
    assert!(link.exchange(home.ask(|_| {})).await.is_ok());
    let link = RemoteLink::new(&base, None).unwrap();
    assert_eq!(
        link.exchange(home.ask(|_| {})).await.err(),
        Some(LinkError::Offline)
    );
    running.stop().await;
}

#[tokio::test]
async fn plain_http_is_refused_where_others_can_listen_in() {
    let home = Home::new();
    let mut config = home.config();
    config.relay.listen = "0.0.0.0:0".parse().unwrap();
    let error = Hotline::start_relay(config).await.err().unwrap();
    assert!(
        matches!(
            &error,
            StartError::Listen(ListenError::PlainOffLoopback { .. })
        ),
        "{error}"
    );
    let text = error.to_string();
    assert!(
        text.contains("tls_certificate") && text.contains("127.0.0.1"),
        "{text}"
    );
    assert!(!home.database().exists(), "the store was touched");

    let mut config = home.config();
    config.relay.tls_certificate = "relay.pem".into();
    assert!(matches!(
        Hotline::start_relay(config).await.err(),
        Some(StartError::Config(_))
    ));
}

#[tokio::test]
async fn both_links_of_the_desk_say_the_same() {
    let home = Home::new();
    let running = home.serve().await;
    running
        .relay
        .sync(push(&[home.report()]), 600)
        .await
        .unwrap();
    let links: [Box<dyn DeskLink>; 2] = [
        Box::new(LocalLink(running.relay.clone())),
        Box::new(RemoteLink::new(&running.relay_url, None).unwrap()),
    ];
    let mut answers: Vec<DeskResponse> = Vec::new();
    for link in &links {
        answers.push(link.exchange(home.ask(|_| {})).await.unwrap());
        let stranger = Home::new();
        let mut foreign = DeskRequest::new(home.env.now());
        foreign.inbox_after = 1;
        let strange_key = loive_protocol::SignKey::generate(&mut loive_server::Env::system().rng());
        let forged =
            SignedDeskRequest::sign(&foreign, &strange_key, &stranger.keys.sign_certificate);
        assert_eq!(
            link.exchange(forged).await.err(),
            Some(LinkError::NotSigned)
        );
        let old = DeskRequest::new(home.env.now() - 3_600);
        let old = home.signed(&old);
        assert_eq!(link.exchange(old).await.err(), Some(LinkError::ClockSkew));
    }
    assert!(answers[0] == answers[1] && answers[0].arrived.len() == 1);
    let gone = running.relay_url.clone();
    running.stop().await;
    let link = RemoteLink::new(&gone, None).unwrap();
    assert_eq!(
        link.exchange(home.ask(|_| {})).await.err(),
        Some(LinkError::Offline)
    );
}

#[tokio::test]
async fn stopping_finishes_a_request_that_is_halfway_and_takes_no_new_ones() {
    let home = Home::new();
    let running = home.serve().await;
    let address = running.relay_addr;
    let report = home.report();
    let request = http_post("/v1/sync", &push(std::slice::from_ref(&report)).to_bytes());
    let (first, second) = request.split_at(request.len() - 100);
    let mut halfway = TcpStream::connect(address).await.unwrap();
    halfway.write_all(first).await.unwrap();
    let mut idle = TcpStream::connect(address).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;

    let stopping = tokio::spawn(running.stop());
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!stopping.is_finished());
    assert!(TcpStream::connect(address).await.is_err());
    let answer = exchange(&mut halfway, second).await;
    let body = body_of(&answer).unwrap();
    assert_eq!(SyncResponse::from_bytes(&body).unwrap().acks, [Ack::Stored]);
    tokio::time::timeout(Duration::from_secs(5), stopping)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(idle.read(&mut [0; 10]).await.unwrap_or(0), 0);

    // What was acknowledged is there after the restart.
    let running = home.serve().await;
    let found = running.relay.desk(home.ask(|_| {})).await.unwrap();
    assert_eq!(&*found.arrived[0].envelope, report.as_bytes());
    running.stop().await;
}

#[tokio::test]
async fn a_desk_that_waits_does_not_hold_up_the_stop() {
    let home = Home::new();
    let running = home.serve().await;
    let log = running
        .relay
        .sync(SyncRequest::new(Lane::Report), 10)
        .await
        .unwrap()
        .log;
    let link = RemoteLink::new(&running.relay_url, None).unwrap();
    let mut request = DeskRequest::new(home.env.now());
    (request.log, request.wait_seconds) = (Some(log), 60);
    let request = home.signed(&request);
    let waiting = tokio::spawn(async move { link.exchange(request).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!waiting.is_finished());
    let before = std::time::Instant::now();
    running.stop().await;
    assert!(before.elapsed() < Duration::from_secs(4));
    assert!(waiting.await.unwrap().unwrap().arrived.is_empty());
}
