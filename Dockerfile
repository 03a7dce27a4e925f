# The image of locust-ts: one executable, what it links, and nothing else. The context is made by `npm run image`:
#
#     npm run release -- linux-x64 && npm run image
#     docker build -t locust-ts -f Dockerfile dist/image
FROM scratch
ARG TARGETARCH=amd64
COPY ${TARGETARCH}/ /
COPY --chown=65532:65532 writable/ /
# Locustfiles are mounted here, and reports are written here; journals are written below /data.
WORKDIR /mnt/locust
ENV HOME=/mnt/locust \
    XDG_DATA_HOME=/data \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt \
    LOCUST_WEB_HOST=0.0.0.0
# 8089: web UI and API; 5557: workers.
EXPOSE 8089 5557
USER 65532:65532
HEALTHCHECK --interval=10s --timeout=6s --start-period=5s CMD ["/locust-ts", "health"]
ENTRYPOINT ["/locust-ts"]
