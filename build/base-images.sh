#!/usr/bin/env bash
# Makes stand-ins for the public images that docker/ builds upon, where there is no registry to fetch them from: Debian from its packages,
# this machine's own .NET, Debian's PostgreSQL. What is there already under the public name, fetched or made, is left alone.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
. "$here/common.sh"

debian=localhost/orchestrator-debian:bookworm
sdk=mcr.microsoft.com/dotnet/sdk:10.0
runtime=mcr.microsoft.com/dotnet/aspnet:10.0
postgres=docker.io/library/postgres:17

# lacks IMAGE
lacks() { ! podman image exists "$1"; }

# commit CONTAINER IMAGE
commit() {
    buildah commit -q --rm "$1" "$2" >/dev/null
    say "made $2"
}

# copy_dotnet CONTAINER FOLDER...: parts of this machine's .NET, for all users.
copy_dotnet() {
    local container=$1 folder
    shift
    for folder in "$@"; do
        buildah copy -q "$container" "$DOTNET_ROOT/$folder" "/usr/share/dotnet/$folder" >/dev/null
    done
    buildah run --isolation chroot "$container" ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet
    buildah config --env DOTNET_ROOT=/usr/share/dotnet --env DOTNET_NOLOGO=1 --env DOTNET_CLI_TELEMETRY_OPTOUT=1 "$container"
}

# install CONTAINER PACKAGE...
install_in() {
    local container=$1
    shift
    buildah run --isolation chroot "$container" sh -ec 'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null && rm -rf /var/lib/apt/lists/*' sh "$@"
}

make_debian() {
    local folder container
    folder=$(mktemp -d /var/tmp/orc-debian-XXXXXX)
    debootstrap --variant=minbase --include=ca-certificates,libicu72,libssl3,zlib1g,libstdc++6,tzdata bookworm "$folder" >/dev/null
    rm -rf "$folder"/var/cache/apt/archives/*.deb "$folder"/var/lib/apt/lists/*
    container=$(buildah from scratch)
    buildah copy -q "$container" "$folder" / >/dev/null
    buildah config --env LANG=C.UTF-8 "$container"
    commit "$container" "$debian"
    rm -rf --one-file-system "$folder"
}

need_dotnet
need_program debootstrap debootstrap "the base of the images is made with it"
if ! lacks "$sdk" && ! lacks "$runtime" && ! lacks "$postgres"; then
    exit 0
fi

! lacks "$debian" || make_debian
if lacks "$runtime"; then
    container=$(buildah from --pull-never "$debian")
    copy_dotnet "$container" dotnet host shared
    commit "$container" "$runtime"
fi

if lacks "$sdk"; then
    container=$(buildah from --pull-never "$runtime")
    buildah copy -q "$container" "$DOTNET_ROOT" /usr/share/dotnet >/dev/null
    commit "$container" "$sdk"
fi

if lacks "$postgres"; then
    container=$(buildah from --pull-never "$debian")
    # The package would make a database of its own, which nobody asked for.
    buildah run --isolation chroot "$container" sh -c 'mkdir -p /etc/postgresql-common && echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf'
    install_in "$container" postgresql
    buildah copy -q --chmod 755 "$container" "$here/postgres-entrypoint.sh" /usr/local/bin/docker-entrypoint.sh >/dev/null
    buildah run --isolation chroot "$container" sh -ec 'ln -s /usr/lib/postgresql/*/bin/* /usr/local/bin/ && install -d -o postgres -g postgres -m 700 /var/lib/postgresql/data'
    buildah config --user postgres --env PGDATA=/var/lib/postgresql/data --volume /var/lib/postgresql/data --stop-signal SIGINT \
        --entrypoint '["docker-entrypoint.sh"]' "$container"
    commit "$container" "$postgres"
fi
