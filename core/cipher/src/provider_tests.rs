//! The table as SQLCipher sees it: known answers, and arguments that are wrong.
#![expect(
    clippy::indexing_slicing,
    clippy::undocumented_unsafe_blocks,
    clippy::multiple_unsafe_ops_per_block,
    reason = "a test may panic, and every call passes pointers to live arrays with their own \
              lengths, or null on purpose"
)]

use std::ptr::{null, null_mut};

use super::*;

const SHA1: c_int = 0;
const SHA256: c_int = 1;
const SHA512: c_int = 2;
const DECRYPT: c_int = 0;
const ENCRYPT: c_int = 1;

fn table() -> Members {
    let mut place = MaybeUninit::<SqlcipherProvider>::uninit();
    // What SQLCipher set must survive, so it is set here before.
    let link = place.as_mut_ptr();
    unsafe { (&raw mut (*link).next).write(link) };
    assert_eq!(unsafe { loive_cipher_provider(link) }, SQLITE_OK);
    let filled = unsafe { place.assume_init() };
    assert_eq!(filled.next, link, "the link belongs to SQLCipher");
    filled.members
}

fn bytes(hex: &str) -> Vec<u8> {
    let digit = |c: u8| u8::try_from(char::from(c).to_digit(16).expect("hex")).expect("small");
    hex.as_bytes()
        .chunks(2)
        .map(|pair| digit(pair[0]) << 4 | digit(pair[1]))
        .collect()
}

fn len(data: &[u8]) -> c_int {
    c_int::try_from(data.len()).expect("short test data")
}

fn hmac_of(algorithm: c_int, key: &[u8], first: &[u8], second: &[u8]) -> Vec<u8> {
    let table = table();
    let size = unsafe { (table.get_hmac_sz)(null_mut(), algorithm) };
    let mut tag = vec![0; usize::try_from(size).expect("a size")];
    let code = unsafe {
        (table.hmac)(
            null_mut(),
            algorithm,
            key.as_ptr(),
            len(key),
            first.as_ptr(),
            len(first),
            second.as_ptr(),
            len(second),
            tag.as_mut_ptr(),
        )
    };
    assert_eq!(code, SQLITE_OK);
    tag
}

fn kdf_of(algorithm: c_int, password: &[u8], salt: &[u8], rounds: c_int, size: usize) -> Vec<u8> {
    let mut key = vec![0; size];
    let code = unsafe {
        (table().kdf)(
            null_mut(),
            algorithm,
            password.as_ptr(),
            len(password),
            salt.as_ptr(),
            len(salt),
            rounds,
            len(&key),
            key.as_mut_ptr(),
        )
    };
    assert_eq!(code, SQLITE_OK);
    key
}

/// RFC 2202, case 2; RFC 4231, cases 2 and 6. The message comes in one piece and
/// in two, as page and page number do.
#[test]
fn hmac_gives_the_answers_of_the_rfcs() {
    let jefe = b"Jefe".as_slice();
    let question = b"what do ya want for nothing?".as_slice();
    let long_key = [0xaa; 131];
    let long_key_message = b"Test Using Larger Than Block-Size Key - Hash Key First".as_slice();
    let cases = [
        (
            SHA1,
            jefe,
            question,
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
        ),
        (
            SHA256,
            jefe,
            question,
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        (
            SHA512,
            jefe,
            question,
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554\
             9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
        ),
        (
            SHA256,
            &long_key,
            long_key_message,
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
        (
            SHA512,
            &long_key,
            long_key_message,
            "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352\
             6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
        ),
    ];
    for (algorithm, key, message, expected) in cases {
        assert_eq!(hmac_of(algorithm, key, message, b""), bytes(expected));
        let (first, second) = message.split_at(5);
        assert_eq!(hmac_of(algorithm, key, first, second), bytes(expected));
    }
}

/// RFC 6070 (SHA-1) and RFC 7914 §11 (SHA-256); SHA-512 agrees with `OpenSSL`.
#[test]
fn kdf_gives_the_known_answers() {
    assert_eq!(
        kdf_of(SHA1, b"password", b"salt", 4096, 20),
        bytes("4b007901b765489abead49d926f721d065a429c1")
    );
    assert_eq!(
        kdf_of(SHA256, b"passwd", b"salt", 1, 64),
        bytes(
            "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc\
             49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783"
        )
    );
    assert_eq!(
        kdf_of(SHA512, b"password", b"salt", 4096, 64),
        bytes(
            "d197b1b33db0143e018b12f3d1d1479e6cdebdcc97c5c0f87f6902e072f457b5\
             143f30602641b3d55cd335988cb36b84376060ecd532e039b742a239434af2d5"
        )
    );
}

/// NIST SP 800-38A, F.2.5 and F.2.6.
#[test]
fn cipher_gives_the_answers_of_nist() {
    let key = bytes("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
    let iv = bytes("000102030405060708090a0b0c0d0e0f");
    let plain = bytes(
        "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51\
         30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
    );
    let sealed = bytes(
        "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d\
         39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b",
    );
    let run = |mode, input: &[u8]| {
        let mut output = vec![0; input.len()];
        let code = unsafe {
            (table().cipher)(
                null_mut(),
                mode,
                key.as_ptr(),
                len(&key),
                iv.as_ptr(),
                input.as_ptr(),
                len(input),
                output.as_mut_ptr(),
            )
        };
        assert_eq!(code, SQLITE_OK);
        output
    };
    assert_eq!(run(ENCRYPT, &plain), sealed);
    assert_eq!(run(DECRYPT, &sealed), plain);
    assert_eq!(run(ENCRYPT, b""), b"");
}

#[test]
fn cipher_works_in_place_and_on_overlapping_buffers() {
    let (key, iv) = ([7_u8; KEY_BYTES], [9_u8; IV_BYTES]);
    let plain = [0x5a_u8; 64];
    let mut expected = plain;
    primitives::encrypt(&key, &iv, &mut expected).expect("whole blocks");

    for shift in [0, 1, 16] {
        let mut buffer = [0_u8; 64 + 16];
        buffer[..64].copy_from_slice(&plain);
        let start = buffer.as_mut_ptr();
        let code = unsafe {
            (table().cipher)(
                null_mut(),
                ENCRYPT,
                key.as_ptr(),
                32,
                iv.as_ptr(),
                start,
                64,
                start.add(shift),
            )
        };
        assert_eq!(code, SQLITE_OK);
        assert_eq!(buffer[shift..shift + 64], expected);
    }
}

#[test]
fn random_fills_the_whole_buffer_and_differs_each_time() {
    let draw = || {
        let mut buffer = [0_u8; 80];
        let code = unsafe { (table().random)(null_mut(), buffer.as_mut_ptr().cast(), 80) };
        assert_eq!(code, SQLITE_OK);
        buffer
    };
    let (first, second) = (draw(), draw());
    assert_ne!(first, second);
    assert!(first[40..].iter().any(|byte| *byte != 0));
}

#[test]
fn sizes_and_names_are_those_of_sqlcipher_4() {
    let table = table();
    let context = null_mut();
    unsafe {
        assert_eq!((table.get_key_sz)(context), 32);
        assert_eq!((table.get_iv_sz)(context), 16);
        assert_eq!((table.get_block_sz)(context), 16);
        assert_eq!((table.get_hmac_sz)(context, SHA1), 20);
        assert_eq!((table.get_hmac_sz)(context, SHA256), 32);
        assert_eq!((table.get_hmac_sz)(context, SHA512), 64);
        assert_eq!((table.get_hmac_sz)(context, 3), 0);
        assert_eq!((table.get_hmac_sz)(context, -1), 0);
        assert_eq!(CStr::from_ptr((table.get_cipher)(context)), c"aes-256-cbc");
        let name = CStr::from_ptr((table.get_provider_name)(context));
        assert_eq!(name, c"loive-rustcrypto");
        let version = CStr::from_ptr((table.get_provider_version)(context));
        assert_eq!(version.to_str(), Ok(env!("CARGO_PKG_VERSION")));
    }
}

#[test]
fn contexts_are_never_followed() {
    let table = table();
    // SQLCipher passes null where it should pass an address.
    assert_eq!(unsafe { (table.ctx_init)(null_mut()) }, SQLITE_OK);
    assert_eq!(unsafe { (table.ctx_free)(null_mut()) }, SQLITE_OK);
    assert!(table.init.is_none() && table.shutdown.is_none());
}

#[test]
fn a_table_at_null_or_off_its_place_is_refused() {
    assert_eq!(unsafe { loive_cipher_provider(null_mut()) }, SQLITE_ERROR);
    let crooked = null_mut::<u8>().wrapping_add(1).cast();
    assert_eq!(unsafe { loive_cipher_provider(crooked) }, SQLITE_ERROR);
}

#[test]
fn wrong_arguments_are_refused_and_nothing_is_written() {
    let table = table();
    let context = null_mut();
    let data = [1_u8; 64];
    let input = data.as_ptr();
    let mut written = [0_u8; 128];
    let out = written.as_mut_ptr();
    let codes = unsafe {
        [
            (table.random)(context, null_mut(), 16),
            (table.random)(context, out.cast(), -1),
            (table.hmac)(context, 3, input, 32, input, 16, null(), 0, out),
            (table.hmac)(context, SHA512, null(), 32, input, 16, null(), 0, out),
            (table.hmac)(context, SHA512, input, -1, input, 16, null(), 0, out),
            (table.hmac)(context, SHA512, input, 32, null(), 16, null(), 0, out),
            (table.hmac)(context, SHA512, input, 32, input, -1, null(), 0, out),
            (table.hmac)(context, SHA512, input, 32, input, 16, input, -1, out),
            (table.hmac)(context, SHA512, input, 32, input, 16, null(), 0, null_mut()),
            (table.kdf)(context, -1, input, 32, input, 16, 2, 32, out),
            (table.kdf)(context, SHA512, null(), 32, input, 16, 2, 32, out),
            (table.kdf)(context, SHA512, input, 32, null(), 16, 2, 32, out),
            (table.kdf)(context, SHA512, input, 32, input, -16, 2, 32, out),
            (table.kdf)(context, SHA512, input, 32, input, 16, 0, 32, out),
            (table.kdf)(context, SHA512, input, 32, input, 16, -2, 32, out),
            (table.kdf)(context, SHA512, input, 32, input, 16, 2, -32, out),
            (table.kdf)(context, SHA512, input, 32, input, 16, 2, 65, out),
            (table.kdf)(context, SHA512, input, 32, input, 16, 2, 32, null_mut()),
            (table.cipher)(context, 2, input, 32, input, input, 32, out),
            (table.cipher)(context, ENCRYPT, input, 16, input, input, 32, out),
            (table.cipher)(context, ENCRYPT, null(), 32, input, input, 32, out),
            (table.cipher)(context, ENCRYPT, input, 32, null(), input, 32, out),
            (table.cipher)(context, ENCRYPT, input, 32, input, null(), 32, out),
            (table.cipher)(context, ENCRYPT, input, 32, input, input, 32, null_mut()),
            (table.cipher)(context, ENCRYPT, input, 32, input, input, 31, out),
            (table.cipher)(context, DECRYPT, input, 32, input, input, -16, out),
        ]
    };
    assert_eq!(codes, [SQLITE_ERROR; 26]);
    assert_eq!(written, [0; 128]);
}

#[test]
fn a_null_second_input_of_hmac_means_none() {
    let data = [1_u8; 16];
    let mut tag = [0_u8; 64];
    let code = unsafe {
        (table().hmac)(
            null_mut(),
            SHA512,
            data.as_ptr(),
            16,
            data.as_ptr(),
            16,
            null(),
            4,
            tag.as_mut_ptr(),
        )
    };
    assert_eq!(code, SQLITE_OK);
    assert_eq!(tag.as_slice(), hmac_of(SHA512, &data, &data, b""));
}

#[test]
fn a_panic_becomes_an_error_code() {
    assert_eq!(answer(|| panic!("on purpose")), SQLITE_ERROR);
}
