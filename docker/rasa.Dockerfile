# A Rasa worker with its trained model inside. Build from the repository:
#   docker build -f docker/rasa.Dockerfile -t huiying-rasa .
FROM python:3.10-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
COPY bot/requirements.lock ./
# The lock is complete and leaves TensorFlow out, which Rasa's own requirements would ask for.
RUN /opt/venv/bin/pip install --no-deps --require-hashes -r requirements.lock

FROM python:3.10-slim-bookworm
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin huiying \
    && install -d -o huiying -g huiying /data /srv/models
COPY --from=build /opt/venv /opt/venv
WORKDIR /srv/huiying/bot
COPY config.yml ../config.yml
COPY bot ./
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 \
    HUIYING_MODELS=/srv/models HUIYING_RASA_DB=/data/rasa.db
USER huiying
RUN python -m runtime train
VOLUME /data
ENTRYPOINT ["python", "-m", "runtime"]
CMD ["run"]
