# syntax=docker/dockerfile:1

# What the browser gets is the same on every platform: it is built once, on the platform of the builder.
FROM --platform=$BUILDPLATFORM node:22-bookworm-slim AS web
WORKDIR /src/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund
COPY web ./
RUN npm run build

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
COPY --from=web /src/web/dist web/dist
ARG VERSION=unknown
# No cgo: the binary is static, and the same one that `make build` makes.
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-s -w -X main.version=${VERSION}" -o /out/letopis ./cmd/letopis

FROM debian:12-slim
# curl is for the health check; certificates and time zones for talking to the world and for working calendars.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates curl tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 letopis \
    && useradd --system --uid 10001 --gid letopis --home-dir /var/lib/letopis --create-home --shell /usr/sbin/nologin letopis \
    && install --directory --owner letopis --group letopis --mode 0700 /var/lib/letopis-files
COPY --from=build /out/letopis /usr/local/bin/letopis
USER letopis
ENV LETOPIS_DATA=/var/lib/letopis \
    LETOPIS_LISTEN=0.0.0.0:8080
VOLUME /var/lib/letopis
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["curl", "--fail", "--silent", "--output", "/dev/null", "http://127.0.0.1:8080/readyz"]
# The image holds no Postgres: DATABASE_URL is expected, and letopis says so when it is missing.
ENTRYPOINT ["letopis"]
CMD ["serve"]
