"""Checks of the providers: whether a key is there, is known, and leads to the model; without drawing anything."""

from functools import partial

from bot.app import load_catalogue
from bot.config import PROVIDERS, Settings, key_field
from bot.config.survey import Survey
from bot.doctor.check import Check, Finding, Skipped, fail, fine, warn
from bot.seedream import errors
from bot.seedream.catalogue import Catalogue, CatalogueError
from bot.seedream.errors import SeedreamError
from bot.seedream.knock import Heard, ask_for_model, knock
from bot.seedream.providers import PROVIDERS as KINDS
from bot.seedream.providers.base import Provider
from bot.seedream.transport import Transport

KEYS = {name: key_field(name).upper() for name in PROVIDERS}
_UNKNOWABLE = "could not be checked without spending"
_SILENT = ("gateway",)  # whose errors nobody documents: what an order for a model comes to there is not known
_NOT_FOUND = 404
_ENDPOINTS = ("ark", "byteplus")  # which know ids like ep-…


class AtProviders:
    """Asks each provider that has a key, in a way of which nothing can come."""

    def __init__(self, survey: Survey, transport: Transport) -> None:
        self._survey = survey
        self._transport = transport

    def checks(self) -> list[Check]:
        """All of them."""
        return [
            Check("providers", "Providers", self.configured),
            *(Check(f"provider:{name}", f"Key of {name}", partial(self.key, name)) for name in self._named()),
            Check("model", "Default model", self.model),
            Check("model-live", "The model there", self.reachable),
        ]

    def _named(self) -> list[str]:
        """Those that have a key, and those whose key or address cannot be used."""
        route = self._survey.settings.route
        return [name for name in PROVIDERS if name in route or self._trouble(name)]

    def _trouble(self, name: str) -> str:
        for setting in (KEYS[name], f"{name.upper()}_BASE_URL"):
            if self._survey.problem(setting):
                return setting
        return ""

    async def configured(self) -> Finding:
        """Whether there is any."""
        route = self._survey.settings.route
        if not route:
            fix = f"set one of {', '.join(KEYS.values())}; docs/providers.md compares them"
            return fail("no provider has a key", fix)
        return fine(f"asked in this order: {', '.join(route)}")

    async def key(self, name: str) -> Finding:
        """Whether the provider knows the key."""
        if setting := self._trouble(name):
            raise Skipped(f"{setting} cannot be used")
        try:
            provider = made(name, self._survey.settings, self._catalogue())
            heard = await knock(provider, self._transport)
        except SeedreamError as error:
            return _unheard(error, name)
        return judged(heard, provider)

    async def model(self) -> Finding:
        """Whether the catalogue has it, and a provider with a key offers it."""
        try:
            catalogue = load_catalogue(self._survey.settings)
        except CatalogueError as error:
            return fail(str(error), "correct catalogue.toml in DATA_DIR")
        name, route = self._survey.settings.default_model, self._survey.settings.route
        known = catalogue.resolve(name)
        if known is None:
            if name.startswith("ep-") and (not route or set(route) & set(_ENDPOINTS)):
                return fine(f"{name}, an endpoint of your own")
            return warn(f"{name} is not in the catalogue, so nothing is checked", "see `seedream-bot models` for names")
        offering = [provider for provider in PROVIDERS if catalogue.model_id(name, provider)]
        if route and not set(route) & set(offering):
            fix = f"choose another DEFAULT_MODEL (`seedream-bot models`), or add a key of {', '.join(offering)}"
            return fail(f"{known.title} is offered by none of your providers", fix)
        if known.status == "legacy":
            return warn(f"{known.title} is being retired by its maker", "choose a newer one: `seedream-bot models`")
        return fine(", ".join([known.title, *(f"at {provider}" for provider in route if provider in offering)]))

    async def reachable(self) -> Finding:
        """Whether a provider lets this account have the model."""
        settings, catalogue = self._survey.settings, self._catalogue()
        model = settings.default_model
        offering = [name for name in settings.route if catalogue.model_id(model, name) and not self._trouble(name)]
        if not offering:
            raise Skipped("no provider with a key offers it")
        name = offering[0]
        if name in _SILENT:
            raise Skipped(f"at {name} it {_UNKNOWABLE}")
        provider = made(name, settings, catalogue)
        try:
            heard = await ask_for_model(provider, self._transport, catalogue.model_id(model, name) or model)
        except SeedreamError:
            raise Skipped(f"{name} has not answered") from None
        return judged_model(heard, provider)

    def _catalogue(self) -> Catalogue:
        try:
            return load_catalogue(self._survey.settings)
        except CatalogueError:
            raise Skipped("the catalogue cannot be read") from None


def made(name: str, settings: Settings, catalogue: Catalogue) -> Provider:
    """A provider as the settings have it."""
    return KINDS[name](settings.key(name), settings.base_url(name), catalogue=catalogue)


def judged(heard: Heard, provider: Provider) -> Finding:
    """What the answer to a question of which nothing can come says of the key."""
    key, address = KEYS[provider.name], f"{provider.name.upper()}_BASE_URL"
    match heard.error:
        case errors.BadKey():
            return fail("the key is not accepted", f"copy it anew from the provider's console into {key}")
        case errors.OutOfCredit():
            return fail("the key is known, but the balance or quota is used up", "top it up in the provider's console")
        case errors.NoAccess():
            return fail("the account may not use this", "activate the service in the provider's console")
        case errors.RateLimited():
            return warn("the key is known, but there is too much to do at the moment", "try again in a minute")
        case errors.BadReply():
            return fail("what answers there is not this provider", f"look at {address}")
        case _ if _understood(heard, provider):
            return fine("the key is known; nothing was ordered")
        case _ if heard.status == _NOT_FOUND:
            return fail("there is no such interface at this address", f"look at {address}")
    return warn(f"{_UNKNOWABLE} (answer {heard.status})", f"look at {address}; a first picture will tell")


def _understood(heard: Heard, provider: Provider) -> bool:
    """Whether the answer is about what was wrong with the question, at which nobody looks without a good key."""
    if provider.tasks:
        return heard.error is not None and heard.error.code == "not_found"  # the task; a wrong address is "no_api"
    return heard.status != _NOT_FOUND and isinstance(heard.error, errors.BadRequest | errors.ModelUnavailable)


def judged_model(heard: Heard, provider: Provider) -> Finding:
    """What the answer to an order without a prompt says of the model."""
    match heard.error:
        case errors.ModelUnavailable():
            return _unknown(provider)
        case errors.BadKey():
            raise Skipped("the key is not accepted")
        case errors.BadRequest() if "model is invalid" in str(heard.error):  # as AceData says it
            return _unknown(provider)
        case errors.BadRequest():
            return fine(f"{provider.name} knows it; nothing was ordered")
    raise Skipped(f"at {provider.name} it {_UNKNOWABLE}")


def _unknown(provider: Provider) -> Finding:
    fix = "activate it in the provider's console, or choose another DEFAULT_MODEL (`seedream-bot models`)"
    return fail(f"{provider.name} does not let this account have it", fix)


def _unheard(error: SeedreamError, name: str) -> Finding:
    said = str(error.args[0])
    if isinstance(error, errors.BadKey):
        return fail(said, f"copy it anew into {KEYS[name]}")
    return fail(said, f"look at the network and {name.upper()}_BASE_URL")
