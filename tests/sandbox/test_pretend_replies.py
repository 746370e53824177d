"""The pretend server answers in each gateway's own shape, with pictures that are real and different."""

import asyncio
import base64
import json
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from io import BytesIO
from typing import Any

import aiohttp
import pytest
from PIL import Image
from yarl import URL

from sandbox.seedream import PretendSeedream
from sandbox.seedream.__main__ import settings

Ask = Callable[..., Awaitable[tuple[int, Mapping[str, str], Any]]]

PROVIDERS = ["cometapi", "ark", "byteplus", "acedata", "gateway"]


async def bytes_of(item: dict[str, str], http: aiohttp.ClientSession) -> bytes:
    if "b64_json" in item:
        return base64.b64decode(item["b64_json"])
    async with http.get(URL(item.get("url") or item["image_url"], encoded=True)) as reply:
        assert reply.status == 200
        data = await reply.read()
        assert reply.content_length == len(data)
        return data


@pytest.mark.parametrize("response_format", ["url", "b64_json"])
@pytest.mark.parametrize("provider", PROVIDERS)
async def test_every_gateway_draws_a_picture(
    provider: str, response_format: str, ask: Ask, http: aiohttp.ClientSession, pretend: PretendSeedream
) -> None:
    status, _, body = await ask(provider, response_format=response_format, size="2048x2048")
    assert status == 200
    (item,) = body["data"]
    with Image.open(BytesIO(await bytes_of(item, http))) as picture:
        picture.load()
        assert picture.format == "JPEG"
        assert picture.size == (256, 256)
    assert pretend.billed == 1


async def test_pictures_are_as_large_as_they_say(http: aiohttp.ClientSession) -> None:
    async with PretendSeedream() as pretend:
        head = {"Authorization": f"Bearer {pretend.key}"}
        sent = {
            "model": "doubao-seedream-4-0-250828",
            "prompt": "16:9 sea",
            "size": "1K",
            "response_format": "b64_json",
        }
        async with http.post(f"{pretend.base_url('cometapi')}/v1/images/generations", json=sent, headers=head) as reply:
            (item,) = (await reply.json())["data"]
    assert item["size"] == "1280x720"
    with Image.open(BytesIO(base64.b64decode(item["b64_json"]))) as picture:
        assert picture.size == (1280, 720)


def picture_uri(colour: str) -> str:
    buffer = BytesIO()
    Image.new("RGB", (600, 600), colour).save(buffer, "PNG")
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"


async def test_prompt_model_seed_and_references_all_show(ask: Ask) -> None:
    asked: list[dict[str, object]] = [
        {},
        {"prompt": "a dog"},
        {"model": "doubao-seedream-4-0-250828"},
        {"image": [picture_uri("red")]},
        {"image": [picture_uri("blue")]},
        {"watermark": True},
        {"model": "doubao-seedream-3-0-t2i-250415", "seed": 1},
        {"model": "doubao-seedream-3-0-t2i-250415", "seed": 2},
    ]
    drawn = [(await ask("ark", response_format="b64_json", **one))[2]["data"][0]["b64_json"] for one in asked]
    assert len(set(drawn)) == len(asked)
    again = (await ask("ark", response_format="b64_json"))[2]["data"][0]["b64_json"]
    assert again == drawn[0]


async def test_ark_tells_model_size_usage_and_request_id(ask: Ask, pretend: PretendSeedream) -> None:
    _, headers, body = await ask("ark", size="2048x2048")
    assert list(body) == ["model", "created", "data", "usage"]
    assert body["usage"] == {"generated_images": 1, "output_tokens": 16384, "total_tokens": 16384}
    assert set(body["data"][0]) == {"url", "size"}
    assert headers["x-request-id"] == pretend.calls[0].request_id


async def test_cometapi_and_the_gateway_have_their_own_keys(ask: Ask) -> None:
    _, _, comet = await ask("cometapi")
    assert set(comet) == {"created", "data", "usage", "model"}
    _, _, gateway = await ask("gateway", size="2048x2048")
    assert set(gateway) == {"created", "data", "usage"}
    assert set(gateway["data"][0]) == {"url"}
    assert gateway["usage"]["output_tokens"] == 16384
    assert "generated_images" not in gateway["usage"]


async def test_acedata_has_its_own_shape(ask: Ask) -> None:
    _, headers, body = await ask("acedata", size="auto")
    assert set(body) == {"success", "task_id", "trace_id", "data"}
    assert set(body["data"][0]) == {"prompt", "size", "image_url"}
    assert "x-request-id" not in headers


async def test_pro_counts_input_images_and_lite_its_searches(ask: Ask) -> None:
    _, _, pro = await ask("ark", model="doubao-seedream-5-0-pro-260628", image=[picture_uri("red")])
    assert pro["usage"]["input_images"] == 1
    assert pro["data"][0]["output_format"] == "jpeg"
    _, _, lite = await ask("ark", model="doubao-seedream-5-0-260128", tools=[{"type": "web_search"}])
    assert lite["usage"]["tool_usage"] == {"web_search": 1}
    assert lite["tools"] == [{"type": "web_search"}]


async def test_the_newest_model_draws_transparent_pngs(ask: Ask) -> None:
    _, _, body = await ask(
        "ark", model="doubao-seedream-5-5-261028", background="transparent", response_format="b64_json"
    )
    (item,) = body["data"]
    assert item["background"] == "transparent"
    picture = Image.open(BytesIO(base64.b64decode(item["b64_json"])))
    assert (picture.format, picture.mode) == ("PNG", "RGBA")
    assert min(picture.getchannel("A").tobytes()) == 0


async def test_layers_come_with_a_base_and_boxes(ask: Ask, pretend: PretendSeedream) -> None:
    _, _, body = await ask(
        "byteplus",
        model="dola-seedream-5-0-pro-260628",
        prompt=...,
        layer_decomposition=True,
        image=[picture_uri("green")],
        response_format="b64_json",
    )
    base, *layers = body["data"]
    assert base["z_index"] == 0
    assert "bounding_box" not in base
    assert [layer["z_index"] for layer in layers] == [1, 2, 3]
    assert body["usage"]["generated_images"] == pretend.billed == 4
    for layer in layers:
        left, top, right, bottom = layer["bounding_box"]["absolute"]
        assert layer["size"] == f"{right - left}x{bottom - top}"
        assert max(layer["bounding_box"]["normalized"]) <= 1000
        assert layer["name"]
        assert layer["description"]
        assert Image.open(BytesIO(base64.b64decode(layer["b64_json"]))).mode == "RGBA"


SET = {"sequential_image_generation": "auto", "sequential_image_generation_options": {"max_images": 4}}


@pytest.mark.parametrize(("prompt", "count"), [("four", 4), ("[[count:3]]", 3), ("[[count:9]]", 4)])
async def test_a_set_has_as_many_pictures_as_the_model_likes(
    prompt: str, count: int, ask: Ask, pretend: PretendSeedream
) -> None:
    _, _, body = await ask("cometapi", prompt=prompt, **SET)
    assert len({item["url"] for item in body["data"]}) == count
    assert pretend.billed == count


async def test_a_failed_picture_of_a_set_is_not_billed(ask: Ask, pretend: PretendSeedream) -> None:
    _, _, body = await ask("ark", prompt="[[fail:2]]", **SET)
    assert body["data"][1]["error"]["code"] == "OutputImageSensitiveContentDetected"
    assert body["usage"]["generated_images"] == pretend.billed == 3


async def test_a_failed_single_picture_is_the_error_itself(ask: Ask) -> None:
    status, _, body = await ask("ark", prompt="[[fail:1]]")
    assert (status, body["error"]["code"]) == (400, "OutputImageSensitiveContentDetected")


async def test_a_set_without_options_fills_up_to_fifteen(ask: Ask) -> None:
    _, _, body = await ask("ark", sequential_image_generation="auto", image=[picture_uri("red")] * 13)
    assert len(body["data"]) == 2


@pytest.mark.parametrize("provider", ["ark", "gateway"])
async def test_a_stream_brings_one_event_per_picture(
    provider: str, http: aiohttp.ClientSession, pretend: PretendSeedream
) -> None:
    path = "/api/v3" if provider == "ark" else "/v1"
    sent = {"model": "doubao-seedream-4-5-251128", "prompt": "four [[fail:2]]", "stream": True, **SET}
    async with http.post(
        f"{pretend.base_url(provider)}{path}/images/generations",
        json=sent,
        headers={"Authorization": f"Bearer {pretend.key}", "X-Client-Request-Id": "mine"},
    ) as reply:
        lines = (await reply.text()).splitlines()
    assert lines[-2] == "data: [DONE]"
    assert ": keepalive" in lines
    events = [json.loads(line[6:]) for line in lines if line.startswith("data: {")]
    kinds = [event["type"].removeprefix("image_generation.") for event in events]
    assert kinds == ["partial_succeeded", "partial_failed", "partial_succeeded", "partial_succeeded", "completed"]
    assert [event["image_index"] for event in events[:-1]] == [0, 1, 2, 3]
    assert reply.headers.get("x-client-request-id") == ("mine" if provider == "ark" else None)
    assert pretend.billed == 3


async def test_a_stream_ends_with_its_searches(http: aiohttp.ClientSession, pretend: PretendSeedream) -> None:
    url = f"{pretend.base_url('ark')}/api/v3/images/generations"
    sent = {"model": "doubao-seedream-5-0-260128", "prompt": "x", "stream": True, "tools": [{"type": "web_search"}]}
    async with http.post(url, json=sent, headers={"Authorization": f"Bearer {pretend.key}"}) as reply:
        last = json.loads((await reply.text()).splitlines()[-4].removeprefix("data: "))
    assert last["tools"] == [{"type": "web_search"}]
    assert last["usage"]["tool_usage"] == {"web_search": 1}


async def test_pace_and_slowness_are_asked_of_the_injected_sleep(http: aiohttp.ClientSession) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async with PretendSeedream(pictures="small", pace=7.0, sleep=sleep) as pretend:
        sent = {"model": "doubao-seedream-4-5-251128", "prompt": "[[slow:5]]", **SET}
        head = {"Authorization": f"Bearer {pretend.key}"}
        await http.post(f"{pretend.base_url('ark')}/api/v3/images/generations", json=sent, headers=head)
    assert slept == [5.0, 7.0, 7.0, 7.0, 7.0]


@pytest.mark.parametrize(
    ("provider", "word", "status", "said"),
    [
        ("ark", "[[refuse]]", 400, "InputTextSensitiveContentDetected"),
        ("cometapi", "[[refuse]]", 400, "InputTextSensitiveContentDetected: "),
        ("gateway", "[[overdue]]", 403, "AccountOverdueError"),
        ("acedata", "[[refuse]]", 403, "forbidden"),
        ("acedata", "[[overdue]]", 403, "used_up"),
        ("acedata", "[[code:ServerOverloaded]]", 429, "too_many_requests"),
        ("acedata", "[[code:InternalServiceError]]", 500, "api_error"),
        ("acedata", "[[code:MissingParameter]]", 400, "bad_request"),
        ("ark", "[[code:ServerOverloaded:503]]", 503, "ServerOverloaded"),
    ],
)
async def test_magic_words_refuse_in_each_gateways_words(
    provider: str, word: str, status: int, said: str, ask: Ask, pretend: PretendSeedream
) -> None:
    answered, _, body = await ask(provider, prompt=f"a cat {word}")
    assert answered == status
    assert said in json.dumps(body)
    assert pretend.billed == 0


async def test_a_linked_reference_on_this_machine_is_fetched(
    ask: Ask, http: aiohttp.ClientSession, pretend: PretendSeedream
) -> None:
    _, _, first = await ask("ark")
    link = first["data"][0]["url"]
    status, _, _ = await ask("ark", image=[link])
    assert status == 200
    status, _, body = await ask("ark", image=[link.replace("Signature=", "Signature=0")])
    assert status == 400
    assert "status code 403" in body["error"]["message"]
    status, _, body = await ask("ark", image=["http://127.0.0.1:9/a.png"])
    assert "Error while downloading" in body["error"]["message"]


async def test_calls_are_written_down_without_the_pictures(ask: Ask, pretend: PretendSeedream) -> None:
    await ask("ark", image=[picture_uri("red")], prompt="p" * 500)
    (call,) = pretend.calls
    assert (call.provider, call.path, call.key_ok, call.status) == ("ark", "/ark/api/v3/images/generations", True, 200)
    assert isinstance(call.body, dict)
    assert len(call.body["image"][0]) < 100
    assert call.body["prompt"] == "p" * 500


@pytest.mark.parametrize(("provider", "path"), [("ark", "/v1/images/generations"), ("acedata", "/v1/seedream/images")])
async def test_another_path_does_not_exist(provider: str, path: str, ask: Ask) -> None:
    assert (await ask(provider, path=path))[0] == 404


@pytest.mark.parametrize(
    ("sent", "kind"), [(b"{", "application/json"), (b"[]", "application/json"), (b"{}", "text/plain")]
)
async def test_what_is_no_json_object_is_refused(
    sent: bytes, kind: str, http: aiohttp.ClientSession, pretend: PretendSeedream
) -> None:
    head = {"Authorization": f"Bearer {pretend.key}", "Content-Type": kind}
    async with http.post(f"{pretend.base_url('ark')}/api/v3/images/generations", data=sent, headers=head) as reply:
        assert reply.status == 400


async def test_a_redirect_loop_has_no_end(http: aiohttp.ClientSession, pretend: PretendSeedream) -> None:
    with pytest.raises(aiohttp.TooManyRedirects):
        await http.get(f"http://{pretend.address}/loop")


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_the_command_line_prints_the_settings_of_each_provider(provider: str, pretend: PretendSeedream) -> None:
    printed = dict(pair.split("=", 1) for pair in settings(pretend, provider).split())
    key = {"cometapi": "COMETAPI_KEY"}.get(provider, f"{provider.upper()}_API_KEY")
    assert printed == {
        key: pretend.key,
        f"{provider.upper()}_BASE_URL": pretend.base_url(provider),
        "OUTBOUND_ALLOW": pretend.address,
    }


async def test_the_command_line_serves_until_it_is_interrupted() -> None:
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox.seedream", "--port", "0", stdout=asyncio.subprocess.PIPE
    )
    assert server.stdout is not None
    lines = [(await server.stdout.readline()).decode() for _ in PROVIDERS]
    assert all("_BASE_URL=http://127.0.0.1:" in line for line in lines)
    server.send_signal(signal.SIGINT)
    assert await server.wait() == 0


async def test_a_client_that_leaves_while_it_sends_is_no_trouble(
    pretend: PretendSeedream, ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    _, writer = await asyncio.open_connection(*pretend.address.split(":"))
    writer.write(b"POST /ark/api/v3/images/generations HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{")
    while not pretend.calls:  # noqa: ASYNC110 - the server has no event for a test
        await asyncio.sleep(0.001)
    writer.transport.abort()
    assert (await ask("ark"))[0] == 200
    assert pretend.billed == 1
    assert not caplog.records


@pytest.mark.parametrize("streamed", [True, False], ids=["streamed", "plain"])
async def test_who_leaves_early_pays_all_the_same(streamed: bool, http: aiohttp.ClientSession) -> None:
    go_on = asyncio.Event()
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 2:
            await go_on.wait()

    async with PretendSeedream(pictures="small", sleep=sleep) as pretend:
        url = f"{pretend.base_url('ark')}/api/v3/images/generations"
        sent = {"model": "doubao-seedream-4-5-251128", "prompt": "four", "stream": streamed, **SET}
        asking = asyncio.create_task(http.post(url, json=sent, headers={"Authorization": f"Bearer {pretend.key}"}))
        async with asyncio.timeout(10):
            while len(slept) < 2:  # noqa: ASYNC110 - the server has no event for a test
                await asyncio.sleep(0.001)
            if streamed:
                (await asking).close()
            asking.cancel()
            await asyncio.sleep(0.01)
            go_on.set()
            while pretend.billed < 4:  # noqa: ASYNC110 - the server has no event for a test
                await asyncio.sleep(0.001)
    assert pretend.billed == 4
