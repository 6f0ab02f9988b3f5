# Millpond on an empty base: one static binary, a folder for data, and nothing else. `docker build -t millpond .`
FROM rust:1.95-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends make musl-tools && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN make musl && compat-tests/image/root.sh "target/$(uname -m)-unknown-linux-musl/dist/millpond" /image

FROM scratch
COPY --from=build /image/millpond /millpond
COPY --from=build --chown=65532:65532 /image/data /data
COPY --from=build --chown=65532:65532 /image/tmp /tmp
ENV MILLPOND_LISTEN=0.0.0.0:4566 MILLPOND_DATA=/data
EXPOSE 4566
VOLUME /data
USER 65532:65532
HEALTHCHECK --interval=5s --timeout=6s --start-period=60s CMD ["/millpond", "health"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/millpond"]
CMD ["serve"]
