"""Apertium as one pipe of processes that stays alive: a third of a second to start, then a millisecond a sentence.

The programs and their data (GPL) are called, never linked. The pipe is built from Apertium's own mode file; every stage flushes at a
NUL byte. Unknown words come back marked with an asterisk, which becomes a flag.
"""

import hashlib
import re
import select
import shlex
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import IO

from cathartes.errors import BadInput
from cathartes.model import Engine
from cathartes.plugins import Rendering

MODES = Path("/usr/share/apertium/modes")
CODES = {"es": "spa", "en": "eng"}
BATCH = 64
PATIENCE_S = 20.0
END = b".[][\n]"
"""What Apertium's own text filter puts after a text without a final stop, so that the last sentence is closed."""

_SPECIAL = re.compile(r"([\^$/<>{}\[\]\\@])")
_ESCAPED = re.compile(r"\\(.)")
_UNKNOWN = re.compile(r"\*(?=\w)")
_LITERAL_STAR = "\u2217"


class ApertiumTranslator:
    """Opens Apertium where it is installed. Plug-in name `apertium`."""

    def open(self, source: str, target: str, model: str | None) -> "Apertium":
        """A running pipe. Raises `BadInput` saying what to install; `model` is the folder of the mode files, if not the usual."""
        folder = Path(model) if model else MODES
        mode = folder / f"{CODES.get(source, source)}-{CODES.get(target, target)}.mode"
        if not mode.is_file():
            raise BadInput(f"Apertium has no data for {source} to {target}; install it: apt-get install apertium apertium-eng-spa")
        return Apertium(mode)


class Apertium:
    """One direction of Apertium, alive until closed. A pipe that dies is started again, and the text that killed it is given up."""

    def __init__(self, mode: Path) -> None:
        self._stages = stages(mode)
        self.engine = Engine("apertium", _version(), model_digests(self._stages))
        self._pipe = Pipe(self._stages)

    def translate(self, texts: Sequence[str]) -> list[Rendering]:
        """One rendering a text; its text is `None` where the engine died on it twice."""
        found: list[Rendering] = []
        for first in range(0, len(texts), BATCH):
            found += self._batch([_prepared(text) for text in texts[first : first + BATCH]])
        return found

    def close(self) -> None:
        """End the processes."""
        self._pipe.close()

    def _batch(self, texts: Sequence[bytes]) -> list[Rendering]:
        try:
            return [_rendered(answer) for answer in self._pipe.exchange(texts)]
        except (OSError, EOFError):
            self._restart()
        if len(texts) > 1:
            return [rendering for text in texts for rendering in self._batch([text])]
        try:
            return [_rendered(answer) for answer in self._pipe.exchange(texts)]
        except (OSError, EOFError):
            self._restart()
            return [Rendering(None, ())]

    def _restart(self) -> None:
        self._pipe.close()
        self._pipe = Pipe(self._stages)


class Pipe:
    """The stages, each reading from the one before it."""

    def __init__(self, commands: Sequence[Sequence[str]]) -> None:
        self._stages: list[subprocess.Popen[bytes]] = []
        try:
            for command in commands:
                feed = self._stages[-1].stdout if self._stages else subprocess.PIPE
                self._stages.append(subprocess.Popen(command, stdin=feed, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0))
                if len(self._stages) > 1 and (before := self._stages[-2].stdout) is not None:
                    before.close()  # so that a stage that dies is noticed by the one before it
        except OSError as problem:
            self.close()
            raise BadInput(f"{command[0]} cannot be started ({problem.strerror}); install it: apt-get install apertium") from None

    def exchange(self, texts: Sequence[bytes]) -> list[bytes]:
        """The answers, in order. Raises `EOFError` or `OSError` when a stage dies or says nothing for twenty seconds."""
        entry, exit_ = self._stages[0].stdin, self._stages[-1].stdout
        if entry is None or exit_ is None:
            raise EOFError
        writer = Thread(target=_write, args=(entry, b"".join(text + END + b"\0" for text in texts)))
        writer.start()
        answer = bytearray()
        while answer.count(b"\0") < len(texts):
            ready, _, _ = select.select([exit_], [], [], PATIENCE_S)
            piece = exit_.read(1 << 16) if ready else b""
            if not piece:
                self.close()
                writer.join()
                raise EOFError
            answer += piece
        writer.join()
        answers = bytes(answer).split(b"\0")[: len(texts)]
        # The stages behind a dead one answer with nothing; a whole answer ends as its text did.
        if not all(each.endswith(END) for each in answers):
            raise EOFError
        return answers

    def close(self) -> None:
        """End every stage and wait for it."""
        for stage in self._stages:
            stage.kill()
        for stage in self._stages:
            stage.wait()
            for stream in (stage.stdin, stage.stdout):
                if stream is not None:
                    stream.close()


def _write(entry: IO[bytes], content: bytes) -> None:
    # A dead stage shows itself to the reader as the end of its answers.
    with suppress(OSError, ValueError):
        view = memoryview(content)
        while view:
            view = view[entry.write(view) :]


def stages(mode: Path) -> list[list[str]]:
    """The commands of a mode file, each told to flush at NUL; unknown words are to be marked, tagging is the usual."""
    line = mode.read_text("utf-8").strip().splitlines()[-1]
    commands = [shlex.split(stage.replace("$1", "-g").replace("$2", "")) for stage in line.split("|")]
    return [[command[0], "-z", *command[1:]] for command in commands]


def model_digests(commands: Sequence[Sequence[str]]) -> dict[str, str]:
    """SHA-256 of every data file the stages read, by file name."""
    paths = {Path(word) for command in commands for word in command[1:] if word.startswith("/")}
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(paths) if path.is_file()}


def _version() -> str:
    try:
        told = subprocess.run(["lt-proc", "--version"], capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    except OSError:
        raise BadInput("lt-proc cannot be started; install Apertium: apt-get install apertium apertium-eng-spa") from None
    return (told.stdout or told.stderr).strip().splitlines()[0] if told.stdout or told.stderr else "unknown"


def _prepared(text: str) -> bytes:
    plain = "".join(character if character.isprintable() else " " for character in text.replace("*", _LITERAL_STAR))
    return _SPECIAL.sub(r"\\\1", plain).encode("utf-8", "replace")


def _rendered(answer: bytes) -> Rendering:
    text = answer.decode("utf-8", "replace").removesuffix(END.decode())
    unknown = tuple(dict.fromkeys(match[1] for match in re.finditer(r"\*(\w[\w'’-]*)", text)))
    return Rendering(_ESCAPED.sub(r"\1", _UNKNOWN.sub("", text)).replace(_LITERAL_STAR, "*"), unknown)
