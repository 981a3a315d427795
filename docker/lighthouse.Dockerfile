# A lighthouse: the cluster's certificate authority and front door. It runs no agents and needs no tmux.
#   docker build -f docker/lighthouse.Dockerfile -t orchestrator-lighthouse .
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
RUN dotnet publish Orchestrator.Lighthouse -c Release --use-current-runtime --self-contained false -p:PublishReadyToRun=true -p:DebugType=none -p:RunAnalyzers=false -p:EnforceCodeStyleInBuild=false -o /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
RUN useradd --uid 7718 --user-group --create-home orc && install -d -o orc -g orc -m 700 /data
COPY --from=build /app /app
ENV ORC_LIGHTHOUSE__DATA=/data LANG=C.UTF-8
USER orc
VOLUME /data
WORKDIR /home/orc
STOPSIGNAL SIGTERM
EXPOSE 7718
# It has no program that could speak HTTPS: that its port answers is looked up in the kernel's table (state 0A: it listens; 1E26 is 7718).
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["grep", "-qE", ":1E26 [0-9A-F:]+ 0A", "/proc/net/tcp", "/proc/net/tcp6"]
ENTRYPOINT ["/app/orchestrator-lighthouse"]
