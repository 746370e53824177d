"""Any gateway that is compatible with OpenAI's images endpoint, at an address of the operator's choice."""

from bot.seedream.providers.openai_style import OpenAIStyle


class Gateway(OpenAIStyle):
    """One-api, new-api and their like; they pass codes of Ark on, in `code` or in the message."""

    name = "gateway"
    title = "The gateway"
    default_base_url = ""
