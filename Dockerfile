# One image for the three processes: `docker build -t argosy .`. Each stage needs only what it makes.

FROM node:24-bookworm-slim AS page
WORKDIR /source
COPY ui/package.json ui/package-lock.json ui/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY ui ./
RUN npm run build

FROM golang:1.26-bookworm AS worker
WORKDIR /source
COPY tool_worker/go.mod tool_worker/go.sum ./
RUN go mod download
COPY tool_worker ./
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o /tool_worker .

FROM python:3.11-slim-bookworm AS package
WORKDIR /source
COPY requirements requirements
RUN python -m venv /opt/argosy \
    && /opt/argosy/bin/pip install --no-cache-dir --require-hashes -r requirements/runtime.txt \
    && python -m venv /opt/build \
    && /opt/build/bin/pip install --no-cache-dir --require-hashes -r requirements/bootstrap.txt
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY argosy argosy
COPY repo_server repo_server
COPY app_controller app_controller
COPY api_server api_server
COPY migrations migrations
COPY --from=page /source/dist argosy/_ui
COPY --from=worker /tool_worker argosy/_bin/tool_worker
RUN /opt/build/bin/uv build --wheel --build-constraint requirements/dev.txt --require-hashes --out-dir dist \
    && /opt/argosy/bin/pip install --no-cache-dir --no-deps dist/*.whl

FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install --yes --no-install-recommends bubblewrap ca-certificates curl git gpg openssh-client \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 argosy \
    && useradd --uid 10001 --gid 10001 --home-dir /var/lib/argosy --shell /usr/sbin/nologin argosy \
    && install --directory --owner 10001 --group 10001 --mode 0700 /var/lib/argosy /run/argosy
COPY --from=package /opt/argosy /opt/argosy
ENV PATH=/opt/argosy/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
# Nothing but /var/lib/argosy, /run/argosy and /tmp is written to; the rest may be read-only.
USER 10001:10001
WORKDIR /var/lib/argosy
CMD ["argosy", "--help"]
