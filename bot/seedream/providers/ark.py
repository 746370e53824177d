"""ByteDance's own two houses: VolcEngine Ark in China, BytePlus ModelArk elsewhere."""

from bot.seedream.providers.openai_style import OpenAIStyle


class Ark(OpenAIStyle):
    """VolcEngine Ark; also its Agent Plan, with a base URL that ends with /api/plan/v3."""

    name = "ark"
    title = "VolcEngine Ark"
    default_base_url = "https://ark.cn-beijing.volces.com"
    path = "/api/v3/images/generations"
    family = "ark"
    streams_sets = True
    lone_image_as_text = True


class BytePlus(Ark):
    """BytePlus ModelArk, Asia Pacific by default; Europe is https://ark.eu-west.bytepluses.com."""

    name = "byteplus"
    title = "BytePlus ModelArk"
    default_base_url = "https://ark.ap-southeast.bytepluses.com"
