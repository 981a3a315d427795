# A node: API, runtime, worker. It drives a tmux server that runs in a container of its own (tmux.Dockerfile), so that this image can be replaced and every agent goes on.
#   docker build -f docker/node.Dockerfile -t orchestrator-node .
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
RUN dotnet publish Orchestrator.Node -c Release --use-current-runtime --self-contained false -p:PublishReadyToRun=true -p:DebugType=none -p:RunAnalyzers=false -p:EnforceCodeStyleInBuild=false -o /app/node \
    && dotnet publish Orchestrator.Cli -c Release --use-current-runtime --self-contained false -p:PublishReadyToRun=true -p:DebugType=none -p:RunAnalyzers=false -p:EnforceCodeStyleInBuild=false -o /app/cli

FROM mcr.microsoft.com/dotnet/aspnet:10.0
# tmux must be the version of the side container's: build both on the same base. git makes worktrees.
RUN apt-get update \
    && apt-get install -y --no-install-recommends tmux git curl \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 7717 --user-group --create-home --shell /bin/bash orc \
    && install -d -o orc -g orc -m 700 /data /data/tmux /work
COPY --from=build /app /app
RUN ln -s /app/cli/orc /usr/local/bin/orc && ln -s /app/cli/orc /usr/local/bin/pbm
ENV ORC_DATA=/data LANG=C.UTF-8 DOTNET_gcServer=0
# tmux is started by its own container only: a server in here would end with this image, and its agents with it.
ENV ORC_TMUX__LAUNCH_PREFIX=[/bin/false]
# Its guard is a container of its own: it must outlive this one.
ENV ORC_CLUSTER__GUARD=service
USER orc
VOLUME /data
WORKDIR /home/orc
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=10s --start-period=60s --retries=3 CMD ["orc", "cluster", "status", "--ready"]
ENTRYPOINT ["/app/node/orchestrator-node"]
