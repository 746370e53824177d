"""Layers on the page: the question with its price, the layers, and a ZIP that can be had."""

import zipfile
from pathlib import Path

from playwright.async_api import expect

from sandbox.pictures import encoded, scene
from tests.browser.visitor import Visitor, button, picture


async def test_a_picture_is_split_after_a_yes_and_the_zip_is_a_file_to_be_had(visitor: Visitor, tmp_path: Path) -> None:
    photo = tmp_path / "fox.png"
    photo.write_bytes(encoded(scene(640, 512), "PNG"))
    before = await visitor.articles.count()
    await visitor.use("layers", image=photo)
    message = visitor.articles.nth(before)
    await expect(message).to_contain_text("at most 17 pictures and $0.306")
    await expect(button(message, "Cancel")).to_be_enabled()
    await button(message, "Go ahead").click()
    await expect(picture(message)).to_have_count(4)
    await expect(picture(message).first).to_have_attribute("alt", "Base picture, below 3 layers")
    card = visitor.articles.nth(before + 1).locator(".file")
    await expect(card).to_contain_text("-layers.zip")
    async with visitor.page.expect_download() as download:
        await card.get_by_role("link", name="Download").click()
    with zipfile.ZipFile(await (await download.value).path()) as found:
        assert found.testzip() is None
        assert found.namelist()[0] == "01-background.png"
        assert found.namelist()[-1] == "layers.json"
