"""Whether a capital says that a word is a name, or only that a sentence begins there, or that it is English.

At the start of a Spanish sentence a word is no name where it is one that begins sentences; English gives capitals to days, months,
nations and titles too.
"""

import re
from dataclasses import dataclass
from functools import cache

from cathartes.language.dates import MONTH_NUMBER, WEEKDAY_NUMBER
from cathartes.language.lexicon import VERB_END, common_words, is_singular_verb, is_verb, nicknames, openers, persons, place_names
from cathartes.language.name_kinds import roles
from cathartes.language.numerals import WORDS
from cathartes.language.small_letters import ARTICLES

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_CAPITAL = re.compile(r"[A-ZÀ-ÖØ-Þ][^\W\d_]*(?:['’-][^\W\d_]+)*$")
_BEGINS = re.compile(r"(?:[.!?…:|/]\s+|[\"'“”‘’«¿¡(\[–—•*-]\s*|\d[.)]\s+)$")
_SHORTENED = re.compile(r"(?:[A-Z]|Sra?|Srta|Dra?|Lic|Ing|Gral|Cap|Cmdte|Tte|Mtro|Arq|Prof|Sta|Sto|Gpe|Fco|Mrs?|Ms|St|Lt|Sgt|Capt)\.\s+")
_OF_A_NAME = re.compile(r" (?:del?|de l(?:a|os|as)) (?=[A-ZÀ-ÖØ-Þ])")
_LETTERED = re.compile(r" [A-ZÀ-ÖØ-Þ]-?\d+(?!\w)")
_ACRONYM = re.compile(r"(?![IVXLC]+$)[A-ZÀ-ÖØ-Þ]{2,}$")
_TITLES = "Mr Mrs Ms Dr Judge President Prime Minister General Secretary Officer Director Professor Lord Sir Agent Chief Captain Sheriff"
_TITLE = frozenset(_TITLES.split())
_NATION = re.compile(r"(?:[A-Z][a-z]+(?:ans?|ese|ish)|French|German|Dutch|Greek|Swiss|Muslims?|Democrats?|Democratic|Republicans?|Labour)$")
_AT_A_TIME = re.compile(r"(?:on|in|since|until|till|by|last|next|this|every|each|from|to|before|after|late|early|mid|through)$")
_BEFORE_A_VERB = re.compile(r"(?:se|no|ya|me|te|les?|nos|lo|también|tampoco|nunca|siempre|todavía|aún)$")
_MODAL = re.compile(r"(?:Will|May|Can|Could|Would|Should|Might|Must)$")
_OF_A_SUBJECT = re.compile(
    r"(?:is|was|has|had|will|would|can|could|may|did|does|and|who|\w{3,}(?:ed|es|ts|ks|ls|ves|ns)|said|told|left|went|came)$"
)


@dataclass(frozen=True)
class Words:
    """The words of a text and what stands between them."""

    text: str
    words: tuple[re.Match[str], ...]

    def __getitem__(self, at: int) -> str:
        return self.words[at].group() if 0 <= at < len(self.words) else ""

    def before(self, at: int) -> str:
        """What stands between a word and the one before it, with that one's last letter."""
        return self.text[max(0, self.words[at - 1].end() - 1) if at else 0 : self.words[at].start()]

    def after(self, at: int) -> str:
        """What stands between a word and the next."""
        return self.text[self.words[at].end() : self.words[at + 1].start() if at + 1 < len(self.words) else len(self.text)]

    def begins(self, at: int) -> bool:
        """Whether a word is the first of a sentence, a field or a quotation, where any may have a capital."""
        if not at:
            return True
        is_shortened = _SHORTENED.fullmatch(self.text, self.words[at - 1].start(), self.words[at].start())
        return bool(_BEGINS.search(self.before(at))) and not is_shortened

    def is_capital(self, at: int) -> bool:
        """Whether a word of letters has a capital and follows the one before with no more than space between."""
        return bool(self[at]) and bool(_CAPITAL.match(self[at])) and self.after(at - 1).isspace()

    def is_name_like(self, at: int) -> bool:
        """Whether a word of letters has a capital."""
        return bool(_CAPITAL.match(self[at]))


def words_of_text(text: str, start: int = 0, end: int | None = None) -> Words:
    """The words between two places of a text."""
    return Words(text, tuple(_WORD.finditer(text, start, len(text) if end is None else end)))


def is_acronym(word: str) -> bool:
    """Whether a word is all capitals and no Roman numeral."""
    return bool(_ACRONYM.match(word))


def opens(words: Words, at: int, language: str) -> bool:
    """Whether a capital at the start of a sentence says nothing, since the word is one that begins sentences there."""
    return _opens_spanish(words, at) if language == "es" else _opens_english(words, at)


def _opens_spanish(words: Words, at: int) -> bool:
    """`opens` in Spanish."""
    word, after, then = words[at].lower(), words.after(at), words[at + 1].lower()
    if word in ARTICLES and (words.is_capital(at + 1) or _LETTERED.match(words.text, words.words[at].end())):
        return is_acronym(words[at + 1])
    if word in _counts():
        return not words.is_capital(at + 1) and not (then == "y" and words.is_capital(at + 2))
    if len(word) == 1 or (word in openers("es") and not (words.is_capital(at + 1) and word in _named())):
        return True
    if words.is_capital(at + 1) or _OF_A_NAME.match(words.text, words.words[at].end()):
        is_role = word not in _named() and (word.endswith("s") or (word in roles() and not words.is_capital(at + 1)))
        return is_role or is_verb(word) or word.endswith("mente")
    if not after.isspace():
        return after.startswith(":") and word not in _named() and not is_singular_verb(word)
    if is_singular_verb(then) or _BEFORE_A_VERB.match(then):
        return word.endswith("s") and not is_singular_verb(then) and word not in _named()
    if is_verb(word):
        return True
    return word not in _named() and (word in common_words("es") or bool(VERB_END.search(word)))


def _opens_english(words: Words, at: int) -> bool:
    """`opens` in English."""
    word, then = words[at], words[at + 1]
    if _MODAL.match(word) and words.is_capital(at + 1):
        return words.text.find("?", words.words[at].end()) >= 0
    if len(word) == 1 or (word.lower() in openers("en") and not (words.is_capital(at + 1) and word in persons())):
        return True
    is_listed = word in persons() or word in place_names()
    if words.is_capital(at + 1):
        return word.lower() in roles() or word.endswith(("ed", "ing", "ly"))
    return not (is_listed and (words.after(at).startswith(",") or (words.after(at).isspace() and _OF_A_SUBJECT.match(then))))


def is_english(words: Words, at: int, language: str) -> bool:
    """Whether English writes the word with a capital though it is no name, and an engine may translate it."""
    if language == "es":
        return False
    word, then = words[at], words[at + 1] if words.is_capital(at + 1) else ""
    is_named_on = bool(then) and then.lower() in common_words("en") and then not in persons() and not _is_usual(then)
    if word in ("I", "O", "Y", "A", "An", "The"):
        return not (word == "The" and then and not words.begins(at))
    if word in _TITLE:
        return not is_named_on
    if word.lower() in MONTH_NUMBER and (words[at + 1][:1].isdigit() or words[at - 1][:1].isdigit()):
        return False
    if word.lower() in WEEKDAY_NUMBER or word.lower().removesuffix("s") in WEEKDAY_NUMBER or word.lower() in MONTH_NUMBER:
        return not then or _is_usual(then) or bool(_AT_A_TIME.match(words[at - 1].lower()))
    return bool(_NATION.match(word)) and not is_named_on and not (words.is_capital(at) and words[at - 1] in persons() - {"The"})


def _is_usual(word: str) -> bool:
    """Whether English gives the word a capital of itself."""
    return word in _TITLE or bool(_NATION.match(word)) or word.lower() in WEEKDAY_NUMBER or word.lower() in MONTH_NUMBER


@cache
def _counts() -> frozenset[str]:
    """Numbers, days and months."""
    return frozenset((*WORDS, *WEEKDAY_NUMBER, *MONTH_NUMBER))


@cache
def _named() -> frozenset[str]:
    """Small letters of what people, places and hamlets are called by one word."""
    return frozenset(name.lower() for name in persons() | place_names()) | nicknames()
