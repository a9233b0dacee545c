//! From the arguments to a running phone.

use std::io::{self, IsTerminal as _, Write as _, stderr, stdin, stdout};
use std::process::ExitCode;

use loive_client::{Driver, Lock, OpenOutcome, OpenRequest, Phone, PhoneError};

use crate::app::App;
use crate::args::Args;
use crate::files::{Files, FilesError};
use crate::gate::{Gate, Purpose};
use crate::line::Carrier;
use crate::problem;
use crate::shell::{self, Shell};
use crate::tongue::Tongue;

/// Why the phone did not start.
enum StartError {
    Files(FilesError),
    Phone(PhoneError),
    Terminal(io::Error),
    NoTerminal,
}

/// Runs the phone and says on the way out what went wrong, if anything.
/// Must be called on a tokio runtime.
pub fn run(args: &Args) -> ExitCode {
    let tongue = Tongue::new(args.lang);
    let Err(error) = start(args, tongue) else {
        return ExitCode::SUCCESS;
    };
    let sentence = match error {
        StartError::Files(error) => error.sentence(tongue),
        StartError::Phone(error) => problem::sentence(&error, tongue),
        StartError::NoTerminal => tongue.get("start.no_terminal").to_owned(),
        StartError::Terminal(error) => {
            tongue.with("start.terminal", &[("why", &error.kind().to_string())])
        }
    };
    // If nobody reads it, there is nobody to tell.
    let _ = writeln!(stderr(), "{sentence}");
    ExitCode::FAILURE
}

fn start(args: &Args, tongue: Tongue) -> Result<(), StartError> {
    let files = Files::of(args);
    let card = files.read_card().map_err(StartError::Files)?;
    let driver = Driver::new(&card).map_err(StartError::Phone)?;
    if !(stdin().is_terminal() && stdout().is_terminal()) {
        return Err(StartError::NoTerminal);
    }
    let keys = files.keys().map_err(StartError::Files)?;
    let request = |pin| {
        let mut request = OpenRequest::new(&files.store, card.clone(), keys.clone());
        request.pin = pin;
        request
    };
    watch_signals();
    let mut shell = Shell::take(tongue).map_err(StartError::Terminal)?;
    let Some(phone) = open(&mut shell, args, tongue, request)? else {
        return Ok(());
    };
    let mut app = App::new(phone.clone(), tongue, !args.no_signal);
    match phone.outcome() {
        OpenOutcome::SetAside { path } => {
            let path = path.display().to_string();
            app.warn(tongue.with("start.set_aside", &[("path", &path)]));
        }
        OpenOutcome::New => {
            let path = files.key.display().to_string();
            app.tell(tongue.with("start.new", &[("path", &path)]));
        }
        OpenOutcome::Lost => app.warn(tongue.get("start.lost")),
        OpenOutcome::Opened => {}
    }
    let mut carrier = Carrier::new(phone.clone(), driver);
    shell
        .run(&mut app, &phone, &mut carrier, !args.no_signal)
        .map_err(StartError::Terminal)
}

/// Opens the phone, asking for its PIN as often as it takes. `None`: the
/// person left.
fn open(
    shell: &mut Shell,
    args: &Args,
    tongue: Tongue,
    request: impl Fn(Option<loive_client::Pin>) -> OpenRequest,
) -> Result<Option<Phone>, StartError> {
    let mut pin = None;
    let phone = loop {
        let why = match Phone::open(request(pin.take())) {
            Ok(phone) => break phone,
            Err(PhoneError::Locked {
                why: Lock::PinNeeded,
            }) => None,
            Err(
                error @ PhoneError::Locked {
                    why: Lock::WrongPin,
                },
            ) => Some(problem::sentence(&error, tongue)),
            Err(error) => return Err(StartError::Phone(error)),
        };
        pin = shell
            .ask(&mut Gate::new(Purpose::Open, tongue, why))
            .map_err(StartError::Terminal)?;
        if pin.is_none() {
            return Ok(None);
        }
    };
    if args.pin && !phone.has_pin() {
        let chosen = shell.ask(&mut Gate::new(Purpose::Set, tongue, None));
        let Some(chosen) = chosen.map_err(StartError::Terminal)? else {
            return Ok(None);
        };
        phone.set_pin(&chosen).map_err(StartError::Phone)?;
    }
    Ok(Some(phone))
}

/// A terminal that is closed, or a `kill`, ends the phone as the quick exit
/// does. Everything written is on disk already.
fn watch_signals() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};

        for kind in [
            SignalKind::terminate(),
            SignalKind::hangup(),
            SignalKind::interrupt(),
        ] {
            // Without the handler the signal still ends the program.
            let Ok(mut signals) = signal(kind) else {
                continue;
            };
            tokio::spawn(async move {
                if signals.recv().await.is_some() {
                    shell::give_back();
                    std::process::exit(128 + kind.as_raw_value());
                }
            });
        }
    }
}
