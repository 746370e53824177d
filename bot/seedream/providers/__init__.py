"""One file per dialect of the API: how a request is written and how an answer is read, without any I/O."""

from collections.abc import Mapping

from bot.seedream.providers.acedata import AceData
from bot.seedream.providers.ark import Ark, BytePlus
from bot.seedream.providers.base import Provider
from bot.seedream.providers.cometapi import CometAPI
from bot.seedream.providers.gateway import Gateway

PROVIDERS: Mapping[str, type[Provider]] = {
    provider.name: provider for provider in (CometAPI, Ark, BytePlus, AceData, Gateway)
}
