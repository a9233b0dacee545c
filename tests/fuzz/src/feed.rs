//! A fuzzer's bytes as a row of decisions.

/// Gives one decision after the other; when the bytes are used up, zeros.
pub struct Feed<'a>(&'a [u8]);

impl<'a> Feed<'a> {
    /// From a fuzzer's bytes.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Whether the bytes are used up.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *first
    }

    /// A number below `limit`, which is at least 1 and at most 256.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::from(self.byte()) % limit.max(1)
    }

    /// True for one byte in sixteen: what is rare, so that most of what is
    /// built is sound.
    pub fn rarely(&mut self) -> bool {
        self.byte() % 16 == 15
    }

    /// One of these.
    pub fn pick<'b, T>(&mut self, from: &'b [T]) -> Option<&'b T> {
        from.get(self.below(from.len()))
    }

    /// The rest, in some order: each item with a byte of its own.
    pub fn shuffle<T>(&mut self, items: Vec<T>) -> Vec<T> {
        let mut keyed: Vec<(u8, T)> = items.into_iter().map(|item| (self.byte(), item)).collect();
        keyed.sort_by_key(|(key, _)| *key);
        keyed.into_iter().map(|(_, item)| item).collect()
    }
}
