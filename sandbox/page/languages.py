"""Discord's languages, each in its own words, those that the bot speaks first."""

_NAMES = """
en-US English
zh-CN 中文
bg български
cs Čeština
da Dansk
de Deutsch
el Ελληνικά
en-GB English (UK)
es-419 Español (LATAM)
es-ES Español
fi Suomi
fr Français
hi हिन्दी
hr Hrvatski
hu Magyar
id Bahasa Indonesia
it Italiano
ja 日本語
ko 한국어
lt Lietuviškai
nl Nederlands
no Norsk
pl Polski
pt-BR Português do Brasil
ro Română
ru Русский
sv-SE Svenska
th ไทย
tr Türkçe
uk Українська
vi Tiếng Việt
zh-TW 繁體中文
"""
LANGUAGES = [line.split(" ", 1) for line in _NAMES.strip().splitlines()]
