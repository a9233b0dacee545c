//! Open pages learn that something changed, and what only as far as they may.

use axum::body::BodyDataStream;
use tokio_stream::StreamExt as _;

use crate::browser::Office;

/// The next piece of news; `None` at the end. What keeps the line open is none.
async fn next(news: &mut BodyDataStream) -> Option<String> {
    while let Some(bytes) = news.next().await {
        let text = String::from_utf8(bytes.unwrap().to_vec()).unwrap();
        if let Some((_, data)) = text.split_once("data: ") {
            return Some(data.trim().to_owned());
        }
    }
    None
}

#[tokio::test]
async fn whoever_listens_hears_which_report_changed_and_no_word_of_it() {
    let office = Office::new();
    let browser = office.browser_of("lan").await;
    let mut news = browser.listen().await;
    let id = office.receive(&office.home.phone("xe 16 chỗ")).await;
    assert_eq!(next(&mut news).await, Some(id.to_string()));
}

#[tokio::test]
async fn the_line_ends_with_the_session() {
    let office = Office::new();
    let mut lan = office.browser_of("lan").await;
    let mut news = lan.listen().await;
    lan.post("/logout", &[]).await;
    office.receive(&office.home.phone("xe 16 chỗ")).await;
    assert_eq!(next(&mut news).await, None);
}
