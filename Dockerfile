# SPDX-License-Identifier: LicenseRef-Proprietary
#
# docker build -t dvorik .                   what ships: the one binary and its libraries
# docker build -t dvorik-botapi --target botapi .   the stand-in for Telegram, to try it

FROM debian:bookworm-slim AS build
WORKDIR /src
COPY scripts/setup.sh scripts/
RUN scripts/setup.sh build && rm -rf /var/lib/apt/lists/* var
COPY . .
RUN make -j"$(nproc)" all && strip bin/*

FROM debian:bookworm-slim AS base
RUN apt-get -q update \
    && DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends \
        ca-certificates tzdata libcurl4 libhiredis0.14 libjpeg62-turbo libjson-c5 \
        libjwt0 libmariadb3 libmicrohttpd12 libpng16-16 libqrencode4 libssl3 libzbar0 \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/*
COPY --chmod=755 scripts/health.sh /usr/local/bin/dvorik-health
USER 10001:10001
STOPSIGNAL SIGTERM

FROM base AS botapi
COPY --from=build /src/bin/botapi /usr/local/bin/botapi
ENTRYPOINT ["botapi"]

FROM base AS dvorik
COPY --from=build /src/bin/dvorik /usr/local/bin/dvorik
ENV API_LISTEN=0.0.0.0:8000 BOTS_LISTEN=0.0.0.0:8080 LOG_FORMAT=json
EXPOSE 8000 8080
ENTRYPOINT ["dvorik"]
CMD ["help"]
