//! The layer itself, in the words of SQLite's virtual file system.
//!
//! Every file of ours is followed in memory by the platform's own, to which
//! calls are handed on. SQLite gives as much memory as `szOsFile` asks for and
//! keeps it until `xClose` has returned; on that the SAFETY comments rest.
#![expect(
    unsafe_code,
    clippy::multiple_unsafe_ops_per_block,
    reason = "SQLite is C and speaks in pointers; tests alone build this"
)]

use std::ffi::{CStr, OsStr, c_char, c_int, c_void};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::{ptr, slice};

use libsqlite3_sys as ffi;

use super::power::Before;
use super::{State, StepOf, Verdict, lock, state_of};

/// What is watched of one open file.
struct Watching {
    path: PathBuf,
    state: Arc<Mutex<State>>,
}

/// A file of ours. The platform's follows it in memory.
#[repr(C)]
struct File {
    base: ffi::sqlite3_file,
    /// Null for a file that nobody watches.
    watching: *mut Watching,
}

const METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    // Without memory-mapped reading: encrypted stores never use it.
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(take_lock),
    xUnlock: Some(give_lock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};
static TABLE: ffi::sqlite3_io_methods = METHODS;

/// Makes this layer the default, over what was the default.
pub(super) fn register() {
    // SAFETY: may be called at any time; a null name asks for the default.
    let platform = unsafe { ffi::sqlite3_vfs_find(ptr::null()) };
    assert!(!platform.is_null(), "SQLite has a default file system");
    // SAFETY: SQLite's own table, which lives as long as the process.
    let mut ours = unsafe { *platform };
    let own = c_int::try_from(size_of::<File>()).expect("a small struct");
    ours.szOsFile += own;
    ours.pNext = ptr::null_mut();
    ours.zName = c"loive-faults".as_ptr();
    ours.pAppData = platform.cast();
    ours.xOpen = Some(open);
    ours.xDelete = Some(delete);
    // SAFETY: the table is leaked, so it lives as long as the process.
    let code = unsafe { ffi::sqlite3_vfs_register(Box::into_raw(Box::new(ours)), 1) };
    assert_eq!(code, ffi::SQLITE_OK, "SQLite takes a file system");
}

/// The platform's file behind one of ours.
///
/// # Safety
/// `file` was given to [`open`] and not closed yet.
unsafe fn real(file: *mut ffi::sqlite3_file) -> *mut ffi::sqlite3_file {
    // SAFETY: SQLite gave memory for both, one after the other.
    unsafe { file.cast::<u8>().add(size_of::<File>()).cast() }
}

/// # Safety
/// As [`real`].
unsafe fn watching<'a>(file: *mut ffi::sqlite3_file) -> Option<&'a Watching> {
    // SAFETY: `open` has filled the whole struct in; the box lives until `close`.
    unsafe { (*file.cast::<File>()).watching.as_ref() }
}

/// # Safety
/// `name` is null or ends with a zero, as SQLite's file names do.
unsafe fn path_of<'a>(name: *const c_char) -> Option<&'a Path> {
    if name.is_null() {
        return None;
    }
    // SAFETY: not null, and the caller promises the rest.
    let name = unsafe { CStr::from_ptr(name) };
    Some(Path::new(OsStr::from_bytes(name.to_bytes())))
}

unsafe extern "C" fn open(
    vfs: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    // SAFETY: SQLite hands over our table, a name of its own making, and as much
    // memory as `szOsFile` asks for.
    unsafe {
        let ours = file.cast::<File>();
        (*ours).base.pMethods = ptr::null();
        (*ours).watching = ptr::null_mut();
        let platform = (*vfs).pAppData.cast::<ffi::sqlite3_vfs>();
        let Some(call) = (*platform).xOpen else {
            return ffi::SQLITE_CANTOPEN;
        };
        let under = real(file);
        (*under).pMethods = ptr::null();
        let code = call(platform, name, under, flags, out_flags);
        if code != ffi::SQLITE_OK {
            return code;
        }
        let path = path_of(name).map(Path::to_owned);
        let found = path.and_then(|path| state_of(&path).map(|state| Watching { path, state }));
        if let Some(found) = found {
            (*ours).watching = Box::into_raw(Box::new(found));
        }
        (*ours).base.pMethods = &raw const TABLE;
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn delete(
    vfs: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    sync_folder: c_int,
) -> c_int {
    // SAFETY: SQLite hands over our table and a name of its own making.
    unsafe {
        let verdict = path_of(name).and_then(|path| {
            let state = state_of(path)?;
            Some(lock(&state).judge(path, &StepOf::Delete, |_, _| Before::default()))
        });
        if let Some(code) = verdict.and_then(|verdict| failure(&verdict, ffi::SQLITE_IOERR_DELETE))
        {
            return code;
        }
        let platform = (*vfs).pAppData.cast::<ffi::sqlite3_vfs>();
        match (*platform).xDelete {
            Some(call) => call(platform, name, sync_folder),
            None => ffi::SQLITE_IOERR_DELETE,
        }
    }
}

/// What SQLite is told instead of handing the step on.
fn failure(verdict: &Verdict, dead: c_int) -> Option<c_int> {
    match verdict {
        Verdict::Take => None,
        Verdict::Dead | Verdict::ReadOnly => Some(dead),
        Verdict::Full => Some(ffi::SQLITE_FULL),
    }
}

/// Judges a step of an open file; `None` lets it through.
///
/// # Safety
/// As [`real`].
unsafe fn judged(file: *mut ffi::sqlite3_file, step: &StepOf<'_>, dead: c_int) -> Option<c_int> {
    // SAFETY: the caller's promise.
    let watching = unsafe { watching(file) }?;
    let mut state = lock(&watching.state);
    // SAFETY: the caller's promise; nobody else uses this file meanwhile.
    let look = |offset, most| unsafe { look(real(file), offset, most) };
    let verdict = state.judge(&watching.path, step, look);
    failure(&verdict, dead)
}

/// What stands at `offset`, `most` bytes of it at most.
///
/// # Safety
/// `under` is an open file of the platform.
unsafe fn look(under: *mut ffi::sqlite3_file, offset: u64, most: u64) -> Before {
    let mut before = Before::default();
    // SAFETY: an open file has its methods; the buffer is as long as said.
    unsafe {
        let methods = &*(*under).pMethods;
        let mut length = 0;
        if let Some(size) = methods.xFileSize {
            size(under, &raw mut length);
        }
        before.length = u64::try_from(length).unwrap_or_default();
        let there = before.length.saturating_sub(offset).min(most);
        before.bytes = vec![0; usize::try_from(there).unwrap_or_default()];
        if let (Some(read), false) = (methods.xRead, before.bytes.is_empty()) {
            let amount = c_int::try_from(before.bytes.len()).unwrap_or(c_int::MAX);
            let at = i64::try_from(offset).unwrap_or(i64::MAX);
            read(under, before.bytes.as_mut_ptr().cast(), amount, at);
        }
    }
    before
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    bytes: *const c_void,
    amount: c_int,
    offset: ffi::sqlite3_int64,
) -> c_int {
    let length = usize::try_from(amount).unwrap_or_default();
    // SAFETY: SQLite hands over a file that `open` made and `amount` bytes.
    unsafe {
        let step = StepOf::Write {
            offset: u64::try_from(offset).unwrap_or_default(),
            bytes: slice::from_raw_parts(bytes.cast(), length),
        };
        match judged(file, &step, ffi::SQLITE_IOERR_WRITE) {
            Some(code) => code,
            None => write_real(file, bytes, amount, offset),
        }
    }
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, length: ffi::sqlite3_int64) -> c_int {
    let step = StepOf::Truncate {
        length: u64::try_from(length).unwrap_or_default(),
    };
    // SAFETY: SQLite hands over a file that `open` made.
    unsafe {
        match judged(file, &step, ffi::SQLITE_IOERR_TRUNCATE) {
            Some(code) => code,
            None => truncate_real(file, length),
        }
    }
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, flags: c_int) -> c_int {
    // SAFETY: SQLite hands over a file that `open` made.
    unsafe {
        match judged(file, &StepOf::Sync, ffi::SQLITE_IOERR_FSYNC) {
            Some(code) => code,
            None => sync_real(file, flags),
        }
    }
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: SQLite closes a file once; the box is nobody else's.
    unsafe {
        let ours = file.cast::<File>();
        let watching = (*ours).watching;
        if !watching.is_null() {
            drop(Box::from_raw(watching));
            (*ours).watching = ptr::null_mut();
        }
        close_real(file)
    }
}

unsafe extern "C" fn shm_barrier(file: *mut ffi::sqlite3_file) {
    // SAFETY: SQLite hands over a file that `open` made.
    unsafe {
        let under = real(file);
        if let Some(call) = (*(*under).pMethods).xShmBarrier {
            call(under);
        }
    }
}

/// Functions that hand a call on to the platform's file.
macro_rules! hand_on {
    ($($name:ident = $member:ident($($argument:ident: $kind:ty),*);)*) => {$(
        unsafe extern "C" fn $name(file: *mut ffi::sqlite3_file, $($argument: $kind),*) -> c_int {
            // SAFETY: SQLite hands over a file that `open` made, and what its
            // own files would be handed.
            unsafe {
                let under = real(file);
                match (*(*under).pMethods).$member {
                    Some(call) => call(under, $($argument),*),
                    None => ffi::SQLITE_IOERR,
                }
            }
        }
    )*};
}

hand_on! {
    close_real = xClose();
    read = xRead(bytes: *mut c_void, amount: c_int, offset: ffi::sqlite3_int64);
    write_real = xWrite(bytes: *const c_void, amount: c_int, offset: ffi::sqlite3_int64);
    truncate_real = xTruncate(length: ffi::sqlite3_int64);
    sync_real = xSync(flags: c_int);
    file_size = xFileSize(size: *mut ffi::sqlite3_int64);
    take_lock = xLock(level: c_int);
    give_lock = xUnlock(level: c_int);
    check_reserved_lock = xCheckReservedLock(out: *mut c_int);
    file_control = xFileControl(operation: c_int, argument: *mut c_void);
    sector_size = xSectorSize();
    device_characteristics = xDeviceCharacteristics();
    shm_map = xShmMap(page: c_int, size: c_int, extend: c_int, out: *mut *mut c_void);
    shm_lock = xShmLock(offset: c_int, count: c_int, flags: c_int);
    shm_unmap = xShmUnmap(delete: c_int);
}
