//! What is safe when getting in touch: the panel before anything else.
//!
//! What the reporter did not say counts as a no.

use loive_strings::Words;

use super::labels::{Labels, phone_in_groups};
use super::time::{LocalTime, of_day};
use crate::desk::view::ContactRules;

const DAY_CODES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const DAY_SECONDS: u32 = 86_400;

/// Whether one may ring, now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ring {
    /// Within the safe hours, until this minute of the day.
    Yes(u16),
    /// Wanted, but at another time.
    Later,
    /// Wanted, but number or hours are incomplete.
    Unclear,
    /// Not wanted.
    Never,
    /// Not said.
    Unsaid,
}

impl Ring {
    /// Decides, and tells in how many seconds the answer may change.
    fn decide(rules: &ContactRules, now: LocalTime) -> (Self, u32) {
        match rules.wanted {
            None => return (Self::Unsaid, 0),
            Some(false) => return (Self::Never, 0),
            Some(true) => {}
        }
        let has_phone = rules
            .phone
            .as_deref()
            .is_some_and(|phone| !phone.trim().is_empty());
        match (rules.from_minutes, rules.to_minutes) {
            (Some(from), Some(to)) if has_phone && !rules.days.is_empty() && from != to => {
                within(&rules.days, from, to, now)
            }
            _ => (Self::Unclear, 0),
        }
    }

    /// Whether the phone may be lifted.
    pub(super) fn allowed(self) -> bool {
        matches!(self, Self::Yes(_))
    }

    /// For the style sheet.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Yes(_) => "ring-yes",
            Self::Later => "ring-later",
            Self::Unclear => "ring-unclear",
            Self::Never => "ring-never",
            Self::Unsaid => "ring-unsaid",
        }
    }

    /// Key of the words in large letters.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Yes(_) => "contact.ring_yes",
            Self::Later => "contact.ring_later",
            Self::Unclear => "contact.ring_unclear",
            Self::Never => "contact.ring_never",
            Self::Unsaid => "contact.ring_unsaid",
        }
    }

    fn more(self, words: &'static Words) -> String {
        match self {
            Self::Yes(until) => words.with("contact.ring_yes_more", &[("time", &of_day(until))]),
            Self::Later => words.get("contact.ring_later_more").to_owned(),
            Self::Unclear => words.get("contact.ring_unclear_more").to_owned(),
            Self::Never => words.get("contact.ring_never_more").to_owned(),
            Self::Unsaid => words.get("contact.ring_unsaid_more").to_owned(),
        }
    }
}

/// Whether `now` lies in the safe hours, and the seconds until that changes or
/// the day ends. Hours that end before they begin run past midnight and belong
/// to the day on which they begin.
fn within(days: &[String], from: u16, to: u16, now: LocalTime) -> (Ring, u32) {
    let is_safe_day = |weekday: u8| {
        let code = DAY_CODES.get(usize::from(weekday % 7));
        code.is_some_and(|code| days.iter().any(|day| day == code))
    };
    let (start, end) = (u32::from(from) * 60, u32::from(to) * 60);
    let (today, yesterday) = (is_safe_day(now.weekday), is_safe_day(now.weekday + 6));
    let past_midnight = end < start;
    let begun_today = today && now.second >= start && (past_midnight || now.second < end);
    let begun_yesterday = past_midnight && yesterday && now.second < end;
    if begun_today && past_midnight {
        (Ring::Yes(to), DAY_SECONDS - now.second + end)
    } else if begun_today || begun_yesterday {
        (Ring::Yes(to), end - now.second)
    } else if today && now.second < start {
        (Ring::Later, start - now.second)
    } else {
        (Ring::Later, DAY_SECONDS - now.second)
    }
}

/// The picture before a rule.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum RuleIcon {
    /// About voice messages.
    Voicemail,
    /// About text messages.
    Message,
    /// About who else uses the phone.
    Shared,
}

/// One rule: may this be done or not.
pub(super) struct Rule {
    /// `go`, `stop` or `careful`.
    pub(super) tone: &'static str,
    /// Its picture.
    pub(super) icon: RuleIcon,
    /// Key of its words.
    pub(super) key: &'static str,
}

/// The panel, ready to be shown.
pub(super) struct ContactView {
    /// Whether one may ring.
    pub(super) ring: Ring,
    /// What to say under it.
    pub(super) more: String,
    /// Whether a call is wanted, so that number and hours matter.
    pub(super) wanted: bool,
    /// The safe number.
    pub(super) phone: String,
    /// The safe days.
    pub(super) days: String,
    /// The safe hours.
    pub(super) hours: String,
    /// Whether they were given.
    pub(super) has_hours: bool,
    /// The word by which they know the caller.
    pub(super) word: Option<String>,
    /// Voice messages, texts, who else uses the phone.
    pub(super) rules: Vec<Rule>,
    /// Which language the reporter reads.
    pub(super) reads: String,
    /// Seconds until the panel may say something else; 0 for never.
    pub(super) changes_in: u32,
}

impl ContactView {
    pub(super) fn of(rules: &ContactRules, reader: &str, now: u64, labels: &Labels) -> Self {
        let words = labels.words;
        let (ring, changes_in) = Ring::decide(rules, LocalTime::at(now));
        let not_given = || words.get("contact.not_given").to_owned();
        let hours = rules.from_minutes.zip(rules.to_minutes).map(|(from, to)| {
            let (from, to) = (of_day(from), of_day(to));
            words.with("contact.hours_range", &[("from", &from), ("to", &to)])
        });
        let language = words.get(match reader {
            "en" => "contact.language_en",
            _ => "contact.language_vi",
        });
        Self {
            ring,
            more: ring.more(words),
            wanted: rules.wanted == Some(true),
            phone: rules
                .phone
                .as_deref()
                .map_or_else(not_given, phone_in_groups),
            days: days(&rules.days, labels).unwrap_or_else(not_given),
            has_hours: hours.is_some(),
            hours: hours.unwrap_or_else(not_given),
            word: rules.word.clone().filter(|word| !word.trim().is_empty()),
            rules: limits(rules),
            reads: words.with("contact.reads", &[("language", language)]),
            changes_in,
        }
    }
}

fn days(codes: &[String], labels: &Labels) -> Option<String> {
    if codes.len() == DAY_CODES.len() {
        return Some(labels.words.get("contact.every_day").to_owned());
    }
    let names: Vec<&str> = codes
        .iter()
        .map(|code| labels.option("safe_days", code).unwrap_or(code))
        .collect();
    (!names.is_empty()).then(|| names.join(", "))
}

fn limits(rules: &ContactRules) -> Vec<Rule> {
    let wanted = rules.wanted == Some(true);
    let allowed = |answer: &Option<String>| wanted && answer.as_deref() == Some("yes");
    let rule = |icon, go, key_go, key_stop| {
        if go {
            Rule {
                tone: "go",
                icon,
                key: key_go,
            }
        } else {
            Rule {
                tone: "stop",
                icon,
                key: key_stop,
            }
        }
    };
    let mut all = vec![
        rule(
            RuleIcon::Voicemail,
            allowed(&rules.voicemail_ok),
            "contact.voicemail_yes",
            "contact.voicemail_no",
        ),
        rule(
            RuleIcon::Message,
            allowed(&rules.sms_ok),
            "contact.sms_yes",
            "contact.sms_no",
        ),
    ];
    if wanted {
        let (tone, key) = match rules.phone_shared.as_deref() {
            Some("no") => ("go", "contact.shared_no"),
            Some("yes") => ("careful", "contact.shared_yes"),
            _ => ("careful", "contact.shared_unknown"),
        };
        all.push(Rule {
            tone,
            icon: RuleIcon::Shared,
            key,
        });
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const MONDAY: u8 = 0;
    const SUNDAY: u8 = 6;

    fn at(weekday: u8, hour: u32, minute: u32) -> LocalTime {
        LocalTime {
            weekday,
            second: hour * 3_600 + minute * 60,
        }
    }

    fn evenings() -> ContactRules {
        ContactRules {
            wanted: Some(true),
            phone: Some("0912345678".into()),
            days: vec!["mon".into(), "wed".into()],
            from_minutes: Some(18 * 60),
            to_minutes: Some(20 * 60),
            ..ContactRules::default()
        }
    }

    #[test]
    fn one_rings_within_the_safe_hours_of_a_safe_day_only() {
        let decide = |now| Ring::decide(&evenings(), now);
        assert_eq!(decide(at(MONDAY, 17, 59)), (Ring::Later, 60));
        assert_eq!(decide(at(MONDAY, 18, 0)), (Ring::Yes(1_200), 7_200));
        assert_eq!(decide(at(MONDAY, 19, 59)), (Ring::Yes(1_200), 60));
        assert_eq!(decide(at(MONDAY, 20, 0)), (Ring::Later, 4 * 3_600));
        assert_eq!(decide(at(1, 19, 0)).0, Ring::Later);
    }

    #[test]
    fn hours_past_midnight_belong_to_the_day_they_begin_on() {
        let rules = ContactRules {
            days: vec!["sun".into()],
            from_minutes: Some(22 * 60),
            to_minutes: Some(60),
            ..evenings()
        };
        let decide = |now| Ring::decide(&rules, now);
        assert_eq!(decide(at(SUNDAY, 23, 0)), (Ring::Yes(60), 2 * 3_600));
        assert_eq!(decide(at(MONDAY, 0, 30)), (Ring::Yes(60), 1_800));
        assert_eq!(decide(at(SUNDAY, 0, 30)).0, Ring::Later);
        assert_eq!(decide(at(MONDAY, 23, 0)).0, Ring::Later);
    }

    #[test]
    fn what_was_not_said_is_a_no() {
        let noon = at(MONDAY, 12, 0);
        assert_eq!(Ring::decide(&ContactRules::default(), noon).0, Ring::Unsaid);
        let never = ContactRules {
            wanted: Some(false),
            ..evenings()
        };
        assert_eq!(Ring::decide(&never, at(MONDAY, 19, 0)).0, Ring::Never);
        for unclear in [
            ContactRules {
                phone: None,
                ..evenings()
            },
            ContactRules {
                phone: Some(" ".into()),
                ..evenings()
            },
            ContactRules {
                days: Vec::new(),
                ..evenings()
            },
            ContactRules {
                to_minutes: None,
                ..evenings()
            },
            ContactRules {
                to_minutes: Some(18 * 60),
                ..evenings()
            },
        ] {
            assert_eq!(Ring::decide(&unclear, at(MONDAY, 19, 0)).0, Ring::Unclear);
        }
    }

    #[test]
    fn messages_are_left_only_where_the_reporter_said_yes() {
        let tones = |rules: &ContactRules| limits(rules).iter().map(|r| r.tone).collect::<Vec<_>>();
        assert_eq!(tones(&evenings()), ["stop", "stop", "careful"]);
        let open = ContactRules {
            voicemail_ok: Some("yes".into()),
            sms_ok: Some("yes".into()),
            phone_shared: Some("no".into()),
            ..evenings()
        };
        assert_eq!(tones(&open), ["go", "go", "go"]);
        // A yes from before somebody took "call me back" away does not count.
        let taken_back = ContactRules {
            wanted: Some(false),
            ..open
        };
        assert_eq!(tones(&taken_back), ["stop", "stop"]);
    }
}
