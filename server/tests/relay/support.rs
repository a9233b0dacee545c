//! A relay of a fresh hotline in a folder of its own, and phones that are as
//! simple as can be.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use loive_protocol::{
    AnswerBatch, Certificate, DeskRequest, Envelope, Lane, MailboxCursor, ProofKind, PublicKey,
    ReportBatch, ReportItem, Seed, SignedDeskRequest, SyncRequest, SyncResponse, Wire, seal_answer,
    seal_report,
};
use loive_server::clock::ManualClock;
use loive_server::keys::{DeskKeys, Folder, NewFolder};
use loive_server::relay::store::LogStore;
use loive_server::relay::{Relay, RelaySettings, SqliteOptions, SqliteStore};
use loive_server::{Config, Env, Hotline, RunningRelay};

/// When the tests begin, in Unix seconds.
pub(crate) const START: u64 = 1_800_000_000;

/// A hotline's data folder.
pub(crate) struct Home {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) folder: Folder,
    pub(crate) env: Env,
    pub(crate) clock: ManualClock,
    pub(crate) keys: DeskKeys,
}

impl Home {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::new(dir.path().join("hotline"));
        let (env, clock) = Env::manual(START);
        folder
            .init(
                &NewFolder {
                    relay_url: "http://127.0.0.1:8080".into(),
                },
                &env,
            )
            .unwrap();
        let keys = folder.desk_keys().unwrap();
        Self {
            dir,
            folder,
            env,
            clock,
            keys,
        }
    }

    pub(crate) fn root(&self) -> &PublicKey {
        &self.keys.root
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.folder.relay_db()
    }

    pub(crate) fn open(&self, options: SqliteOptions) -> SqliteStore {
        let key = self.folder.relay_store_key().unwrap();
        SqliteStore::open(&self.database(), &key, options, &self.env).unwrap()
    }

    pub(crate) fn relay(&self, settings: RelaySettings) -> Arc<Relay> {
        self.relay_over(Arc::new(self.open(SqliteOptions::default())), settings)
    }

    pub(crate) fn relay_over(
        &self,
        store: Arc<dyn LogStore>,
        settings: RelaySettings,
    ) -> Arc<Relay> {
        Relay::start(store, *self.root(), settings, self.env.clone()).unwrap()
    }

    /// The configuration with free ports and this home's clock.
    pub(crate) fn config(&self) -> Config {
        let mut config = Config::of_folder(self.folder.path()).unwrap();
        config.env = self.env.clone();
        config.relay.listen = "127.0.0.1:0".parse().unwrap();
        config.console.listen = "127.0.0.1:0".parse().unwrap();
        config
    }

    pub(crate) async fn serve(&self) -> RunningRelay {
        Hotline::start_relay(self.config()).await.unwrap()
    }

    pub(crate) fn seal_certificate(&self) -> Certificate {
        self.keys.certificates.seal_key(START).unwrap().clone()
    }

    /// A request as the desk signs it.
    pub(crate) fn signed(&self, request: &DeskRequest) -> SignedDeskRequest {
        SignedDeskRequest::sign(request, &self.keys.sign, &self.keys.sign_certificate)
    }

    /// What the desk would ask with, `change` applied.
    pub(crate) fn ask(&self, change: impl FnOnce(&mut DeskRequest)) -> SignedDeskRequest {
        let mut request = DeskRequest::new(self.env.now());
        change(&mut request);
        self.signed(&request)
    }

    /// A sealed report that nobody has pushed yet.
    pub(crate) fn report(&self) -> Envelope {
        self.report_of_length(50)
    }

    pub(crate) fn report_of_length(&self, length: usize) -> Envelope {
        let mut rng = self.env.rng();
        let seed = Seed::generate(&mut rng);
        // Not compressible, so that the length is what was asked for.
        let mut text = vec![0; length];
        rand::Rng::fill_bytes(&mut rng, &mut text);
        let batch = ReportBatch::new(START, vec![ReportItem::Change(text.into())]);
        let to = self.seal_certificate();
        seal_report(&batch, &seed, ProofKind::Seed, &to, self.root(), &mut rng).unwrap()
    }

    /// The hotline's answer to the report of a seed.
    pub(crate) fn answer(&self, seed: &Seed) -> Envelope {
        let batch = AnswerBatch::new(START, Vec::new());
        seal_answer(
            &batch,
            seed,
            &self.keys.sign,
            self.root(),
            &mut self.env.rng(),
        )
        .unwrap()
    }
}

/// A request of the report lane that pushes these.
pub(crate) fn push(envelopes: &[Envelope]) -> SyncRequest {
    let mut request = SyncRequest::new(Lane::Report);
    request.push = envelopes
        .iter()
        .map(|envelope| envelope.as_bytes().to_vec().into())
        .collect();
    request
}

/// Cursors for every shard, from the beginning.
pub(crate) fn all_shards() -> Vec<MailboxCursor> {
    (0..16)
        .map(|shard| MailboxCursor { shard, after: 0 })
        .collect()
}

/// Hands a request to a relay in process.
pub(crate) async fn sync(relay: &Arc<Relay>, request: SyncRequest) -> SyncResponse {
    let length = request.to_bytes().len();
    relay.sync(request, length).await.unwrap()
}

/// Posts bytes; gives status and body.
pub(crate) async fn post(url: &str, body: Vec<u8>) -> (u16, Vec<u8>) {
    let response = client().post(url).body(body).send().await.unwrap();
    (
        response.status().as_u16(),
        response.bytes().await.unwrap().to_vec(),
    )
}

pub(crate) fn client() -> reqwest::Client {
    client_trusting(None)
}

pub(crate) fn client_trusting(ca: Option<&Path>) -> reqwest::Client {
    let tls = loive_server::tls::client_config(ca).unwrap();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .build()
        .unwrap()
}
