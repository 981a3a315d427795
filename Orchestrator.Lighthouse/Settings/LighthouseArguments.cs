using System.Globalization;

namespace Orchestrator.Lighthouse.Settings;

/// <summary>What a lighthouse is started with.</summary>
/// <param name="Overrides">Settings given on the command line, <c>key=value</c>.</param>
/// <param name="JoinToken">Make a join token instead of starting.</param>
/// <param name="Node">The only node that the join token is for.</param>
/// <param name="Json">Print for a program.</param>
/// <param name="Help">Say what there is.</param>
internal sealed record LighthouseArguments(IReadOnlyList<string> Overrides, bool JoinToken, string? Node, bool Json, bool Help)
{
    /// <summary>Revoke this node instead of starting; null: do not.</summary>
    public string? Revoke { get; init; }

    /// <summary>Why a node is revoked.</summary>
    public string Reason { get; init; } = string.Empty;

    public const string Usage = """
        orchestrator-lighthouse [--data DIR] [--port N] [-D key=value]...                       start in the foreground
        orchestrator-lighthouse join-token [--valid 1h] [--node NAME] [--json] [--data DIR]     make a one-time token for a node to join with
        orchestrator-lighthouse revoke NODE [--reason TEXT] [--data DIR]                        take certificate and database role from a node, and end its sessions
        """;

    /// <summary>Reads a command line.</summary>
    /// <exception cref="FormatException">It cannot be understood; says what is wrong.</exception>
    public static LighthouseArguments Parse(IReadOnlyList<string> words)
    {
        var overrides = new List<string>();
        var (joinToken, json, help) = (false, false, false);
        string? node = null, revoke = null;
        var reason = string.Empty;
        for (var i = 0; i < words.Count; i++)
        {
            switch (words[i])
            {
                case "join-token" when i == 0:
                    joinToken = true;
                    break;
                case "revoke" when i == 0:
                    revoke = Value(words, ref i);
                    break;
                case "--reason" when revoke is not null:
                    reason = Value(words, ref i);
                    break;
                case "--valid" when joinToken:
                    overrides.Add($"orchestrator.lighthouse.join-token-validity={Quoted(Value(words, ref i))}");
                    break;
                case "--node" when joinToken:
                    node = Value(words, ref i);
                    break;
                case "--json" when joinToken:
                    json = true;
                    break;
                case "--help" or "-h":
                    help = true;
                    break;
                case "--data":
                    overrides.Add($"orchestrator.lighthouse.data={Quoted(Path.GetFullPath(Value(words, ref i)))}");
                    break;
                case "--port":
                    var port = Value(words, ref i);
                    overrides.Add(int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 65535
                        ? $"orchestrator.lighthouse.port={port}"
                        : throw new FormatException($"--port {port}: give a number from 0 (any free one) to 65535"));
                    break;
                case "-D":
                    overrides.Add(Value(words, ref i));
                    break;
                default:
                    throw new FormatException($"'{words[i]}' is not known here");
            }
        }

        return new LighthouseArguments(overrides, joinToken, node, json, help) { Revoke = revoke, Reason = reason };
    }

    private static string Value(IReadOnlyList<string> words, ref int i)
        => ++i < words.Count ? words[i] : throw new FormatException($"{words[i - 1]} needs a value");

    private static string Quoted(string text)
        => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
