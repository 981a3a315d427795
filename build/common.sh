# Shared by ./run, ./test and the other commands at the root. Sourced, not run.

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "error: $*"
    exit 1
}

# need_dotnet: a .NET SDK of the version that global.json asks for.
need_dotnet() {
    if ! command -v dotnet >/dev/null; then
        for candidate in "$HOME/.dotnet" /usr/share/dotnet /usr/lib/dotnet; do
            if [ -x "$candidate/dotnet" ]; then
                PATH="$candidate:$PATH"
            fi
        done
    fi
    command -v dotnet >/dev/null || fail "no .NET SDK found. Install the .NET 10 SDK (package dotnet-sdk-10.0, or https://dot.net), then run this again."
    (cd "$root" && dotnet --version >/dev/null 2>&1) || fail "the .NET SDK found ($(command -v dotnet)) is too old: .NET 10 is needed. Install the .NET 10 SDK, then run this again."
    DOTNET_ROOT=${DOTNET_ROOT:-$(dirname "$(readlink -f "$(command -v dotnet)")")}
    export DOTNET_ROOT DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
}

# need_program PROGRAM PACKAGE WHY [optional]: installs the Debian package if the program is missing and that is allowed.
need_program() {
    command -v "$1" >/dev/null && return 0
    if command -v apt-get >/dev/null; then
        local as_root=()
        if [ "$(id -u)" != 0 ]; then
            if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
                as_root=(sudo -n)
            elif [ "${4:-}" = optional ]; then
                return 0
            else
                fail "$1 is missing ($3), and this user may not install it. Ask for: sudo apt-get install $2"
            fi
        fi
        say "installing $2 ($3)…"
        if "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$2" >/dev/null 2>&1 ||
            { "${as_root[@]}" apt-get update -qq && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$2" >/dev/null; }; then
            return 0
        fi
    fi
    [ "${4:-}" = optional ] && return 0
    fail "$1 is missing ($3) and could not be installed: install the package $2 with your system's package manager, then run this again."
}

# need_postgres: the server programs of PostgreSQL. The package would start a database of its own, which nobody asked for: that is switched off first.
need_postgres() {
    ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 && return 0
    command -v postgres >/dev/null && return 0
    if [ "$(id -u)" = 0 ] && [ ! -e /etc/postgresql-common/createcluster.conf ]; then
        mkdir -p /etc/postgresql-common
        echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
    fi
    need_program postgres postgresql "the store of a cluster is tested against it"
}

# start_postgres: a server for this run, durable, in a folder on a disk; gone with this shell. Sets postgres_connection.
start_postgres() {
    local programs as_user=()
    programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
    [ "$(id -u)" = 0 ] && as_user=(setpriv --reuid=postgres --regid=postgres --init-groups)
    postgres_folder=$(mktemp -d /var/tmp/orc-bench-pg-XXXXXX)
    [ "$(id -u)" = 0 ] && chown postgres: "$postgres_folder"
    chmod 755 "$postgres_folder"
    export PATH="$PATH:$programs"
    (cd / && "${as_user[@]}" initdb --auth trust --username postgres --encoding UTF8 --locale C.UTF-8 --pgdata "$postgres_folder/data" >/dev/null)
    (cd / && "${as_user[@]}" pg_ctl --silent --wait --pgdata "$postgres_folder/data" --log "$postgres_folder/log" \
        --options "-c listen_addresses= -c unix_socket_directories=$postgres_folder -c max_connections=300 -c shared_buffers=256MB -c max_wal_size=4GB" start)
    trap '(cd / && ${as_user_words:-} pg_ctl --silent --mode immediate --pgdata "$postgres_folder/data" stop); rm -rf "$postgres_folder"' EXIT
    as_user_words="${as_user[*]}"
    postgres_connection="Host=$postgres_folder;Username=postgres;Database=postgres"
}

# runtime_id: what the programs are compiled ahead for.
runtime_id() {
    case "$(uname -m)" in
        aarch64 | arm64) printf 'linux-arm64' ;;
        *) printf 'linux-x64' ;;
    esac
}

# build_app ROOT: publishes node, lighthouse and CLI to artifacts/app and makes bin/orc and bin/pbm; does nothing when nothing has changed since.
build_app() {
    local root=$1 stamp=$1/artifacts/app/.built
    if [ -f "$stamp" ] && [ -x "$root/bin/orc" ] &&
        [ -z "$(find "$root" -newer "$stamp" \( -path "$root/artifacts" -o -path "$root/.git" -o -path "$root/bin" -o -path "$root/Orchestrator.Tests" -o -path "$root/Orchestrator.Benchmarks" -o -path "$root/docs" -o -name node_modules \) -prune -o -newer "$stamp" -type f \( -name '*.cs' -o -name '*.csproj' -o -name '*.props' -o -name '*.conf' -o -path '*/Orchestrator.Dashboard/dist/*' -o -name common.sh \) -print -quit)" ]; then
        return 0
    fi
    say "building (once; this takes a minute or two)…"
    local log
    mkdir -p "$root/artifacts"
    log=$root/artifacts/build.log
    touch "$root/artifacts/.building"
    for project in Node:node Lighthouse:lighthouse Cli:cli; do
        dotnet publish "$root/Orchestrator.${project%%:*}" -c Release -r "$(runtime_id)" --self-contained false \
            -p:PublishReadyToRun=true -o "$root/artifacts/app/${project##*:}" -v quiet --nologo >"$log" 2>&1 || {
            cat "$log" >&2
            fail "the build failed; its output stands above and in $log"
        }
    done
    mkdir -p "$root/bin"
    local name arguments
    for name in orc pbm; do
        arguments=''
        [ $name = pbm ] && arguments=' pbm'
        cat >"$root/bin/$name" <<EOF
#!/bin/sh
# Made by ./run.
: "\${DOTNET_ROOT:=$DOTNET_ROOT}"
export DOTNET_ROOT
exec "\$(dirname "\$(readlink -f "\$0")")/../artifacts/app/cli/orc"$arguments "\$@"
EOF
        chmod +x "$root/bin/$name"
    done
    touch -r "$root/artifacts/.building" "$stamp"
}
