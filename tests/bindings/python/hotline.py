"""The hotline that stories meet: `story-hotline`, driven through its pipes."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

Said = dict[str, Any]
CONTENT = Path(__file__).resolve().parents[3] / "content"


class Hotline:
    """A real relay and a real desk, for one story."""

    def __init__(self) -> None:
        self._program = subprocess.Popen(
            [os.environ["LOIVE_STORY_HOTLINE"]],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        greeting = self._next()
        assert greeting["ready"] is True
        self.card: str = greeting["card"]
        self.now: int = greeting["now"]
        self.relay_url: str = greeting["relay_url"]

    def ask(self, do: str, **details: Any) -> Said:
        """Has something done; what cannot be done fails the story."""
        assert self._program.stdin is not None
        self._program.stdin.write(json.dumps({"do": do, **details}) + "\n")
        self._program.stdin.flush()
        answer = self._next()
        assert "error" not in answer, f"{do}: {answer}"
        return answer

    def link(self, *, up: bool) -> None:
        """Cuts the phones' road or mends it."""
        self.ask("link", up=up)

    def count(self) -> int:
        """How many reports the desk has."""
        return int(self.ask("count")["count"])

    def wait_count(self, count: int) -> None:
        """Waits until the desk has so many reports."""
        assert self.ask("wait_count", count=count)["count"] == count

    def find(self, report: str) -> Said:
        """What the desk has of a report."""
        return self.ask("find", report=report)

    def look(self, report: str) -> Said:
        """A counsellor reads a report."""
        seen = self.ask("look", report=report)
        assert seen["found"], "the counsellor finds the report"
        return seen

    def reply(self, report: str, text: str) -> None:
        """A counsellor answers."""
        self.ask("reply", report=report, text=text)

    def publish_library(self, file: Path, edit: dict[str, str] | None = None) -> bytes:
        """A release of the library, as an app ships it."""
        self.ask("publish_library", content=str(CONTENT), file=str(file), edit=edit)
        return file.read_bytes()

    def end(self) -> None:
        """Nothing more is asked: it ends by itself."""
        assert self._program.stdin is not None and self._program.stdout is not None
        self._program.stdin.close()
        code = self._program.wait(timeout=60)
        self._program.stdout.close()
        assert code == 0, "the hotline ended gracefully"

    def kill(self) -> None:
        """After a story that failed. It may be gone already."""
        self._program.kill()
        self._program.wait()

    def _next(self) -> Said:
        assert self._program.stdout is not None
        line = self._program.stdout.readline()
        assert line, "the hotline ended while a story asked for something"
        said: Said = json.loads(line)
        return said
