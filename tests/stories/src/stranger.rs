//! Somebody without our app who speaks the protocol: what a relay must expect.

use std::net::SocketAddr;

use loive_protocol::{
    Ack, Address, Lane, LockerAnswer, LogId, Refusal, SyncRequest, SyncResponse, Wire as _,
};

use crate::http::request;

/// A client written for one story.
pub struct Stranger {
    relay: SocketAddr,
}

impl Stranger {
    /// At the relay's own port.
    pub const fn at(relay: SocketAddr) -> Self {
        Self { relay }
    }

    /// One exchange.
    ///
    /// # Panics
    /// If the relay does not answer as the protocol says.
    pub async fn exchange(&self, ask: &SyncRequest) -> SyncResponse {
        let reply = self.post(&ask.to_bytes()).await;
        assert_eq!(reply.status, 200, "the relay did not answer");
        SyncResponse::from_bytes(&reply.body).expect("the relay speaks the protocol")
    }

    /// Sends any bytes.
    pub async fn post(&self, body: &[u8]) -> crate::Reply {
        request(self.relay, "POST", "/v1/sync", &[], body).await
    }

    /// The log that the relay keeps.
    pub async fn log(&self) -> LogId {
        self.exchange(&SyncRequest::new(Lane::Report)).await.log
    }

    /// The sealed locker at an address, if there is one.
    pub async fn locker(&self, address: Address) -> Option<Vec<u8>> {
        let mut ask = SyncRequest::new(Lane::Report);
        ask.locker_gets = vec![address];
        let response = self.exchange(&ask).await;
        response
            .lockers
            .into_iter()
            .find_map(|answer| match answer {
                LockerAnswer::Found(bytes) => Some(bytes.to_vec()),
                LockerAnswer::Missing | LockerAnswer::Busy => None,
            })
    }

    /// Pushes an envelope and gives why the relay refused it, if it did.
    pub async fn push(&self, envelope: Vec<u8>) -> Option<Refusal> {
        let mut ask = SyncRequest::new(Lane::Report);
        ask.push = vec![envelope.into()];
        let acks = self.exchange(&ask).await.acks;
        acks.into_iter().find_map(|ack| match ack {
            Ack::Refused(refusal) => Some(refusal),
            Ack::Stored => None,
        })
    }

    /// Pushes envelopes until the relay refuses one, and says why.
    ///
    /// # Panics
    /// If it takes `tries` of them.
    pub async fn push_until_refused(
        &self,
        tries: usize,
        mut next: impl FnMut() -> Vec<u8>,
    ) -> Refusal {
        for _ in 0..tries {
            if let Some(refusal) = self.push(next()).await {
                return refusal;
            }
        }
        panic!("the relay took everything");
    }
}
