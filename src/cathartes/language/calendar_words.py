"""The words of dates, Spanish and English: months, days, ordinals, and the regular expressions of a day, a month and a year.

What is made of them is in `language.dates`.
"""

MONTHS_ES = ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"]
MONTHS_EN = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"]
DAYS_ES = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"]
DAYS_EN = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
MONTH_NUMBER = {
    **{month[:length]: number for number, month in enumerate(MONTHS_EN, 1) for length in (3, len(month))},
    **{month[:length]: number for number, month in enumerate(MONTHS_ES, 1) for length in (3, len(month))},
    "setiembre": 9, "sept": 9, "set": 9,
}  # fmt: skip
WEEKDAY_NUMBER = {
    **{day: number for number, day in enumerate(DAYS_ES)},
    **{day: number for number, day in enumerate(DAYS_EN)},
    "miercoles": 2, "sabado": 5,
}  # fmt: skip
ROMAN = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"]
ORDINALS_EN = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth "
    "seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth "
    "twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first"
)
ORDINALS = {
    "primero": 1, "1ro": 1, "1o": 1, "1º": 1, "1°": 1, "1ero": 1, "1er": 1,
    **{word: number for number, word in enumerate(ORDINALS_EN.split(), 1)},
}  # fmt: skip
UNIT_DAYS = {"día": 1, "dia": 1, "day": 1, "semana": 7, "week": 7}

MONTHS = "|".join(sorted(MONTH_NUMBER, key=len, reverse=True))
MONTH = rf"(?P<month>{MONTHS})\.?"
WEEKDAY = "|".join(sorted(WEEKDAY_NUMBER, key=len, reverse=True))
ON = rf"(?:(?:{WEEKDAY}|(?:lun|mar|mi[ée]|jue|vie|s[áa]b|dom|mon|tue|wed|thu|fri|sat|sun)\b\.?),?\s+(?:día\s+)?)?"
DAY = (
    r"(?P<day>primero|1o\.?|1er\.?|1e?ro\.?|1[º°]\.?|\d{1,2}(?:st|nd|rd|th)?|(?:treinta|veinti|dieci|uno|"
    r"dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|"
    rf"veinte)(?:[a-zéó]*)(?:\s+y\s+uno)?|(?:{'|'.join(reversed(ORDINALS_EN.split()))}))"
)
SPELLED_YEAR = r"(?:dos\s+mil|mil\s+novecientos)(?:\s+(?:[a-zéó]+)(?:\s+y\s+(?:un[oa]?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve))?)?"
YEAR = rf"(?P<year>[12]\d{{3}}(?!\s?(?:h|hrs|horas|hours)\b)|'\d\d|{SPELLED_YEAR})"
BACK = r"(?:pr[óo]ximo\s+)?pasad[oa]|[úu]ltim[oa]|anterior|last|past"
AHEAD = r"pr[óo]xim[oa]|siguiente|entrante|q(?:ue)?\s+(?:viene|entra)|next|coming"
THIS = (
    r"(?P<this>(?:de(?:l)?\s+)?(?:presente\s+año|este\s+año|año\s+en\s+curso|actual|año\s+pasado)|(?:of\s+)?(?:this|last)\s+year|"
    rf"{BACK}|{AHEAD})"
)

NAMED_DAYS = {
    "hoy": 0, "today": 0, "tonight": 0, "esta noche": 0, "esta mañana": 0, "esta tarde": 0, "esta madrugada": 0,
    "this morning": 0, "this afternoon": 0, "this evening": 0, "el día de hoy": 0, "el día de la fecha": 0,
    "ayer": -1, "yesterday": -1, "anoche": -1, "last night": -1, "el día de ayer": -1,
    "antier": -2, "anteayer": -2, "antiayer": -2, "antiyer": -2, "antes de ayer": -2, "antenoche": -2, "the day before yesterday": -2,
    "mañana": 1, "tomorrow": 1, "pasado mañana": 2, "the day after tomorrow": 2,
}  # fmt: skip
