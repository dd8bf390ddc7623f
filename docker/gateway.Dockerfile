# The gateway: channels, store, desk, actions, knowledge base. Build from the repository:
#   docker build -f docker/gateway.Dockerfile -t huiying-gateway .
FROM python:3.12-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
COPY requirements.lock ./
# The lock is complete: nothing is resolved here, and every file must have the hash written there.
RUN /opt/venv/bin/pip install --no-deps --require-hashes -r requirements.lock

FROM python:3.12-slim-bookworm
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin huiying \
    && install -d -o huiying -g huiying /data
COPY --from=build /opt/venv /opt/venv
WORKDIR /srv/huiying
COPY actions actions
COPY connectors connectors
COPY knowledge knowledge
COPY bot/texts bot/texts
COPY docs/openapi.yml docs/openapi.yml
ENV PATH=/opt/venv/bin:$PATH PYTHONPATH=/srv/huiying PYTHONUNBUFFERED=1 \
    HUIYING_HOST=0.0.0.0 HUIYING_DATA_DIR=/data HUIYING_LOG_FORMAT=json
USER huiying
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["python", "-m", "connectors.cli"]
CMD ["gateway"]
