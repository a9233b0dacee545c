//! Asking for a password, or making one.

use std::io::{BufRead, IsTerminal, Write as _};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, read};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use rand::Rng as _;
use zeroize::Zeroizing;

use super::Failure;
use crate::clock::Env;

/// Letters and digits that nobody takes for one another.
const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789i";
const GROUPS_COUNT: usize = 5;
const GROUP_LETTERS: usize = 4;
/// Longest password that is typed, in characters.
const TYPED_MAX_CHARS: usize = 1_024;

/// A password: typed twice without being shown, or one line of standard input
/// if that is not a terminal.
pub(super) fn password() -> Result<Zeroizing<String>, Failure> {
    if !std::io::stdin().is_terminal() {
        let mut line = Zeroizing::new(String::new());
        std::io::stdin().lock().read_line(&mut line)?;
        return Ok(Zeroizing::new(
            line.trim_end_matches(['\r', '\n']).to_owned(),
        ));
    }
    let first = typed("Password: ")?;
    if *typed("The same again: ")? == *first {
        Ok(first)
    } else {
        Err("the two are not the same; nothing was changed".into())
    }
}

/// A password of 100 random bits, in groups that can be read out.
pub(super) fn generated(env: &Env) -> Zeroizing<String> {
    let mut rng = env.rng();
    let mut password = Zeroizing::new(String::with_capacity(GROUPS_COUNT * (GROUP_LETTERS + 1)));
    for group in 0..GROUPS_COUNT {
        if group > 0 {
            password.push('-');
        }
        for _ in 0..GROUP_LETTERS {
            // 32 letters: the low five bits choose one, none more often than another.
            let index = (rng.next_u32() & 31) as usize;
            password.push(char::from(ALPHABET.get(index).copied().unwrap_or(b'a')));
        }
    }
    password
}

fn typed(prompt: &str) -> Result<Zeroizing<String>, Failure> {
    let mut screen = std::io::stderr();
    write!(screen, "{prompt}")?;
    screen.flush()?;
    enable_raw_mode()?;
    let typed = keys();
    disable_raw_mode()?;
    writeln!(screen)?;
    typed
}

fn keys() -> Result<Zeroizing<String>, Failure> {
    let mut text = Zeroizing::new(String::with_capacity(4 * TYPED_MAX_CHARS));
    loop {
        let Event::Key(KeyEvent {
            code,
            modifiers,
            kind,
            ..
        }) = read()?
        else {
            continue;
        };
        if kind == KeyEventKind::Release {
            continue;
        }
        match code {
            KeyCode::Enter => return Ok(text),
            KeyCode::Char('c' | 'd') if modifiers.contains(KeyModifiers::CONTROL) => {
                return Err("nothing was changed".into());
            }
            KeyCode::Char(letter) if text.chars().count() < TYPED_MAX_CHARS => text.push(letter),
            KeyCode::Backspace => {
                text.pop();
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_password_is_five_groups_of_four_and_new_each_time() {
        let env = Env::system();
        let password = generated(&env);
        let groups: Vec<&str> = password.split('-').collect();
        assert_eq!(groups.len(), GROUPS_COUNT);
        assert!(groups.iter().all(|group| {
            group.len() == GROUP_LETTERS && group.bytes().all(|letter| ALPHABET.contains(&letter))
        }));
        assert_ne!(*password, *generated(&env));
    }
}
