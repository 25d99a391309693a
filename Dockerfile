# coze-server on Alpine: docker build --tag coze-server . && docker run --publish 8080:8080 coze-server
ARG PYTHON=3.13

FROM python:${PYTHON}-alpine AS build
# google-re2 has no wheel for musl: it is compiled against Alpine's RE2.
RUN apk add --no-cache abseil-cpp-dev g++ py3-pybind11-dev re2-dev
WORKDIR /src
RUN python -m venv /opt/coze
COPY deploy/requirements.txt deploy/requirements.txt
RUN /opt/coze/bin/python -m pip install --no-cache-dir --require-hashes -r deploy/requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY cassettes cassettes
COPY locustfiles locustfiles
COPY cozecheck cozecheck
COPY reference_server reference_server
RUN /opt/coze/bin/python -m pip install --no-cache-dir --no-deps .

FROM python:${PYTHON}-alpine
RUN apk add --no-cache libstdc++ re2 && adduser -S -D -H -u 10001 coze
COPY --from=build /opt/coze /opt/coze
COPY deploy/adapter_config.yaml /etc/coze/adapter_config.yaml
ENV PATH=/opt/coze/bin:$PATH
USER 10001
EXPOSE 8080
# For a configuration with `tls`: https://, and --no-check-certificate.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD wget -q -O /dev/null http://127.0.0.1:8080/healthz
ENTRYPOINT ["coze-server"]
CMD ["--config", "/etc/coze/adapter_config.yaml", "--host", "0.0.0.0"]
