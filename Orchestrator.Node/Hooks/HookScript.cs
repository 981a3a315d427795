namespace Orchestrator.Node.Hooks;

/// <summary>The command that programs call: a few lines of shell and curl in the agent's own folder, which say nothing, never fail and do not wait for the node.</summary>
internal static class HookScript
{
    /// <summary>The most that is read of an event, in bytes: what names it stands at its beginning.</summary>
    public const int MostBytes = 32 * 1024;

    /// <summary>
    /// Its text. An event comes as the last argument or on the standard input, which is read to its end: a program may mind if it is not. Words before the event are a command of the user's own,
    /// which is called with it afterwards.
    /// </summary>
    public static string Text(string curlFile) => $"""
        #!/bin/sh
        # Tells the orchestrator's node what this program does. Prints nothing, waits for nobody, never fails.
        exec 2>/dev/null
        at=$(date +%s%N)
        if [ $# -gt 0 ]; then
            for body; do :; done
        else
            body=$(head -c {MostBytes}; cat >/dev/null)
        fi
        printf %s "$body" | curl -q -K {Quoted(curlFile)} -H "X-Orc-At: $at" --data-binary @- >/dev/null &
        [ $# -lt 2 ] || exec "$@"
        exit 0

        """;

    /// <summary>What curl is told beside the event, in a file of its owner alone: arguments of a process can be seen by everybody.</summary>
    public static string CurlFile(string socket, string agent, long generation, string secret) => $"""
        silent
        max-time = 5
        unix-socket = "{socket.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}"
        url = "http://node{HookListener.Path}"
        noproxy = "*"
        header = "Content-Type: application/json"
        header = "X-Orc-Agent: {agent}"
        header = "X-Orc-Generation: {generation}"
        header = "Authorization: Bearer {secret}"

        """;

    /// <summary>A path as one word of a shell.</summary>
    public static string Quoted(string path) => $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
