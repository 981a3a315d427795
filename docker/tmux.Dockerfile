# The tmux server of a node, with everything that agents run: their programs belong here, not into the node's image. It is started once and stays; the node comes and goes beside it.
#   docker build -f docker/tmux.Dockerfile -t orchestrator-tmux .
# Add the programs of your agents in an image of your own:  FROM orchestrator-tmux / USER root / RUN ... / USER orc
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
RUN dotnet publish Orchestrator.Cli -c Release --use-current-runtime --self-contained false -p:PublishReadyToRun=true -p:DebugType=none -p:RunAnalyzers=false -p:EnforceCodeStyleInBuild=false -o /app/cli

FROM mcr.microsoft.com/dotnet/aspnet:10.0
RUN apt-get update \
    && apt-get install -y --no-install-recommends tmux git curl tini ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 7717 --user-group --create-home --shell /bin/bash orc \
    && install -d -o orc -g orc -m 700 /data /data/tmux /work
# The tools of agents go through orc.
COPY --from=build /app /app
RUN ln -s /app/cli/orc /usr/local/bin/orc && ln -s /app/cli/orc /usr/local/bin/pbm
ENV ORC_DATA=/data LANG=C.UTF-8 SHELL=/bin/bash
USER orc
VOLUME /data
WORKDIR /home/orc
HEALTHCHECK --interval=5s --timeout=5s --start-period=5s --retries=3 CMD ["tmux", "-S", "/data/tmux/tmux.sock", "-N", "display-message", "-p", "#{pid}"]
# The first process of the shared PID namespace: it takes in what agents leave behind. -D keeps the server in the foreground, also without a session.
ENTRYPOINT ["tini", "--", "tmux", "-u", "-S", "/data/tmux/tmux.sock", "-f", "/dev/null", "-D"]
