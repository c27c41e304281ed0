"""Whether a capital says that a word is a name, or only that a sentence begins there, or that it is English.

At the start of a Spanish sentence a word is no name where it is one that begins sentences; English gives capitals to days, months,
nations and titles too.
"""

import re
from dataclasses import dataclass
from functools import cache

from cathartes.language.calendar_words import DAYS_EN, MONTH_NUMBER, MONTHS_EN, WEEKDAY_NUMBER
from cathartes.language.lexicon import (
    VERB_END,
    common_words,
    english_verbs,
    is_listed_name,
    is_singular_verb,
    is_verb,
    names_an_office,
    nicknames,
    openers,
    persons,
    place_names,
)
from cathartes.language.name_kinds import roles
from cathartes.language.numerals import WORDS
from cathartes.language.small_letters import ARTICLES

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_CAPITAL = re.compile(r"[A-ZÀ-ÖØ-Þ][^\W\d_]*(?:['’-][^\W\d_]+)*$")
_BEGINS = re.compile(r"(?:[.!?…:|/]\s+|[\"'“”‘’«¿¡(\[–—•*-]\s*|\d[.)]\s+)$")
_CLOSED = re.compile(r",[\"”’']\s$")
"""The end of a quotation in whose sentence more follows."""

_CELL = re.compile(r"[A-ZÀ-ÖØ-Þ][\w'’-]*(?: [A-ZÀ-ÖØ-Þ][\w'’-]*)+ [-–—|](?: |$)")
_MARK_OF_CELLS = re.compile(r" [-–—|] $")

_SHORTENED = re.compile(
    r"(?:[A-Z]|Sra?|Srta|Dra?|Lic|Ing|Gral|Cap|Cmdte|Tte|Mtro|Arq|Prof|Sta|Sto|Gpe|Fco|Mrs?|Ms|St|Lt|Sgt|Capt|Lab"
    r"|cols?|avs?|fracc|carr|blvd|prol|esq|mpio|edo|pto|cd|lic|ing|gral|cap|tte|sgto|cbo|cmdte|dra?|sra?)\.\s+"
)
_OF_A_NAME = re.compile(r" (?:del?|de l(?:a|os|as)) (?=[A-ZÀ-ÖØ-Þ])")
OF_AN_ENGLISH_NAME = re.compile(r" (?:of|for|on)(?: the)? (?=[A-ZÀ-ÖØ-Þ])")
_LETTERED = re.compile(r" [A-ZÀ-ÖØ-Þ]-?\d+(?!\w)")
_ACRONYM = re.compile(r"(?![IVXLC]+$)[A-ZÀ-ÖØ-Þ]{2,}$")
_TITLES = "Mr Mrs Ms Dr Judge President Prime Minister General Secretary Officer Director Professor Lord Sir Agent Chief Captain Sheriff"
_PART_OF_DAY = re.compile(r"(?:morning|afternoon|evening|night)s?$")
_OF_NOUNS = "the a an his her their its our my of former vice prime as by with attorney"
_BEFORE_A_NOUN = frozenset(_OF_NOUNS.split())
_VERB = re.compile(r"(?:ed|said|told|says|works?|lives?)$")
_OF_ONE_SUBJECT = re.compile(r"(?:is|was|has|does|says|said|told)$")
_TITLE = frozenset(_TITLES.split())
_NATION = re.compile(r"(?:[A-Z][a-z]+(?:ans?|ese|ish)|French|German|Dutch|Greek|Swiss|Muslims?|Democrats?|Democratic|Republicans?|Labour)$")
_SHORT_MONTHS = frozenset((*(month[:3] for month in MONTHS_EN), "sept"))
_AT_A_TIME = re.compile(r"(?:on|in|since|until|till|by|last|next|this|every|each|from|to|before|after|late|early|mid|through)$")
_BEFORE_A_VERB = re.compile(r"(?:se|no|ya|me|te|les?|nos|lo|también|tampoco|nunca|siempre|todavía|aún)$")
_OF_A_SUBJECT = re.compile(
    r"(?:is|was|has|had|will|would|can|could|may|did|does|and|who|\w{2,}(?:ed|es|ts|ks|ls|ves|ns)|said|told|left|went|came)$"
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
        return bool(_BEGINS.search(self.before(at))) and not is_shortened and not _CLOSED.search(self.before(at))

    def is_capital(self, at: int) -> bool:
        """Whether a word of letters has a capital and follows the one before with no more than space between."""
        return bool(self[at]) and bool(_CAPITAL.match(self[at])) and self.after(at - 1).isspace()

    def fills_cell(self, at: int) -> bool:
        """Whether a word begins a cell between dashes or bars that holds only words with a capital, and several: "- Show Low -"."""
        start = self.words[at].start()
        return bool(
            self.is_capital(at + 1) and _CELL.match(self.text, start) and _MARK_OF_CELLS.search(self.text, max(0, start - 3), start)
        )

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
        return after.isspace() and not words.is_capital(at + 1) and not (then == "y" and words.is_capital(at + 2))
    if len(word) == 1 or (word in openers("es") and not (words.is_capital(at + 1) and word in _named())):
        return True
    if not at and len(words.words) > 1 and all(words.is_capital(each) for each in range(1, len(words.words))):
        return False  # a cell that holds "Ojos Azules"
    if words.is_capital(at + 1) or _OF_A_NAME.match(words.text, words.words[at].end()):
        is_role = word not in _named() and (word.endswith("s") or (word in roles() and not words.is_capital(at + 1)))
        return is_role or is_verb(word) or word.endswith("mente")
    if then in ("y", "e") and words.is_capital(at + 2) and not word.endswith("s") and not is_verb(word):
        return False  # "Cloro y Derivados del Nazas"
    if not after.isspace():
        is_label = after.startswith(":") and not words[at + 1][:1].islower()  # "Nube: ya llegamos" is who speaks
        return is_label and word not in _named() and not is_singular_verb(word)
    if is_singular_verb(then) or _BEFORE_A_VERB.match(then):
        return word.endswith("s") and not is_singular_verb(then) and word not in _named()
    if is_verb(word):
        return True
    return word not in _named() and (word in common_words("es") or bool(VERB_END.search(word)))


def _opens_english(words: Words, at: int) -> bool:
    """`opens` in English."""
    word, then, after = words[at], words[at + 1], words.after(at)
    if (word in ("Will", "May") and words.is_capital(at + 1)) or (word == "Why" and not after.isspace() and "?" not in words.text):
        return False
    if words.fills_cell(at):
        return False
    if len(word) == 1 or (word.lower() in openers("en") and not (words.is_capital(at + 1) and word in persons())):
        return True
    if names_an_office(word) and OF_AN_ENGLISH_NAME.match(words.text, words.words[at].end()):
        return False  # "Center for Border Studies"
    is_listed = word in persons() or word in place_names()
    if words.is_capital(at + 1):
        return word.lower() in roles() or (len(word) > 4 and word.endswith(("ed", "ly")))
    if not after.isspace():
        return word.endswith("ly") or (after.startswith(":") and not is_listed and not then[:1].islower())
    if then in ("and", "or") and words.is_capital(at + 2):
        joined = words[at + 2].lower()
        return not is_listed and common_words("en").isdisjoint((joined, joined.removesuffix("s")))
    is_told_of_one = _OF_ONE_SUBJECT.match(then) and word.lower() not in roles() and not (then == "said" and word.endswith("s"))
    return not (is_listed and (_OF_A_SUBJECT.match(then) or then not in common_words("en"))) and not is_told_of_one


def is_english(words: Words, at: int, language: str) -> bool:
    """Whether English writes the word with a capital though it is no name, as its neighbours show, and an engine may translate it."""
    if language == "es":
        return False
    word, before, then = words[at], words[at - 1] if at else "", words[at + 1] if words.is_capital(at + 1) else ""
    if word in ("I", "An") or (len(word) == 1 and words.begins(at)):
        return True
    if word == "The":
        is_known = then.lower() in roles() or is_listed_name(then) or names_an_office(then or word) or _is_usual(then) or is_acronym(then)
        is_known &= not words.after(at + 1).startswith(":")
        is_called = not is_known and not words.is_capital(at + 2) and not then.endswith("s")  # "The Accountant owes"
        return not (then and (not words.begins(at) or is_called or (_is_of_time(then) and words.is_capital(at + 2))))
    if word in _TITLE:
        is_told = _is_usual(then) or (then in persons() and word != "General") or before.lower() in _BEFORE_A_NOUN or _is_usual(before)
        return is_told and not _is_named_on(then)
    if word.lower() in MONTH_NUMBER and (words[at + 1][:1].isdigit() or before[:1].isdigit()):
        return False
    if _is_of_time(word):
        is_plain = word.lower() in MONTH_NUMBER and word not in persons() and _is_before_noun(words, at)
        return _is_usual(then) if then else is_plain or bool(_AT_A_TIME.match(before.lower()) or _PART_OF_DAY.match(words[at + 1]))
    return bool(_NATION.match(word)) and not (words.is_capital(at) and before in persons() - {"The"}) and _is_of_a_nation(words, at)


def _is_named_on(word: str) -> bool:
    """Whether a word goes on with a name that a common word began: "General Motors"."""
    return word.lower() in common_words("en") and word not in persons() and not _is_usual(word)


def _is_of_a_nation(words: Words, at: int) -> bool:
    """Whether a word tells a nation: in the plural, before what is of it, or behind an article or a preposition."""
    if words.is_capital(at + 1):
        return _is_usual(words[at + 1])
    before = words[at - 1].lower() if at else ""
    is_adjective = _is_before_noun(words, at) and before not in roles()
    return words[at].endswith(("ans", "ims", "ats")) or is_adjective or before in ("the", "an", "in")


def _is_before_noun(words: Words, at: int) -> bool:
    """Whether a word in small letters follows that is none of grammar and looks like no verb."""
    then = words[at + 1]
    return words.after(at) == " " and then.islower() and not _VERB.search(then) and then not in openers("en") | english_verbs()


def _is_of_time(word: str) -> bool:
    """Whether a word is an English day or month; Spanish ones have no capital but in names ("Domingo Mayo")."""
    plain = word.lower()
    return plain.removesuffix("s") in DAYS_EN or plain in MONTHS_EN or (len(plain) < 5 and plain in _SHORT_MONTHS)


def _is_usual(word: str) -> bool:
    """Whether English gives the word a capital of itself."""
    return word in _TITLE or bool(_NATION.match(word)) or _is_of_time(word)


@cache
def _counts() -> frozenset[str]:
    """Numbers, days and months."""
    return frozenset((*WORDS, *WEEKDAY_NUMBER, *MONTH_NUMBER))


@cache
def _named() -> frozenset[str]:
    """Small letters of what people, places and hamlets are called by one word."""
    return frozenset(name.lower() for name in persons() | place_names()) | nicknames()
