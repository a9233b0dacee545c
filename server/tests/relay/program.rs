//! The `hotline` program from end to end, as an administrator runs it.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::support::{client, post, push};
use loive_protocol::{
    Ack, Envelope, HotlineCard, ProofKind, ReportBatch, ReportItem, Seed, SyncResponse, Wire,
    seal_report,
};
use loive_server::Env;

fn hotline(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hotline"));
    command.args(arguments).env("HOTLINE_DATA", data);
    command
}

fn run(data: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = hotline(data, arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    // What should end, but serves instead, is a failure and not a test that hangs.
    let end = Instant::now() + Duration::from_mins(1);
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > end {
            child.kill().unwrap();
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    child.wait_with_output().unwrap()
}

fn ok(output: &Output) -> String {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(
        output.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    text
}

/// A server that is ended, whatever the test does.
struct Server {
    child: Child,
    relay_port: u16,
    log: std::thread::JoinHandle<String>,
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
    }
}

impl Server {
    /// Starts it on free ports, which its log names.
    fn start(data: &Path) -> Self {
        let free = [
            "--relay-listen",
            "127.0.0.1:0",
            "--console-listen",
            "127.0.0.1:0",
        ];
        let mut child = hotline(data, &[&["serve"], free.as_slice()].concat())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut seen = String::new();
        let mut relay_port = None;
        for line in lines.by_ref() {
            let line = line.unwrap();
            seen.push_str(&line);
            seen.push('\n');
            if let Some((_, rest)) = line.split_once("the relay listens port=") {
                relay_port = rest.split(' ').next().and_then(|port| port.parse().ok());
            }
            if line.contains("the console listens") {
                break;
            }
        }
        let relay_port = relay_port.unwrap_or_else(|| panic!("it did not start: {seen}"));
        let log = std::thread::spawn(move || {
            for line in lines {
                seen.push_str(&line.unwrap());
                seen.push('\n');
            }
            seen
        });
        Self {
            child,
            relay_port,
            log,
        }
    }

    /// SIGTERM, and the whole log.
    fn stop(mut self) -> String {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .unwrap()
                .success()
        );
        let end = Instant::now() + Duration::from_secs(20);
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < end, "it did not stop");
            std::thread::sleep(Duration::from_millis(50));
        };
        assert!(status.success(), "{status}");
        let log = std::mem::replace(&mut self.log, std::thread::spawn(String::new));
        log.join().unwrap()
    }
}

fn report_for(card: &HotlineCard) -> Envelope {
    let env = Env::system();
    let mut rng = env.rng();
    let certificates = card.verified().unwrap();
    let to = certificates.seal_key(env.now()).unwrap();
    let batch = ReportBatch::new(env.now(), vec![ReportItem::Change(vec![1].into())]);
    let seed = Seed::generate(&mut rng);
    seal_report(&batch, &seed, ProofKind::Seed, to, &card.root, &mut rng).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_sets_up_a_hotline_runs_it_and_stops_it() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("hotline");
    let dir = data.to_str().unwrap();
    let said = ok(&run(
        &data,
        &["init", dir, "--relay-url", "https://relay.example"],
        "",
    ));
    assert!(
        said.contains("hotline.card") && said.contains("root.key"),
        "{said}"
    );
    for private in [
        "root.key",
        "hotline.toml",
        "keys/seal-0001.key",
        "keys/store-desk.key",
    ] {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(data.join(private))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{private}");
    }
    let again = run(&data, &["init", dir], "");
    assert!(!again.status.success());
    assert!(String::from_utf8_lossy(&again.stderr).contains("never overwritten"));

    let add = ["admin", "user", "add", "linh", "--display", "Chị Linh"];
    assert!(ok(&run(&data, &add, "một mật khẩu đủ dài\n")).contains("linh"));
    let add = [
        "admin",
        "user",
        "add",
        "minh",
        "--role",
        "administrator",
        "--generate",
    ];
    assert!(ok(&run(&data, &add, "")).contains("Password, shown this once: "));
    assert!(
        !run(
            &data,
            &["admin", "user", "add", "linh"],
            "another password\n"
        )
        .status
        .success()
    );

    ok(&run(&data, &["admin", "user", "disable", "minh"], ""));
    let list = ok(&run(&data, &["admin", "user", "list"], ""));
    assert_eq!(list, "linh\tcounsellor\tChị Linh\n");

    let server = Server::start(&data);
    let url = format!("http://127.0.0.1:{}", server.relay_port);
    let health = client().get(format!("{url}/healthz")).send().await.unwrap();
    assert_eq!(health.text().await.unwrap(), "ok\n");
    let text = ok(&run(&data, &["card"], ""));
    let card = HotlineCard::from_text(text.trim()).unwrap();
    assert_eq!(card.relay_url, "https://relay.example");
    let report = report_for(&card);
    let request = push(std::slice::from_ref(&report)).to_bytes();
    let (status, body) = post(&format!("{url}/v1/sync"), request.clone()).await;
    assert_eq!(status, 200);
    let first = SyncResponse::from_bytes(&body).unwrap();
    assert_eq!(first.acks, [Ack::Stored]);
    let log = tokio::task::spawn_blocking(|| server.stop()).await.unwrap();
    assert!(log.contains("the relay has stopped"), "{log}");
    for secret in [
        "127.0.0.1",
        &report.id().to_string(),
        &report.address().to_string(),
    ] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }

    // The next start goes on where this one stopped.
    let server = Server::start(&data);
    let url = format!("http://127.0.0.1:{}/v1/sync", server.relay_port);
    let second = SyncResponse::from_bytes(&post(&url, request).await.1).unwrap();
    assert_eq!((second.log, &second.acks), (first.log, &first.acks));
    tokio::task::spawn_blocking(|| server.stop()).await.unwrap();
}

#[test]
fn what_is_set_wrong_is_said_with_its_place() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("hotline");
    ok(&run(&data, &["init", data.to_str().unwrap()], ""));
    let refused = |output: Output, words: &[&str]| {
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success());
        assert!(words.iter().all(|word| text.contains(word)), "{text}");
    };
    let public = ["relay", "--relay-listen", "0.0.0.0:0"];
    refused(
        run(&data, &public, ""),
        &["plain HTTP", "relay.tls_certificate"],
    );
    refused(
        run(&data, &["serve", "--set", "relay.lisen=x"], ""),
        &["relay.lisen", "hotline config"],
    );
    let mut mistyped = hotline(&data, &["serve"]);
    mistyped.env("HOTLINE_RELAY_LISEN", "127.0.0.1:0");
    refused(mistyped.output().unwrap(), &["HOTLINE_RELAY_LISEN"]);
    refused(
        run(&home.path().join("nowhere"), &["serve"], ""),
        &["hotline.toml", "hotline init"],
    );

    let path = data.join("hotline.toml");
    let mut text = std::fs::read_to_string(&path).unwrap();
    text.push_str("[extra]\n");
    let line = format!("line {}", text.lines().count());
    std::fs::write(&path, text).unwrap();
    refused(run(&data, &["serve"], ""), &[&line, "extra"]);
}

#[test]
fn a_rotated_key_is_on_the_card_and_help_names_the_files() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("hotline");
    ok(&run(&data, &["init", data.to_str().unwrap()], ""));
    let root = home.path().join("on-a-stick.key");
    std::fs::rename(data.join("root.key"), &root).unwrap();
    assert!(!run(&data, &["keys", "rotate"], "").status.success());
    let rotate = [
        "keys",
        "rotate",
        "--root",
        root.to_str().unwrap(),
        "--retires-below",
        "2",
    ];
    assert!(ok(&run(&data, &rotate, "")).contains("serial 2"));
    let text = ok(&run(&data, &["card"], ""));
    let certificates = HotlineCard::from_text(text.trim())
        .unwrap()
        .verified()
        .unwrap();
    assert_eq!(certificates.seal_key(0).unwrap().body().serial, 2);
    assert!(data.join("keys/seal-0001.key").exists());
    assert!(ok(&run(&data, &["keys", "destroy"], "")).contains("No key's grace has ended"));

    let help = ok(&run(&data, &["--help"], ""));
    for word in [
        "hotline.card",
        "root.key",
        "relay.mark",
        "desk.db",
        "hotline init",
        "HOTLINE_",
    ] {
        assert!(help.contains(word), "{word} is missing in the help");
    }
    assert!(ok(&run(&data, &["config"], "")).contains("HOTLINE_RELAY_LISTEN"));
}

/// From a folder of texts to a file that an app ships, and what the program says
/// to whoever takes the steps in another order.
#[test]
fn an_administrator_publishes_the_library_step_by_step() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("hotline");
    ok(&run(home.path(), &["init", data.to_str().unwrap()], ""));
    let texts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../content");
    let texts = texts.to_str().unwrap();
    let library = |arguments: &[&str]| {
        let arguments = [&["library"], arguments].concat();
        run(&data, &arguments, "")
    };
    let refused = |arguments: &[&str], says: &str| {
        let output = library(arguments);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && text.contains(says), "{text}");
    };
    refused(&["sign"], "build one first");
    refused(&["check", data.to_str().unwrap()], "sources.toml");
    ok(&library(&["check", texts]));
    let built = ok(&library(&["build", texts, "--note", "the first"]));
    assert!(built.contains("Release 1 is built"), "{built}");
    refused(&["build"], "nothing has changed since release 1");
    refused(&["publish"], "not signed yet");
    refused(&["file", "starter.loive"], "build one first");
    ok(&library(&["sign"]));
    ok(&library(&["publish"]));
    refused(&["rollback", "7"], "no release 7");
    let history = ok(&library(&["history"]));
    assert!(history.contains("the first"), "{history}");
    let out = home.path().join("starter.loive");
    ok(&library(&["file", out.to_str().unwrap()]));
    assert!(out.metadata().unwrap().len() > 10_000);
    // Keys of a hotline of before there were libraries.
    std::fs::remove_file(data.join("keys/publish-0001.key")).unwrap();
    refused(&["sign"], "hotline library key");
    ok(&library(&["key"]));
    assert!(ok(&library(&["key"])).contains("already"));
}
