//! The road between phones and relay: a real TCP link that can be up or down,
//! that counts what crosses it and, if asked, keeps a copy of it.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

const BUFFER_BYTES: usize = 16_384;

/// Counts of what crossed a link, with HTTP headers and without TCP's own.
#[derive(Debug, Default)]
pub struct Traffic {
    up_bytes: AtomicU64,
    down_bytes: AtomicU64,
    connections: AtomicU64,
}

impl Traffic {
    /// Bytes from phones.
    pub fn up_bytes(&self) -> u64 {
        self.up_bytes.load(Ordering::Relaxed)
    }

    /// Bytes to phones.
    pub fn down_bytes(&self) -> u64 {
        self.down_bytes.load(Ordering::Relaxed)
    }

    /// Connections that were made.
    pub fn connections(&self) -> u64 {
        self.connections.load(Ordering::Relaxed)
    }
}

/// What crossed a link, as somebody on the way would have recorded it: each
/// piece as it came, connections mixed.
#[derive(Debug, Default, Clone)]
pub struct Capture {
    /// From phones.
    pub up: Vec<u8>,
    /// To phones.
    pub down: Vec<u8>,
}

/// A TCP relay on loopback. While it is down, connections are closed at once
/// and those under way are cut in the middle.
pub struct Link {
    address: SocketAddr,
    road: Arc<Road>,
    task: JoinHandle<()>,
}

/// What all connections of a link share.
struct Road {
    target: Mutex<SocketAddr>,
    up: watch::Sender<bool>,
    traffic: Arc<Traffic>,
    /// Bytes that still pass, both ways together, before the link goes down.
    left_bytes: AtomicU64,
    capture: Option<Mutex<Capture>>,
}

#[derive(Clone, Copy)]
enum Way {
    Up,
    Down,
}

impl Link {
    /// Opens a link to `target`. It starts up.
    pub async fn open(target: SocketAddr) -> io::Result<Self> {
        Self::start(target, None).await
    }

    /// The same, and it keeps a copy of every byte.
    pub async fn open_capturing(target: SocketAddr) -> io::Result<Self> {
        Self::start(target, Some(Mutex::default())).await
    }

    async fn start(target: SocketAddr, capture: Option<Mutex<Capture>>) -> io::Result<Self> {
        let listener = TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let road = Arc::new(Road {
            target: Mutex::new(target),
            up: watch::Sender::new(true),
            traffic: Arc::default(),
            left_bytes: AtomicU64::new(u64::MAX),
            capture,
        });
        let shared = Arc::clone(&road);
        let task = tokio::spawn(async move {
            while let Ok((phone, _)) = listener.accept().await {
                if *shared.up.borrow() {
                    shared.traffic.connections.fetch_add(1, Ordering::Relaxed);
                    tokio::spawn(carry(phone, Arc::clone(&shared)));
                }
            }
        });
        Ok(Self {
            address,
            road,
            task,
        })
    }

    /// Where phones connect.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address as a relay URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Switches the link.
    pub fn set_up(&self, up: bool) {
        self.road.left_bytes.store(u64::MAX, Ordering::SeqCst);
        self.road.up.send_replace(up);
    }

    /// Switches the link up for so many bytes, both ways together; then it goes
    /// down by itself, in the middle of whatever was being said.
    pub fn set_up_for(&self, bytes: u64) {
        self.road.left_bytes.store(bytes, Ordering::SeqCst);
        self.road.up.send_replace(true);
    }

    /// Leads to another port from the next connection on: a relay that starts
    /// again need not find its old one free.
    pub fn lead_to(&self, target: SocketAddr) {
        *self
            .road
            .target
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = target;
    }

    /// Whether it is up.
    pub fn is_up(&self) -> bool {
        *self.road.up.borrow()
    }

    /// What crossed it, in numbers.
    pub fn traffic(&self) -> &Traffic {
        &self.road.traffic
    }

    /// What crossed it, if it [captures](Self::open_capturing).
    pub fn captured(&self) -> Capture {
        self.road
            .capture
            .as_ref()
            .map_or_else(Capture::default, |capture| {
                capture
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .clone()
            })
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.road.up.send_replace(false);
        self.task.abort();
    }
}

impl Road {
    /// Takes at most `wanted` bytes from what may still pass. What passes is
    /// taken before it is written, so that two directions never share a byte.
    fn take(&self, wanted: usize) -> usize {
        let wanted = wanted as u64;
        let left = self
            .left_bytes
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                Some(if left == u64::MAX {
                    left
                } else {
                    left.saturating_sub(wanted)
                })
            })
            .unwrap_or_default();
        usize::try_from(wanted.min(left)).unwrap_or(usize::MAX)
    }

    fn note(&self, way: Way, bytes: &[u8]) {
        let count = match way {
            Way::Up => &self.traffic.up_bytes,
            Way::Down => &self.traffic.down_bytes,
        };
        count.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        if let Some(capture) = &self.capture {
            let mut capture = capture.lock().unwrap_or_else(PoisonError::into_inner);
            match way {
                Way::Up => capture.up.extend_from_slice(bytes),
                Way::Down => capture.down.extend_from_slice(bytes),
            }
        }
    }
}

async fn carry(mut phone: TcpStream, road: Arc<Road>) {
    let target = *road.target.lock().unwrap_or_else(PoisonError::into_inner);
    let Ok(mut relay) = TcpStream::connect(target).await else {
        return;
    };
    let mut up = road.up.subscribe();
    let (phone_read, phone_write) = phone.split();
    let (relay_read, relay_write) = relay.split();
    let both = async {
        tokio::join!(
            pump(phone_read, relay_write, &road, Way::Up),
            pump(relay_read, phone_write, &road, Way::Down),
        )
    };
    tokio::select! {
        _ = both => {}
        _ = up.wait_for(|up| !*up) => {}
    }
}

async fn pump(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    road: &Road,
    way: Way,
) {
    let mut buffer = vec![0; BUFFER_BYTES];
    while let Ok(read) = from.read(&mut buffer).await {
        let Some(bytes) = buffer
            .get(..road.take(read))
            .filter(|bytes| !bytes.is_empty())
        else {
            // Nothing was read, or nothing more may pass.
            if read > 0 {
                road.up.send_replace(false);
            }
            break;
        };
        if to.write_all(bytes).await.is_err() {
            break;
        }
        road.note(way, bytes);
        if bytes.len() < read {
            road.up.send_replace(false);
            break;
        }
    }
    // The other side learns that nothing more comes.
    let _ = to.shutdown().await;
}
