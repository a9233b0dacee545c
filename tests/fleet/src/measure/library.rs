//! What the library costs: bytes of a release, and time to read.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use loive_client::{Costs, LibraryQuery, MemoryKeys, OpenRequest, Phone};
use loive_content::Source;
use loive_documents::library::{Fields, ItemDocument, keys};
use loive_protocol::{
    Bundle, BundleItem, Bytes, Certificate, CertificateBody, CertificateKind, Certificates, Digest,
    HotlineCard, Manifest, Packed, PublishKey, ReleaseFile, RootKey, SealKeyPair, SignKey,
    SignedManifest, Wire as _,
};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use rusqlite::Connection;

use super::Failure;

/// As many articles as the budgets speak of, each of about this length.
const ARTICLES: usize = 1_000;
const ARTICLE_BYTES: usize = 2_000;
/// How many of them a later release changes.
const CHANGED: usize = 40;
const REPETITIONS: usize = 31;
const GOAL_SEARCH: Duration = Duration::from_millis(5);
const GOAL_BYTES_PERCENT: usize = 110;
const GOAL_LIST_TIMES: f64 = 2.0;
const ACTOR: [u8; 16] = [1; 16];
const TIME: u64 = 1_790_000_000;

/// Takes the measures and gives their lines.
pub(super) fn measure(folder: &Path) -> Result<Vec<String>, Failure> {
    let mut library = Library::new(&words()?);
    let snapshot = library.bundle(None).pack(0)?;
    let plain = zstd_of(&library.content())?;
    let before = library.counts();
    library.change();
    let delta = library.bundle(Some(&before)).pack(1)?;
    let manifest = library.manifest(&snapshot, &delta);
    let percent = snapshot.bytes.len() * 100 / plain;
    let mut lines = vec![
        String::new(),
        format!("the library, {ARTICLES} articles of some {ARTICLE_BYTES} B"),
        format!(
            "new phone: snapshot {} B, manifest {} B; zstd -19 of the same words {plain} B: \
             {percent} % (goal ≤ {GOAL_BYTES_PERCENT})",
            snapshot.bytes.len(),
            manifest.to_bytes().len(),
        ),
        format!(
            "phone in use, {CHANGED} articles changed: {} B and the manifest",
            delta.bytes.len()
        ),
    ];
    lines.extend(times(folder, &library)?);
    lines.extend(starter(folder)?);
    Ok(lines)
}

/// The library that the repository has.
fn starter(folder: &Path) -> Result<Vec<String>, Failure> {
    let content = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../content");
    let source = Source::read(&content).map_err(|findings| format!("{findings:?}"))?;
    let mut library = Library::empty();
    for (id, fields) in source.documents() {
        if !id.ends_with(keys::DRAFT_SUFFIX) {
            library
                .documents
                .entry(id)
                .or_default()
                .set(&fields, ACTOR, TIME)?;
        }
    }
    let snapshot = library.bundle(None).pack(0)?;
    let plain = zstd_of(&library.content())?;
    let hotline = Hotline::new();
    let keys = MemoryKeys::new([7; 32]);
    let start = Instant::now();
    let mut request = OpenRequest::new(folder.join("starter"), hotline.card(), keys);
    request.costs = Costs::CHEAP;
    let phone = Phone::open(request)?;
    phone.take_library_file(&hotline.file(&library)?)?;
    phone.library_home("vi", None)?;
    let first = start.elapsed();
    let mut search = String::new();
    for text in [
        "viec nhe luong cao",
        "hợp đồng",
        "18001567",
        "suat khau",
        "111",
    ] {
        let took = median(|| {
            phone.library_search(text, "vi")?;
            Ok(())
        })?;
        let _ = write!(search, " “{text}” {took:.1?};");
    }
    Ok(vec![
        String::new(),
        format!(
            "the library of content/, {} documents",
            library.documents.len()
        ),
        format!(
            "snapshot {} B; zstd -19 of the same words {plain} B: {} %",
            snapshot.bytes.len(),
            snapshot.bytes.len() * 100 / plain
        ),
        format!("first start to a readable home: {first:.0?}"),
        format!("search:{search}"),
    ])
}

fn times(folder: &Path, library: &Library) -> Result<Vec<String>, Failure> {
    let hotline = Hotline::new();
    let file = hotline.file(library)?;
    let keys = MemoryKeys::new([7; 32]);
    let open = || -> Result<Phone, Failure> {
        let mut request = OpenRequest::new(folder.join("reader"), hotline.card(), keys.clone());
        request.costs = Costs::CHEAP;
        Ok(Phone::open(request)?)
    };
    let start = Instant::now();
    let phone = open()?;
    phone.take_library_file(&file)?;
    phone.library_home("vi", None)?;
    let first = start.elapsed();
    drop(phone);

    let list = median(|| {
        let phone = open()?;
        let lines = phone.library_list(&LibraryQuery::default(), "vi")?;
        if lines.len() == ARTICLES {
            Ok(())
        } else {
            Err("the list is not whole".into())
        }
    })?;
    let opened = median(|| open().map(drop))?;
    let plain = plain_sqlite(&folder.join("plain.db"), &open()?)?;
    let phone = open()?;
    let times = list.as_secs_f64() / plain.as_secs_f64();
    let mut lines = vec![
        format!("first start to a readable home, with the whole library: {first:.0?}"),
        format!(
            "open the store and list {ARTICLES}: {list:.1?} ({opened:.1?} of it to open); plain SQLite, the same rows: \
             {plain:.1?}: {times:.1} times (goal ≤ {GOAL_LIST_TIMES})"
        ),
    ];
    let mut search = String::new();
    for text in [
        "nguoi la",
        "mua bán người",
        "hợp đồng",
        "khong co tu nay",
        "111",
    ] {
        let took = median(|| {
            phone.library_search(text, "vi")?;
            Ok(())
        })?;
        let _ = write!(search, " “{text}” {took:.1?};");
    }
    lines.push(format!("search (goal < {GOAL_SEARCH:.0?}):{search}"));
    Ok(lines)
}

fn median(mut work: impl FnMut() -> Result<(), Failure>) -> Result<Duration, Failure> {
    let mut times = Vec::with_capacity(REPETITIONS);
    for _ in 0..REPETITIONS {
        let start = Instant::now();
        work()?;
        times.push(start.elapsed());
    }
    times.sort_unstable();
    Ok(times.get(REPETITIONS / 2).copied().unwrap_or_default())
}

/// The same rows in a database that is not encrypted and does nothing else.
fn plain_sqlite(path: &Path, phone: &Phone) -> Result<Duration, Failure> {
    let connection = Connection::open(path)?;
    connection.execute_batch(
        "CREATE TABLE lines (id TEXT PRIMARY KEY, kind TEXT, title TEXT, summary TEXT,
                             lang TEXT, topics TEXT, picture TEXT);",
    )?;
    for line in phone.library_list(&LibraryQuery::default(), "vi")? {
        connection.execute(
            "INSERT INTO lines VALUES (?1, 'article', ?2, ?3, ?4, ?5, ?6)",
            (
                &line.id,
                &line.title,
                &line.summary,
                &line.lang,
                line.topics.join(" "),
                &line.picture,
            ),
        )?;
    }
    drop(connection);
    median(|| {
        let connection = Connection::open(path)?;
        let mut statement = connection.prepare("SELECT * FROM lines ORDER BY id")?;
        let rows = statement.query_map([], |row| {
            let text = |index| row.get::<_, Option<String>>(index);
            Ok([text(0)?, text(1)?, text(2)?, text(3)?, text(4)?, text(5)?])
        })?;
        if rows.filter_map(Result::ok).count() == ARTICLES {
            Ok(())
        } else {
            Err("plain SQLite has other rows".into())
        }
    })
}

/// Every syllable of the articles in `content/`, as often as it stands there.
fn words() -> Result<Vec<String>, Failure> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../content/articles");
    let mut words = Vec::new();
    for file in std::fs::read_dir(folder)? {
        let path = file?.path();
        if path.to_string_lossy().ends_with(".vi.md") {
            let text = std::fs::read_to_string(&path)?;
            let body = text.rsplit("+++").next().unwrap_or_default();
            words.extend(body.split_whitespace().map(str::to_owned));
        }
    }
    Ok(words)
}

/// The words alone, one after the other.
fn zstd_of(content: &str) -> Result<usize, Failure> {
    let mut compressor = zstd::bulk::Compressor::new(19)?;
    Ok(compressor.compress(content.as_bytes())?.len())
}

/// Articles of words in no order: as long as real ones and as hard to compress.
struct Library {
    rng: StdRng,
    words: Vec<String>,
    documents: BTreeMap<String, ItemDocument>,
}

impl Library {
    fn empty() -> Self {
        Self {
            rng: StdRng::seed_from_u64(41),
            words: Vec::new(),
            documents: BTreeMap::new(),
        }
    }

    fn new(words: &[String]) -> Self {
        let mut library = Self {
            words: words.to_vec(),
            ..Self::empty()
        };
        for number in 0..ARTICLES {
            let fields = library.article(number);
            let document = library.documents.entry(id(number)).or_default();
            let written = document.set(&fields, ACTOR, TIME);
            debug_assert!(written.is_ok());
        }
        library
    }

    fn prose(&mut self, bytes: usize) -> String {
        let mut text = String::new();
        while text.len() < bytes {
            if let Some(word) = self.words.choose(&mut self.rng) {
                text.push_str(word);
                text.push(' ');
            }
        }
        text
    }

    fn article(&mut self, number: usize) -> Fields {
        let topic = self.rng.random_range(1..=7);
        let mut fields: Fields = [
            ("kind", "article".to_owned()),
            ("topics", format!("t{topic}")),
            ("audience", "pub".to_owned()),
            ("sources", "S13 S14".to_owned()),
            ("checked_on", "2026-11-23".to_owned()),
            ("review", "needs_review".to_owned()),
            ("related", format!("{} {}", id(number + 1), id(number + 2))),
            ("blocks", "one two three four".to_owned()),
            ("block.one", "fact S13".to_owned()),
            ("block.two", "advice".to_owned()),
            ("block.three", "fact S14".to_owned()),
            ("block.four", "advice".to_owned()),
        ]
        .into_iter()
        .map(|(key, text)| (key.to_owned(), text))
        .collect();
        fields.insert("title.vi".into(), self.prose(40));
        fields.insert("summary.vi".into(), self.prose(120));
        for block in ["one", "two", "three", "four"] {
            let text = self.prose(ARTICLE_BYTES / 4);
            fields.insert(format!("text.vi.{block}"), text);
        }
        fields
    }

    /// Writes one block of some articles anew.
    fn change(&mut self) {
        for number in (0..ARTICLES).step_by(ARTICLES / CHANGED) {
            let text = self.prose(ARTICLE_BYTES / 4);
            if let Some(document) = self.documents.get_mut(&id(number)) {
                let written = document.put("text.vi.two", Some(&text), ACTOR, TIME + 60);
                debug_assert!(written.is_ok());
            }
        }
    }

    fn counts(&self) -> BTreeMap<String, usize> {
        let count =
            |(id, document): (&String, &ItemDocument)| (id.clone(), document.changes().len());
        self.documents.iter().map(count).collect()
    }

    fn content(&self) -> String {
        let mut content = String::new();
        for document in self.documents.values() {
            for text in document.fields().values() {
                content.push_str(text);
                content.push('\n');
            }
        }
        content
    }

    fn bundle(&self, since: Option<&BTreeMap<String, usize>>) -> Bundle {
        let items = self.documents.iter().filter_map(|(id, document)| {
            let known = since.and_then(|since| since.get(id)).copied().unwrap_or(0);
            let changes: Vec<Bytes> = document
                .changes()
                .skip(known)
                .map(|raw| raw.to_vec().into())
                .collect();
            (!changes.is_empty()).then(|| BundleItem {
                id: id.clone(),
                changes,
            })
        });
        Bundle::new(items.collect())
    }

    fn manifest(&self, snapshot: &Packed, delta: &Packed) -> Manifest {
        let heads: Vec<_> = self
            .documents
            .iter()
            .map(|(id, document)| (id.as_str(), document.heads()))
            .collect();
        let digest = Digest::of(heads.iter().map(|(id, heads)| (*id, heads.as_slice())));
        let mut manifest = Manifest::new(2, TIME, digest, snapshot.pack.clone());
        manifest.items = u32::try_from(heads.len()).unwrap_or(u32::MAX);
        manifest.languages = vec!["vi".into()];
        manifest.deltas = vec![delta.pack.clone()];
        manifest
    }
}

fn id(number: usize) -> String {
    format!("a{number:04}")
}

/// Keys enough to publish and to open a phone.
struct Hotline {
    root: RootKey,
    certificates: Certificates,
}

impl Hotline {
    fn new() -> Self {
        let root = RootKey::from_bytes([1; 32]);
        let mut certificates = Certificates::new(root.public());
        for (kind, key) in [
            (
                CertificateKind::Seal,
                SealKeyPair::from_bytes([2; 32]).public(),
            ),
            (CertificateKind::Sign, SignKey::from_bytes([3; 32]).public()),
        ] {
            let body = CertificateBody::new(kind, 1, key, 0, u64::from(u32::MAX));
            let added = certificates.add(&root.certify(body));
            debug_assert!(added.is_ok());
        }
        Self { root, certificates }
    }

    fn card(&self) -> HotlineCard {
        let url = "https://relay.example".to_owned();
        HotlineCard::new(self.root.public(), url, None, &self.certificates)
    }

    fn file(&self, library: &Library) -> Result<Vec<u8>, Failure> {
        let key = PublishKey::from_bytes([4; 32]);
        let body = CertificateBody::new(
            CertificateKind::Publish,
            1,
            key.public(),
            0,
            u64::from(u32::MAX),
        );
        let certificate: Certificate = self.root.certify(body);
        let snapshot = library.bundle(None).pack(0)?;
        let mut manifest = library.manifest(&snapshot, &snapshot);
        manifest.deltas.clear();
        let signed = SignedManifest::sign(&manifest, &key, &certificate, &[]);
        Ok(ReleaseFile::new(TIME, signed, snapshot.bytes.into()).to_bytes())
    }
}
