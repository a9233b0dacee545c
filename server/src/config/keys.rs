//! Every key of the configuration.

/// What a value is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text in quotation marks.
    Text,
    /// A whole number.
    Number,
    /// `true` or `false`.
    Switch,
}

/// One key of the configuration.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// The table of the file, such as `relay`.
    pub section: &'static str,
    /// The key in its table, such as `listen`.
    pub name: &'static str,
    /// How its value is written.
    pub kind: Kind,
    /// What it does, for the file that `init` writes.
    pub help: &'static str,
}

impl Key {
    /// `relay.listen`
    pub fn path(&self) -> String {
        format!("{}.{}", self.section, self.name)
    }

    /// `HOTLINE_RELAY_LISTEN`
    pub fn variable(&self) -> String {
        format!("HOTLINE_{}_{}", self.section, self.name).to_ascii_uppercase()
    }
}

macro_rules! keys {
    ($($section:literal { $($name:literal: $kind:ident, $help:literal;)* })*) => {
        /// Every key, in the order of the file.
        pub const KEYS: &[Key] = &[$($(
            Key { section: $section, name: $name, kind: Kind::$kind, help: $help },
        )*)*];
    };
}

keys! {
    "relay" {
        "listen": Text, "Address and port for phones. Plain HTTP on a loopback address only;\nelsewhere set tls_certificate and tls_key.";
        "public_url": Text, "The address under which phones reach the relay. It goes into hotline.card.";
        "tls_certificate": Text, "Certificate chain of the relay, PEM, the relay's own first.";
        "tls_key": Text, "Private key of that certificate, PEM.";
        "own_ca": Text, "Certificate of your own authority, PEM, if no public one certified the relay.\nIt goes into hotline.card, and phones then trust only it.";
        "metrics": Text, "Who may read /metrics: \"loopback\", \"everyone\" or \"nobody\".";
        "behind_proxy": Switch, "A proxy on this machine passes requests on and appends the phone's address to\nX-Forwarded-For. Without this, all phones would share one source's budget, and\nall look like loopback.";
        "keep_acknowledged_days": Number, "Days that a report stays after the desk has it safe: longer than your backups are apart.";
        "keep_answers_days": Number, "Days that an answer waits for its phone; 0 for ever.";
        "store_max_megabytes": Number, "Largest size of relay.db; 0 for no limit. When it is reached, phones keep their\nreports and try again.";
        "report_lane_bytes_per_minute": Number, "Bytes of the report lane in and out, all phones together.";
        "report_lane_burst_bytes": Number, "The same, at once.";
        "field_lane_bytes_per_minute": Number, "Bytes of the field lane in and out, all phones together.";
        "field_lane_burst_bytes": Number, "The same, at once.";
        "source_requests_per_minute": Number, "Requests of one network address. Many phones share one: be generous.";
        "source_burst_requests": Number, "The same, at once.";
        "lockers_per_minute": Number, "Receipts tried, made and erased, everybody together.";
        "lockers_burst": Number, "The same, at once.";
        "lockers_max_count": Number, "Lockers kept at most.";
    }
    "desk" {
        "relay": Text, "For `hotline desk`: the relay's address, such as https://relay.example.";
        "relay_ca": Text, "For `hotline desk`: your own authority that certified the relay, PEM.";
    }
    "console" {
        "listen": Text, "Address and port for counsellors' browsers. Plain HTTP on a loopback address only.";
        "tls_certificate": Text, "Certificate chain of the console, PEM.";
        "tls_key": Text, "Private key of that certificate, PEM.";
        "behind_tls_proxy": Switch, "A proxy on this machine adds TLS: cookies are then marked for TLS only.";
    }
    "log" {
        "level": Text, "error, warn, info, debug or trace. At no level does a line hold what someone\nwrote, an address or an IP.";
    }
}
