# One image for every process of Streakline; the command says which one it is.
# The page is built in a stage of its own, so that the image has no Node.

FROM node:24-bookworm-slim AS page
WORKDIR /page
COPY clients/package.json clients/package-lock.json clients/.npmrc clients/tsconfig.base.json ./
COPY clients/web/package.json web/
COPY clients/dashboard/package.json dashboard/
RUN npm ci
COPY clients/ ./
RUN npm run build

FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1
WORKDIR /streakline
COPY requirements.lock pyproject.toml README.md ./
RUN pip install --requirement requirements.lock
COPY streakline/ streakline/
COPY flows/ flows/
COPY server/ server/
COPY sql/ sql/
COPY stack/ stack/
COPY clients/python/ clients/python/
RUN pip install --no-deps --no-build-isolation --editable .
COPY --from=page /page/dashboard/dist clients/dashboard/dist
RUN useradd --system --uid 10001 streakline && install -d -o streakline /data
USER streakline
ENV STREAKLINE_DATA=/data STREAKLINE_HOST=0.0.0.0
VOLUME /data
CMD ["streakline", "--help"]
