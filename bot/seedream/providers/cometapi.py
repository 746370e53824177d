"""CometAPI, which reports unknown models as 503 and validation errors as 500."""

from bot.seedream.providers.openai_style import OpenAIStyle


class CometAPI(OpenAIStyle):
    """https://api.cometapi.com"""

    name = "cometapi"
    title = "CometAPI"
    default_base_url = "https://api.cometapi.com"
