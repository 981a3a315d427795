#!/bin/bash
# A network for tests that cut it: a namespace for each NAME, each with a line to a bridge that lies in a namespace of its own.
# chaos-network.sh PREFIX NAME:MAC:ADDRESS...
# Says "ready", and when its input ends, whatever ended the test, kills all that runs there and takes everything down.
# Nobody asks for addresses there: each knows the others' for ever, so that one direction between two can be cut by giving one a wrong one.
set -u
prefix=$1
shift

clear_up() {
    local words name
    for words in switch "$@"; do
        name=$prefix-${words%%:*}
        for pid in $(ip netns pids "$name" 2>/dev/null); do kill -KILL "$pid" 2>/dev/null; done
        ip netns del "$name" 2>/dev/null
    done
}
trap 'clear_up "$@"' EXIT
trap '' INT TERM

build() {
    set -e
    local words name mac address other
    ip netns add "$prefix-switch"
    ip -n "$prefix-switch" link add bridge0 type bridge
    ip -n "$prefix-switch" link set bridge0 up
    for words in "$@"; do
        IFS=: read -r name mac address <<<"$words"
        ip netns add "$prefix-$name"
        ip -n "$prefix-$name" link set lo up
        ip -n "$prefix-$name" link add eth0 address "${mac//-/:}" type veth peer name "$name" netns "$prefix-switch"
        ip -n "$prefix-$name" addr add "$address/24" dev eth0
        ip -n "$prefix-$name" link set eth0 up
        ip -n "$prefix-switch" link set "$name" master bridge0 up
    done
    for words in "$@"; do
        IFS=: read -r name mac address <<<"$words"
        for other in "$@"; do
            [ "$other" = "$words" ] && continue
            IFS=: read -r _ mac address <<<"$other"
            ip -n "$prefix-$name" neigh replace "$address" lladdr "${mac//-/:}" nud permanent dev eth0
        done
    done
}
(build "$@") || exit 1
echo ready
cat >/dev/null
