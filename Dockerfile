# Builds with the lock file, runs as nobody in particular, on a read-only root if you like.
FROM python:3.13-slim-trixie AS build
ENV UV_PROJECT_ENVIRONMENT=/app/.venv UV_PYTHON=/usr/local/bin/python3 UV_PYTHON_DOWNLOADS=never \
    UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_NO_CACHE=1
WORKDIR /app
COPY pyproject.toml uv.lock README.md LICENSE ./
RUN pip install --no-cache-dir --disable-pip-version-check \
    "uv==$(sed -n '/^name = "uv"$/{n;s/^version = "\(.*\)"$/\1/p;}' uv.lock)"
RUN uv sync --locked --no-dev --extra heif --no-install-project
COPY bot bot
COPY cogs cogs
COPY sandbox sandbox
COPY bench bench
RUN uv sync --locked --no-dev --extra heif --no-editable
# Charts in Chinese, Japanese and Korean take their letters from here.
RUN apt-get update && apt-get install --yes --no-install-recommends fonts-wqy-microhei

FROM python:3.13-slim-trixie
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin seedream \
    && install --directory --owner=10001 --group=10001 /data
COPY --from=build /usr/share/fonts/truetype/wqy /usr/share/fonts/truetype/wqy
COPY --from=build /app/.venv /app/.venv
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/data
WORKDIR /data
USER 10001:10001
VOLUME /data
STOPSIGNAL SIGTERM
# With HTTP_PORT it asks /health; without, only whether the settings are such that the bot can work.
HEALTHCHECK --interval=60s --timeout=15s --start-period=20s CMD ["seedream-bot", "health"]
ENTRYPOINT ["seedream-bot"]
CMD ["run"]
