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
ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 UV_NO_CACHE=1 UV_PYTHON_DOWNLOADS=never PATH=/venv/bin:$PATH
WORKDIR /streakline
COPY locks/ locks/
RUN pip install --require-hashes --requirement locks/tools.lock \
    && uv venv /venv \
    && uv pip sync --python /venv/bin/python --require-hashes locks/run.lock
COPY pyproject.toml README.md ./
COPY streakline/ streakline/
COPY flows/ flows/
COPY server/ server/
COPY sql/ sql/
COPY stack/ stack/
COPY clients/python/ clients/python/
COPY clients/dashboard/page_in_wheel.py clients/dashboard/
COPY --from=page /page/dashboard/dist clients/dashboard/dist
RUN uv pip install --python /venv/bin/python --no-deps --build-constraints locks/tools.lock .
RUN useradd --system --uid 10001 streakline && install -d -o streakline /data
USER streakline
ENV STREAKLINE_DATA=/data STREAKLINE_HOST=0.0.0.0
VOLUME /data
CMD ["streakline", "--help"]
