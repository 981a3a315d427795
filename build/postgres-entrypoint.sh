#!/bin/bash
# What the public image of PostgreSQL does at its start, as far as docker/compose.yaml asks for it: makes the database at the first start, then serves it.
set -euo pipefail
: "${POSTGRES_PASSWORD:?set POSTGRES_PASSWORD}" "${POSTGRES_USER:=postgres}"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    initdb --pgdata "$PGDATA" --username "$POSTGRES_USER" --pwfile <(printf '%s\n' "$POSTGRES_PASSWORD") --auth-local trust --auth-host scram-sha-256 --encoding UTF8 --locale C.UTF-8
    echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
    # Nobody sees it before the database is there.
    pg_ctl --wait --pgdata "$PGDATA" --options '-c listen_addresses= -c unix_socket_directories=/tmp' start
    psql -h /tmp -U "$POSTGRES_USER" -d postgres -c "CREATE DATABASE \"${POSTGRES_DB:-$POSTGRES_USER}\""
    pg_ctl --wait --pgdata "$PGDATA" --mode fast stop
fi
# The public image may be told its program's name before the arguments.
[ "${1:-}" != postgres ] || shift
exec postgres -D "$PGDATA" -c listen_addresses='*' -c unix_socket_directories=/tmp,/var/run/postgresql "$@"
