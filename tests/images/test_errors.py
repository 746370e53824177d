"""The errors of pictures: what else they are, what they say, and what they keep to themselves."""

import pickle

import pytest

from bot.images.errors import (
    BadPicture,
    Broken,
    FetchError,
    Forbidden,
    Gone,
    ImageError,
    Reason,
    Slow,
    TooLarge,
    Unfit,
)


@pytest.mark.parametrize(
    ("kind", "builtin"),
    [(Forbidden, PermissionError), (Gone, FileNotFoundError), (Slow, TimeoutError), (Broken, ConnectionError)],
)
def test_a_failed_fetch_is_also_the_error_that_everybody_knows(kind: type[FetchError], builtin: type[OSError]) -> None:
    error = kind("no", host="cdn.example", status=403)
    assert isinstance(error, builtin)
    assert isinstance(error, FetchError)
    assert isinstance(error, ImageError)
    assert str(error) == "no [cdn.example 403]"
    assert repr(error) == f"{kind.__name__}('no [cdn.example 403]')"


@pytest.mark.parametrize("error", [Unfit("no"), TooLarge("no", limit=5)])
def test_what_a_second_try_cannot_mend_is_a_plain_os_error(error: FetchError) -> None:
    assert isinstance(error, OSError)
    assert not isinstance(error, PermissionError | FileNotFoundError | TimeoutError | ConnectionError)
    assert str(error) == "no"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("cannot open https://me:s3cret@cdn.example/a.png?sig=s3cret#s3cret!", "cannot open https://cdn.example/a.png"),
        ("'https://cdn.example?s3cret' and HTTP://s3cret@h:8/x.", "'https://cdn.example' and HTTP://h:8/x."),
        ("nothing secret", "nothing secret"),
    ],
)
def test_a_link_in_a_text_loses_its_secrets(said: str, kept: str) -> None:
    for error in (ImageError(said), Broken(said), BadPicture(Reason.UNDECODABLE, said)):
        assert kept in str(error)
        assert "s3cret" not in str(error) + repr(error) + repr(error.args) + repr(vars(error))


def test_a_bad_picture_says_why_and_how_much() -> None:
    error = BadPicture(Reason.TOO_MANY_PIXELS, "a PNG picture", found=40_000_000, limit=36_000_000)
    assert str(error) == "the picture has too many pixels: a PNG picture (found 40,000,000, limit 36,000,000)"
    assert str(BadPicture(Reason.TOO_LARGE, limit=5)) == "the file is too large (limit 5)"
    assert str(BadPicture(Reason.EMPTY)) == "the file is empty"
    assert not isinstance(error, OSError)


def test_a_bad_picture_survives_the_way_between_processes() -> None:
    error = BadPicture(Reason.TRUNCATED, "a JPEG picture", found=1.5, limit=2)
    again = pickle.loads(pickle.dumps(error))
    assert isinstance(again, BadPicture)
    assert (str(again), vars(again)) == (str(error), vars(error))
