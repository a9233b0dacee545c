"""The other side of sqlcipher_peer.rs: SQLCipher on OpenSSL, not written by us.

    sqlcipher_peer.py add PATH KEY FROM TO     adds rows FROM..TO, keeps a log
    sqlcipher_peer.py check PATH KEY COUNT     reads rows 0..COUNT and every page's tag
    sqlcipher_peer.py refuse PATH KEY          succeeds if the key opens nothing

KEY is 64 hexadecimal digits. Anything unexpected ends with a traceback.
"""

import os
import sys

from sqlcipher3 import dbapi2 as sqlcipher


def words(number):
    return f"{number}: họ giữ hộ chiếu, em ở gần cửa khẩu " * (1 + number % 40)


def connect(path, key):
    connection = sqlcipher.connect(path, isolation_level=None)
    connection.execute(f"PRAGMA key = \"x'{key}'\"")
    return connection


def add(path, key, start, end):
    connection = connect(path, key)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE IF NOT EXISTS note(id INTEGER PRIMARY KEY, words TEXT)")
    connection.execute("BEGIN")
    for number in range(int(start), int(end)):
        connection.execute("INSERT INTO note VALUES (?, ?)", (number, words(number)))
    connection.execute("COMMIT")
    # No closing, so that the log stays as it is: what a killed app leaves.
    os._exit(0)


def check(path, key, count):
    connection = connect(path, key)
    rows = connection.execute("SELECT id, words FROM note ORDER BY id").fetchall()
    expected = [(number, words(number)) for number in range(int(count))]
    assert rows == expected, f"{len(rows)} rows, {count} expected, or their words differ"
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    bad = connection.execute("PRAGMA cipher_integrity_check").fetchall()
    assert bad == [], bad
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


def refuse(path, key):
    try:
        connect(path, key).execute("SELECT count(*) FROM sqlite_schema").fetchall()
    except sqlcipher.DatabaseError:
        return
    raise AssertionError("a wrong key opened the store")


if __name__ == "__main__":
    {"add": add, "check": check, "refuse": refuse}[sys.argv[1]](*sys.argv[2:])
