//! Every mistake that people make with the sentence in their hands, and what
//! the programs say to it.

use std::fmt::{Debug, Display, Write as _};

use loive_client::{MemoryKeys, OpenRequest, Phone, Pin};
use loive_documents::{Form, Lang, Urgency, Value, compact, first_change};
use loive_protocol::{
    Ack, Envelope, HotlineCard, Lane, ProofKind, Receipt, ReportBatch, ReportId, ReportItem, Seed,
    SyncRequest, Wire as _, seal_report,
};
use loive_server::desk::{DeskError, FindOutcome, Role, User};
use loive_stories::canary::{IN_A_MISTAKE, IN_THE_FORM};
use loive_stories::{Browser, Handset, PASSWORD, TODAY, World, eventually, request};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use tokio::task::block_in_place;

/// Longer than any text may be.
const TOO_OFTEN: usize = 60;

/// What was said, by `Display` and by `Debug`.
#[derive(Default)]
pub(crate) struct Errors {
    text: String,
    count: usize,
}

impl Errors {
    pub(crate) fn met(&mut self, error: impl Display + Debug) {
        writeln!(self.text, "{error}\n{error:?}\n{error:#?}").expect("memory takes text");
        self.count += 1;
    }

    fn refused<T>(&mut self, outcome: Result<T, impl Display + Debug>) {
        match outcome {
            Ok(_) => panic!("this was to be refused"),
            Err(error) => self.met(error),
        }
    }

    fn shown(&mut self, what: &impl Debug) {
        writeln!(self.text, "{what:?}\n{what:#?}").expect("memory takes text");
    }

    pub(crate) const fn count(&self) -> usize {
        self.count
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// What the phone says to wrong answers, messages, papers, PINs and keys.
    pub(crate) fn of_a_phone(&mut self, mai: &Handset, report: &ReportId) {
        let phone = mai.phone();
        let text = |text: &str| Value::Text(text.into());
        let too_long = IN_A_MISTAKE.repeat(TOO_OFTEN);
        let form = Form::suspicion_report();
        let draft = phone
            .new_draft(form.id(), Lang::Vi)
            .expect("a draft begins");
        for (field, value) in [
            ("suspect_info", text(&too_long)),
            ("danger_now", Value::Single(IN_A_MISTAKE.into())),
            ("what_type", Value::Multi(vec![IN_A_MISTAKE.into()])),
            ("safe_phone", text(IN_A_MISTAKE)),
            ("where", text(IN_A_MISTAKE)),
        ] {
            self.refused(phone.answer(draft, field, &value));
            self.refused(phone.amend(report, field, &value));
            self.refused(form.check(form.field(field).expect("the form asks it"), &value));
        }
        phone
            .answer(draft, "suspect_info", &text(IN_A_MISTAKE))
            .expect("it is kept");
        self.refused(phone.submit(draft));
        self.refused(phone.submit_guest(draft));
        phone.discard_draft(draft).expect("it is thrown away");
        self.refused(phone.draft_view(draft).map(|_| ()));
        self.refused(phone.send_message(report, &too_long));
        self.refused(phone.new_draft(IN_A_MISTAKE, Lang::Vi));
        self.refused(phone.reopen(IN_A_MISTAKE));
        self.refused(Receipt::from_typed(IN_A_MISTAKE));
        self.refused(phone.set_pin(&Pin::new(IN_A_MISTAKE.repeat(2))));
        let mut wrong_key =
            OpenRequest::new(mai.dir(), mai.card().clone(), MemoryKeys::new([9; 32]));
        wrong_key.pin = Some(Pin::new(IN_A_MISTAKE));
        self.refused(Phone::open(wrong_key));
        self.refused(HotlineCard::from_text(IN_A_MISTAKE));
        self.refused(compact::decode(IN_A_MISTAKE.as_bytes()).map(|_| ()));
        self.refused(first_change(IN_A_MISTAKE.as_bytes(), [1; 16]));
        self.refused(Envelope::parse(IN_A_MISTAKE.as_bytes().to_vec()));
        self.refused(SyncRequest::from_bytes(IN_A_MISTAKE.as_bytes()).map(|_| ()));
    }

    /// What the desk says to counsellors, and to who is none.
    pub(crate) async fn of_a_desk(&mut self, world: &World, report: &ReportId) {
        let desk = world.desk();
        let who = User {
            name: "lan".into(),
            display_name: IN_A_MISTAKE.into(),
            role: Role::Counsellor,
        };
        let too_long = IN_A_MISTAKE.repeat(TOO_OFTEN);
        let nobodys = Seed::from_bytes([3; 32]).report_id();
        block_in_place(|| {
            self.refused(desk.reply(&who, report, &too_long, ""));
            self.refused(desk.reply(&who, report, " ", ""));
            self.refused(desk.reply(&who, report, IN_A_MISTAKE, &too_long));
            self.refused(desk.reply(&who, &nobodys, IN_A_MISTAKE, ""));
            self.refused(desk.mark_hoax(&who, report, &too_long));
            self.refused(desk.set_urgency(&who, report, Urgency::P1, ""));
            self.refused(desk.audit(&who, None, 1).map(|_| ()));
            self.refused(add(world, IN_A_MISTAKE, "Hoa", PASSWORD));
            self.refused(add(world, "hoa", &too_long, PASSWORD));
            self.refused(add(world, "lan", "Hoa", PASSWORD));
            self.refused(add(world, "hoa", "Hoa", &too_long));
            let login = desk.verify_login(IN_A_MISTAKE, IN_A_MISTAKE, TODAY);
            assert!(login.is_ok_and(|user| user.is_none()));
            let found = desk.find_by_receipt(&who, IN_A_MISTAKE);
            assert_eq!(found, Ok(FindOutcome::Mistyped));
        });
        let mut browser = Browser::new(world.console_addr());
        let door = browser.open("/login").await;
        let fields = [("name", IN_A_MISTAKE), ("password", IN_A_MISTAKE)];
        assert_eq!(browser.send(&door, "/login", &fields).await.status, 401);
        let fields = [("text", IN_A_MISTAKE), ("once", "1")];
        let address = format!("/report/{report}/reply");
        let sent_back = browser.send(&door, &address, &fields).await;
        assert_eq!(sent_back.path, "/login", "nobody answers without a login");
    }

    /// What the relay says to bytes that are none of ours, and the desk to a
    /// report that is broken inside its seal.
    pub(crate) async fn of_strangers(&mut self, world: &World) {
        let stranger = world.stranger();
        for path in ["/v1/sync", "/v1/desk", "/"] {
            let body = IN_A_MISTAKE.as_bytes();
            let reply = request(world.relay_addr(), "POST", path, &[], body).await;
            assert_ne!(reply.status, 200);
            self.met(reply.text());
        }
        let mut ask = SyncRequest::new(Lane::Report);
        ask.push = vec![
            broken_report(world).into_bytes().into(),
            IN_A_MISTAKE.as_bytes().to_vec().into(),
        ];
        let acks = stranger.exchange(&ask).await.acks;
        assert!(matches!(acks.as_slice(), [Ack::Stored, Ack::Refused(_)]));
        self.shown(&acks);
        eventually("the broken report is in quarantine", async || {
            let rows = world.counsellor().quarantine();
            rows.iter()
                .any(|row| row.reason != "unknown_key")
                .then_some(())
        })
        .await;
    }

    /// What a crash report could print of what people hold in their hands.
    pub(crate) fn debug_of_what_people_hold(&mut self, mai: &Handset, report: &ReportId) {
        let page = mai.report(report);
        self.shown(&page);
        self.shown(&page.answers);
        self.shown(&page.timeline);
        self.shown(&Value::Text(IN_THE_FORM.into()));
        self.shown(mai.phone());
        self.shown(&Pin::new(IN_A_MISTAKE));
        self.shown(&mai.phone().reports());
        self.shown(&mai.phone().drafts());
    }
}

fn add(world: &World, name: &str, display: &str, password: &str) -> Result<(), DeskError> {
    world
        .desk()
        .add_user(name, display, Role::Counsellor, password)
        .map(|_| ())
}

/// Sealed as it should be, with words inside where a compact form belongs.
fn broken_report(world: &World) -> Envelope {
    let certificates = world.card().verified().expect("the card is genuine");
    let seal = certificates
        .seal_key(TODAY)
        .expect("the hotline has a seal key");
    let mut rng = StdRng::seed_from_u64(5);
    let compact = IN_A_MISTAKE.as_bytes().to_vec().into();
    let items = vec![ReportItem::First {
        compact,
        check: [0; 8],
    }];
    let seed = Seed::generate(&mut rng);
    let batch = ReportBatch::new(TODAY, items);
    seal_report(
        &batch,
        &seed,
        ProofKind::Seed,
        seal,
        certificates.root(),
        &mut rng,
    )
    .expect("it is sealed")
}
