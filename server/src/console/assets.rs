//! Style, script and fonts, inside the program.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::problem::Problem;

struct Asset {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
}

macro_rules! assets {
    ($($name:literal, $file:literal, $kind:literal;)*) => {
        &[$(Asset {
            name: $name,
            kind: $kind,
            bytes: include_bytes!(concat!("../../assets/", $file)),
        },)*]
    };
}

const ASSETS: &[Asset] = assets! {
    "console.css", "console.css", "text/css; charset=utf-8";
    "shelf.css", "shelf.css", "text/css; charset=utf-8";
    "fonts.css", "fonts/fonts.css", "text/css; charset=utf-8";
    "console.js", "console.js", "text/javascript; charset=utf-8";
    "favicon.svg", "favicon.svg", "image/svg+xml";
    "be-vietnam-pro-latin-400-normal.woff2", "fonts/be-vietnam-pro-latin-400-normal.woff2", "font/woff2";
    "be-vietnam-pro-latin-600-normal.woff2", "fonts/be-vietnam-pro-latin-600-normal.woff2", "font/woff2";
    "be-vietnam-pro-latin-700-normal.woff2", "fonts/be-vietnam-pro-latin-700-normal.woff2", "font/woff2";
    "be-vietnam-pro-vietnamese-400-normal.woff2", "fonts/be-vietnam-pro-vietnamese-400-normal.woff2", "font/woff2";
    "be-vietnam-pro-vietnamese-600-normal.woff2", "fonts/be-vietnam-pro-vietnamese-600-normal.woff2", "font/woff2";
    "be-vietnam-pro-vietnamese-700-normal.woff2", "fonts/be-vietnam-pro-vietnamese-700-normal.woff2", "font/woff2";
};

/// The browser may keep an asset for a year: its address changes with it.
const KEEP: &str = "public, max-age=31536000, immutable";

/// Changes whenever an asset does. Fonts never change under one name, and the
/// style sheet names them without it.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    for asset in ASSETS {
        hash.update(asset.bytes);
    }
    hash.finalize()
        .iter()
        .take(6)
        .fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
});

/// Where the browser finds an asset.
pub(super) fn address(name: &str) -> String {
    let version = if is_font(name) {
        String::new()
    } else {
        format!("?v={}", *VERSION)
    };
    format!("/assets/{name}{version}")
}

fn is_font(name: &str) -> bool {
    ASSETS
        .iter()
        .any(|asset| asset.name == name && asset.kind == "font/woff2")
}

/// `GET /assets/{name}`
pub(super) async fn serve(Path(name): Path<String>) -> Response {
    match ASSETS.iter().find(|asset| asset.name == name) {
        Some(asset) => (
            [(CONTENT_TYPE, asset.kind), (CACHE_CONTROL, KEEP)],
            asset.bytes,
        )
            .into_response(),
        None => Problem::NotFound.into_response(),
    }
}

/// `GET /favicon.ico`, for browsers that ask for it unasked.
pub(super) async fn favicon() -> Response {
    serve(Path("favicon.svg".to_owned())).await
}
