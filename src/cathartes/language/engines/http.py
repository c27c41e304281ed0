"""A site's own translation server that speaks LibreTranslate's protocol (POST /translate), reached by its address.

Nothing is sent anywhere unless the user names the address. The server sees texts with tokens in place of facts.
"""

import json
import urllib.request
from collections.abc import Sequence

from cathartes.errors import BadInput
from cathartes.model import Engine
from cathartes.plugins import Rendering

PATIENCE_S = 60.0
BATCH = 32


class HttpTranslator:
    """Plug-in name `http`; `model` is the server's address, such as `http://127.0.0.1:5000`."""

    def open(self, source: str, target: str, model: str | None) -> "HttpEngine":
        """The server, after it answered once. Raises `BadInput` where no address is given or nothing answers."""
        if not model or not model.startswith(("http://", "https://")):
            raise BadInput("the http engine needs the server's address: --model http://127.0.0.1:5000")
        engine = HttpEngine(model.rstrip("/"), source, target)
        engine.ask(["ok"])
        return engine


class HttpEngine:
    """One direction of one server."""

    def __init__(self, address: str, source: str, target: str) -> None:
        self._address, self._languages = address, (source, target)
        self.engine = Engine(f"http {address}", "unstated by the server")

    def translate(self, texts: Sequence[str]) -> list[Rendering]:
        """One rendering a text; its text is `None` where the server failed on it."""
        found: list[Rendering] = []
        for first in range(0, len(texts), BATCH):
            batch = texts[first : first + BATCH]
            try:
                found += [Rendering(text) for text in self.ask(batch)]
            except BadInput:
                found += [Rendering(None) for _ in batch]
        return found

    def ask(self, texts: Sequence[str]) -> list[str]:
        """The server's answers. Raises `BadInput` where it does not give one for each text."""
        source, target = self._languages
        body = json.dumps({"q": list(texts), "source": source, "target": target, "format": "text"}).encode()
        request = urllib.request.Request(f"{self._address}/translate", body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                told = json.load(answer).get("translatedText")
        except (OSError, ValueError, AttributeError) as problem:
            raise BadInput(f"the translation server at {self._address} does not answer as LibreTranslate does: {problem}") from None
        if not isinstance(told, list) or len(told) != len(texts) or not all(isinstance(text, str) for text in told):
            raise BadInput(f"the translation server at {self._address} gave no translation for each of {len(texts)} texts")
        return told

    def close(self) -> None:
        """Nothing is held open between requests."""
