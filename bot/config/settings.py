"""Every setting of the bot in one model, read from the environment and .env, with all mistakes told at once."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BeforeValidator, Field, PrivateAttr, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.config import credentials, values
from bot.config.given import Given, Problem, collect
from bot.config.values import BadValue, Shards

T = TypeVar("T")

PROVIDERS = ("cometapi", "ark", "byteplus", "acedata", "gateway")
_PATHS = {
    "cometapi": "v1/images/generations",
    "ark": "api/v3/images/generations",
    "byteplus": "api/v3/images/generations",
    "acedata": "seedream/images",
    "gateway": "v1/images/generations",
}


def _setting(
    default: T, section: str, meaning: str, example: str = "", *, ge: int | None = None, le: int | None = None
) -> T:
    """One line of the model: its default and limits, and what a person is told about it."""
    about = {"section": section}
    field: T = Field(default, description=meaning, examples=[example], json_schema_extra={**about}, ge=ge, le=le)
    return field


def _secret(check: Callable[[str], str]) -> BeforeValidator:
    def validate(value: object) -> object:
        plain = value.get_secret_value() if isinstance(value, SecretStr) else value
        return SecretStr(check(plain)) if isinstance(plain, str) else plain

    return BeforeValidator(validate)


def _text(read: Callable[[str], object]) -> BeforeValidator:
    return BeforeValidator(lambda value: read(value) if isinstance(value, str) and value else value)


DiscordToken = Annotated[SecretStr | None, _secret(credentials.discord_token)]
ApiKey = Annotated[SecretStr | None, _secret(credentials.api_key)]
DataKey = Annotated[SecretStr | None, _secret(credentials.data_key)]
DatabaseUrl = Annotated[SecretStr | None, _secret(credentials.database_url)]
Address = Annotated[str, _text(values.address)]
Socket = Annotated[str, _text(lambda text: values.address(text, ("wss", "ws")))]
Hosts = Annotated[tuple[str, ...], _text(values.hosts)]
Addresses = Annotated[tuple[str, ...], _text(values.addresses)]
Route = Annotated[tuple[str, ...], _text(lambda text: values.choices(text, PROVIDERS))]
Level = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], _text(lambda text: text.strip().upper())]
Format = Annotated[Literal["text", "json"], _text(lambda text: text.strip().lower())]


class Settings(BaseSettings):
    """All settings, checked. `load` makes it; secrets show neither in `str` nor in `repr`."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
    _warnings: tuple[str, ...] = PrivateAttr(())

    # First, because the check of the base URLs asks for it.
    outbound_allow: Addresses = _setting(
        (),
        "Network",
        "IP addresses and networks, with or without a port, that the bot may fetch from besides public ones",
        "127.0.0.1:8080,192.168.1.0/24",
    )

    discord_token: DiscordToken = _setting(
        None,
        "Discord",
        "The bot's token: Bot page of https://discord.com/developers/applications",
        "MTIzNDU2….G1x2y3.…",
    )
    shards: Annotated[Shards | None, _text(values.shards)] = _setting(
        None, "Discord", "The shards of this process and how many there are in all; empty: all of them", "0-3/16"
    )
    discord_api_base: Address = _setting(
        "https://discord.com/api/v10",
        "Discord",
        "Where Discord's REST API is (for tests and proxies)",
        "http://127.0.0.1:8080/api/v10",
    )
    discord_gateway_url: Socket = _setting(
        "", "Discord", "Where Discord's gateway is (for tests and proxies); empty: Discord tells", "ws://127.0.0.1:8081"
    )
    refused_pause_seconds: int = _setting(
        300,
        "Discord",
        "How long a bot that Discord refuses (wrong token) waits before it ends, so that a supervisor that starts it "
        "again does not knock at Discord's door all the time; at a terminal it ends at once",
        "0",
        ge=0,
        le=86400,
    )
    discord_cdn_hosts: Hosts = _setting(
        (
            "cdn.discordapp.com",
            "media.discordapp.net",
            "images-ext-1.discordapp.net",  # the pictures of links, by way of Discord's proxy
            "images-ext-2.discordapp.net",
        ),
        "Discord",
        "Hosts whose links count as Discord's own pictures, with commas between them",
        "cdn.discordapp.com,media.discordapp.net",
    )

    cometapi_key: ApiKey = _setting(None, "Providers", "Key of CometAPI", "sk-…")
    cometapi_base_url: str = _setting(
        "https://api.cometapi.com", "Providers", "Address of CometAPI", "https://api.cometapi.com"
    )
    ark_api_key: ApiKey = _setting(None, "Providers", "Key of VolcEngine Ark (China)", "01234567-89ab-…")
    ark_base_url: str = _setting(
        "https://ark.cn-beijing.volces.com",
        "Providers",
        "Address of VolcEngine Ark",
        "https://ark.cn-beijing.volces.com",
    )
    byteplus_api_key: ApiKey = _setting(None, "Providers", "Key of BytePlus ModelArk", "01234567-89ab-…")
    byteplus_base_url: str = _setting(
        "https://ark.ap-southeast.bytepluses.com",
        "Providers",
        "Address of BytePlus ModelArk: Asia Pacific, or the one of the European Union",
        "https://ark.eu-west.bytepluses.com",
    )
    acedata_api_key: ApiKey = _setting(None, "Providers", "Key of AceData Cloud", "0123456789abcdef…")
    acedata_base_url: str = _setting(
        "https://api.acedata.cloud", "Providers", "Address of AceData Cloud", "https://api.acedata.cloud"
    )
    gateway_api_key: ApiKey = _setting(
        None, "Providers", "Key of an OpenAI-compatible gateway (one-api, new-api)", "sk-…"
    )
    gateway_base_url: str = _setting(
        "",
        "Providers",
        "Address of that gateway, without /v1; needed with its key",
        "https://gateway.example",
    )

    providers: Route = _setting(
        (),
        "Providers",
        "The order in which providers are tried; empty: every one that has a key, in the order of this page",
        "byteplus,cometapi",
    )
    default_model: str = _setting(
        "seedream-4.5", "Providers", "The model when nobody names one; `ep-…` ids are fine", "seedream-5.0-pro"
    )
    ambiguous_retries: int = _setting(
        0,
        "Providers",
        "How often a call is repeated that may already have been drawn and billed",
        "1",
        ge=0,
        le=1,
    )

    database_url: DatabaseUrl = _setting(
        None,
        "Storage",
        "A PostgreSQL database for several processes; empty: SQLite in DATA_DIR",
        "postgresql://seedream:…@localhost/seedream",
    )
    data_dir: Annotated[Path, BeforeValidator(lambda value: values.folder(str(value)))] = _setting(
        Path("data"), "Storage", "The folder of everything the bot keeps; its catalogue.toml adds models", "/data"
    )

    data_key: DataKey = _setting(
        None,
        "Storage",
        "Seals prompts and interaction tokens in the database; of several, with commas between them, the first one is "
        "used and the others only open what is there (`openssl rand -base64 32` makes one)",
        "pX3v…=",
    )

    http_host: str = _setting("127.0.0.1", "HTTP", "The address that health and metrics listen on", "0.0.0.0")  # noqa: S104 - an example
    http_port: int = _setting(0, "HTTP", "Their port; 0: off", "8080", ge=0, le=65535)
    public_url: Address = _setting(
        "", "HTTP", "Where providers reach this bot for callbacks; empty: none", "https://bot.example"
    )

    user_images_per_hour: int = _setting(30, "Limits", "Images per user and hour; 0: no limit", "20", ge=0, le=10**6)
    user_images_per_day: int = _setting(100, "Limits", "Images per user and day; 0: no limit", "60", ge=0, le=10**6)
    user_images_per_month: int = _setting(0, "Limits", "Images per user and month; 0: no limit", "1000", ge=0, le=10**7)
    user_jobs_at_once: int = _setting(
        3, "Limits", "Jobs of one user that are drawn at the same time, more wait; 0: no limit", "2", ge=0, le=1000
    )
    user_jobs_waiting: int = _setting(20, "Limits", "Jobs of one user that may wait; 0: no limit", "5", ge=0, le=10**4)
    user_cooldown_seconds: int = _setting(0, "Limits", "Pause between two jobs of one user", "10", ge=0, le=86400)
    server_images_per_day: int = _setting(0, "Limits", "Images per server and day; 0: no limit", "500", ge=0, le=10**7)
    server_images_per_month: int = _setting(
        0, "Limits", "Images per server and month; 0: no limit", "10000", ge=0, le=10**7
    )
    server_jobs_at_once: int = _setting(
        0, "Limits", "Jobs of one server that are drawn at the same time; 0: no limit", "10", ge=0, le=1000
    )
    budget_usd_per_day: Decimal = _setting(
        Decimal(0), "Limits", "Money per server and day, in US dollars; 0: no limit", "5.00", ge=0, le=10**7
    )
    budget_usd_per_month: Decimal = _setting(
        Decimal(0), "Limits", "Money per server and month, in US dollars; 0: no limit", "100", ge=0, le=10**8
    )
    total_images_per_day: int = _setting(
        0, "Limits", "Images of everybody together per day; 0: no limit", "5000", ge=0, le=10**8
    )
    total_budget_usd_per_day: Decimal = _setting(
        Decimal(0), "Limits", "Money of everybody together per day, in US dollars; 0: no limit", "20", ge=0, le=10**7
    )
    total_budget_usd_per_month: Decimal = _setting(
        Decimal(0), "Limits", "Money of everybody together per month, in US dollars; 0: no limit", "300", ge=0, le=10**8
    )
    cny_per_usd: Decimal = _setting(
        Decimal("7.0"), "Limits", "Yuan per US dollar, to count Ark's prices against budgets", "7.2", ge=1, le=100
    )

    parallel_jobs: int = _setting(
        4, "Worker", "Jobs that one process works on at once; several processes add up", "8", ge=1, le=500
    )
    provider_jobs_at_once: int = _setting(
        0, "Worker", "Jobs of all processes at one provider at the same time; 0: no limit", "10", ge=0, le=1000
    )
    images_per_minute: int = _setting(
        0,
        "Worker",
        "Images per minute that each provider allows, over all processes; 0: no limit",
        "60",
        ge=0,
        le=10**5,
    )
    queue_limit: int = _setting(
        10_000, "Worker", "Jobs that may wait in all; further ones are refused; 0: no limit", "500", ge=0, le=10**6
    )
    lease_seconds: int = _setting(
        60, "Worker", "After how many seconds a silent worker's job goes to another", "120", ge=10, le=3600
    )
    stop_grace_seconds: int = _setting(
        8,
        "Worker",
        "How long running jobs may finish after a stop signal (Docker kills after 10 seconds, unless told otherwise); "
        "what does not is continued by the next start",
        "60",
        ge=0,
        le=3600,
    )
    keep_days: int = _setting(
        90,
        "Storage",
        "How many days finished jobs are kept, with the pictures they began with; 0: for ever",
        "30",
        ge=0,
        le=10**4,
    )

    audit_keep_days: int = _setting(
        365,
        "Storage",
        "How many days the audit log of moderators and the reports of members are kept; 0: for ever",
        "90",
        ge=0,
        le=10**4,
    )
    left_server_days: int = _setting(
        7,
        "Storage",
        "How many days after the bot was removed from a server everything of that server is forgotten",
        "30",
        ge=0,
        le=10**4,
    )

    log_level: Level = _setting("INFO", "Logs", "DEBUG, INFO, WARNING, ERROR or CRITICAL", "WARNING")
    log_format: Format = _setting("text", "Logs", "text for people, json for machines", "json")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `load` hands over: it reads environment and .env with better words for mistakes."""
        return (init_settings,)

    @field_validator(*(f"{name}_base_url" for name in PROVIDERS))
    @classmethod
    def _check_base_url(cls, text: str, info: ValidationInfo) -> str:
        name = str(info.field_name).removesuffix("_base_url")
        if text.strip():
            return values.base_url(text, _PATHS[name], info.data.get("outbound_allow", ()))
        if info.data.get(key_field(name)) is not None:
            raise BadValue("is missing, though its key is given", "name the gateway's address, without /v1")
        return ""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is probably not meant, though the bot can live with it."""
        return self._warnings

    @property
    def route(self) -> tuple[str, ...]:
        """The providers that have a key, in the order to be tried."""
        return tuple(name for name in self.providers or PROVIDERS if self.key(name))

    def key(self, provider: str) -> str:
        """A provider's key in the clear, for its Authorization header only; empty when there is none."""
        secret = getattr(self, key_field(provider))
        return secret.get_secret_value() if isinstance(secret, SecretStr) else ""

    def base_url(self, provider: str) -> str:
        """A provider's address."""
        return str(getattr(self, f"{provider}_base_url"))

    def secrets(self) -> tuple[str, ...]:
        """Everything that must never be seen, for the log's redactor."""
        given = (getattr(self, name) for name in SECRETS)
        whole = tuple(secret.get_secret_value() for secret in given if isinstance(secret, SecretStr))
        return (*whole, *self.data_keys)

    @property
    def data_keys(self) -> tuple[str, ...]:
        """The keys of the database, in the clear: the first closes, all open."""
        return tuple(self.data_key.get_secret_value().split(",")) if self.data_key else ()


def key_field(provider: str) -> str:
    """The setting that holds a provider's key: its name was fixed with CometAPI first, the others followed Ark."""
    return "cometapi_key" if provider == "cometapi" else f"{provider}_api_key"


SECRETS = ("discord_token", *(key_field(name) for name in PROVIDERS), "database_url", "data_key")


class SettingsError(Exception):
    """Everything that is wrong with the settings, at once; no value of a secret is in it."""

    def __init__(self, problems: Sequence[Problem], warnings: Sequence[str] = ()) -> None:
        super().__init__(f"{len(problems)} problems in the settings")
        self.problems = tuple(problems)
        self.warnings = tuple(warnings)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


def load(env_file: Path | None, environ: Mapping[str, str]) -> Settings:
    """Read .env and environment (which wins); raises SettingsError with all problems."""
    names = {name.upper(): name for name in Settings.model_fields}
    given = collect(env_file, environ, names, [name.upper() for name in SECRETS])
    settings, wrong = checked({names[name]: text for name, text in given.texts.items()}, given)
    problems = [*given.errors, *wrong]
    if settings is None or problems:
        raise SettingsError(problems, given.warnings)
    unused = [name for name in settings.providers if not settings.key(name)]
    given.warnings.extend(f"PROVIDERS names {name}, but {key_field(name).upper()} is not set" for name in unused)
    if settings.public_url and not settings.http_port and not settings.database_url:
        given.warnings.append("PUBLIC_URL is set, but HTTP_PORT is not: nobody would hear a callback")
    settings._warnings = tuple(given.warnings)
    return settings


def checked(texts: Mapping[str, str], given: Given) -> tuple[Settings | None, list[Problem]]:
    """The settings that these texts make, or what is wrong with them."""
    try:
        return Settings.model_validate(texts), []
    except ValidationError as error:
        return None, [_problem(detail, given) for detail in error.errors()]


_SAID = {
    "int_parsing": "is not a whole number",
    "int_from_float": "is not a whole number",
    "int_parsing_size": "is far too large",
    "decimal_parsing": "is not an amount of money",
    "finite_number": "is not an amount of money",
    "greater_than_equal": "is less than {ge}",
    "less_than_equal": "is more than {le}",
    "literal_error": "is not one of {expected}",
}


def _problem(detail: ErrorDetails, given: Given) -> Problem:
    field = str(detail["loc"][0])
    name = field.upper()
    facts = detail.get("ctx", {})
    cause = facts.get("error")
    where = given.sources.get(name, "")
    if isinstance(cause, BadValue):
        return Problem(name, cause.what, cause.fix, where)
    what = _SAID.get(detail["type"], detail["msg"]).format(**facts)
    example = (Settings.model_fields[field].examples or [""])[0]
    return Problem(name, what, f"write for example {name}={example}", where)
